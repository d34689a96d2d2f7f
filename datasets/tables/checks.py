"""What may be wrong with a table. Pure.

Every finding names its columns with the figures that led to it, and where rows are meant, the filter of the row
pages that shows them (`rows`); a column without one is looked at as a whole. Limits are set so that clean real tables raise
nothing but hints; `tests/datasets/tables/test_checks.py` holds them to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from datasets.quality.label_stats import Found
from datasets.tables.drift import drifted
from datasets.tables.engine import rows
from datasets.tables.infer import is_id_name
from datasets.tables.kinds import Column, content_sql, misfit_sql
from datasets.tables.parts import narrowed
from datasets.tables.query import told_columns
from datasets.tables.statistics import associations

if TYPE_CHECKING:
    import duckdb

MANY_MISSING: Final = 0.3
FAR_Z: Final = 8.0
FAR_IQR: Final = 6.0
FEW_FAR: Final = 0.01
LEAK_SCORE: Final = 0.98
SAME_R: Final = 0.98
RARE_SHARE: Final = 0.05
_LEAST_ROWS: Final = 30
_BUCKETS: Final = 20
_MAX_LEAK_LEVELS: Final = 50
_MAX_LISTED: Final = 50
Connection = Any


def findings(
    connection: "duckdb.DuckDBPyConnection",
    source: str,
    columns: Sequence[Column],
    *,
    target: int | None,
    before: str | None,
    before_columns: Sequence[Column] = (),
) -> list[Found]:
    """Every check, also those that found nothing.

    `before` is the relation of an earlier version, `before_columns` what its columns held then.
    """
    total = int(rows(connection, f"SELECT count(*) FROM {source}")[0][0])
    aim = next((column for column in columns if column.index == target), None)
    each = _each(connection, source, columns if total else [], total)
    facts = [_fact(connection, relation, column) for relation, column in each]
    read_as = {column.index: _reading(column) for column in before_columns}
    same = [column for column in columns if read_as.get(column.index) == _reading(column)]
    return [
        Found("no_samples", "error", int(total == 0), "import_files"),
        Found("no_target", "warning", int(total > 0 and aim is None), "choose_target"),
        _columns("column_missing", "warning", "impute_or_drop", _missing(facts, total, MANY_MISSING, 1)),
        _columns("column_gaps", "info", "impute_or_drop", _missing(facts, total, 0, MANY_MISSING)),
        _columns("column_constant", "warning", "drop_columns", _constant(facts, total)),
        _columns("column_identifier", "info", "drop_columns", _identifiers(facts, total, aim)),
        _columns("column_mixed", "warning", "correct_kind", _mixed(facts)),
        _columns("column_outliers", "info", "clip_or_confirm", _outliers(connection, source, columns, total)),
        _duplicates(connection, source, columns, total),
        _columns("columns_alike", "info", "drop_columns", _alike(connection, source, columns, aim, total)),
        _columns("target_leak", "error", "drop_columns", _leaks(connection, source, facts, aim, total)),
        _balance(connection, source, aim),
        _columns(
            "column_drift",
            "warning",
            "compare_versions",
            drifted(connection, source, before, same) if before else [],
        ),
    ]


def _columns(code: str, severity: Any, remedy: str, listed: list[dict[str, Any]]) -> Found:
    return Found(code, severity, len(listed), remedy, {"columns": listed[:_MAX_LISTED]} if listed else {})


def _named(column: Column, **figures: Any) -> dict[str, Any]:
    return {"index": column.index, "name": column.name, **figures}


def _shown(column: Column, op: str, value: Any = None) -> list[dict[str, Any]]:
    """The filter of the row pages that takes these cells."""
    told = {} if value is None else {"value": value}
    return [{"column": column.index, "op": op, **told}]


def _fact(connection: Connection, source: str, column: Column) -> tuple[Column, int, int, int]:
    cell = column.value
    filled, misfits, distinct = rows(
        connection,
        f"SELECT count({cell}), count(*) FILTER ({misfit_sql(column)}), count(DISTINCT {cell}) FROM {source}",
    )[0]
    return column, filled, misfits, distinct


def _each(
    connection: Connection,
    source: str,
    columns: Sequence[Column],
    total: int,
    *,
    beside: Column | None = None,
) -> Iterator[tuple[str, Column]]:
    """A column after the other with the relation to look at it in."""
    for relation, some in narrowed(connection, source, columns, total, beside=beside):
        for column in some:
            yield relation, column


Facts = Sequence[tuple[Column, int, int, int]]


def _missing(facts: Facts, total: int, least: float, below: float) -> list[dict[str, Any]]:
    """Columns that lack at least this share of their cells and under that one; all of them may be lacking, none is not."""
    shares = [(column, (total - filled - misfits) / total) for column, filled, misfits, _ in facts]
    return [
        _named(column, share=round(share, 4), rows=_shown(column, "missing"))
        for column, share in shares
        if share > 0 and (least <= share < below or share == below == 1)
    ]


def _constant(facts: Facts, total: int) -> list[dict[str, Any]]:
    return [
        _named(column, distinct=distinct)
        for column, filled, misfits, distinct in facts
        if distinct <= 1 and not misfits and filled in (0, total) and total > 1
    ]


def _identifiers(facts: Facts, total: int, aim: Column | None) -> list[dict[str, Any]]:
    return [
        _named(column)
        for column, _, _, distinct in facts
        if column is not aim
        and total >= _LEAST_ROWS
        and (column.kind == "id" or (_may_name(column) and distinct >= 0.95 * total))
    ]


def _may_name(column: Column) -> bool:
    """Words that are nearly all different; a text only where the column is called so."""
    return column.kind == "category" or (column.kind == "text" and is_id_name(column.name))


def _mixed(facts: Facts) -> list[dict[str, Any]]:
    return [
        _named(column, kind=column.kind, cells=misfits, rows=_shown(column, "misfit"))
        for column, _, misfits, _ in facts
        if misfits
    ]


def _outliers(
    connection: Connection, source: str, columns: Sequence[Column], total: int
) -> list[dict[str, Any]]:
    """Cells far by both rules, the robust z (median, MAD) and the fences (IQR); few of them, else it is the shape."""
    listed = []
    numbers = [column for column in columns if column.kind == "number" and total >= _LEAST_ROWS]
    for relation, column in _each(connection, source, numbers, total):
        cell = column.value
        middle, spread, low, high = rows(
            connection,
            f"SELECT median({cell}), mad({cell}), quantile_cont({cell}, 0.25), quantile_cont({cell}, 0.75) FROM {relation}",
        )[0]
        if not spread or not high - low:
            continue
        reach = max(FAR_Z * 1.4826 * spread, FAR_IQR * (high - low))
        below, above = middle - reach, middle + reach
        sql = f"SELECT count(*) FROM {relation} WHERE {cell} < ? OR {cell} > ?"
        if 0 < (cells := rows(connection, sql, [below, above])[0][0]) <= max(1, FEW_FAR * total):
            shown = _shown(column, "outside", [below, above])
            listed.append(_named(column, cells=cells, below=below, above=above, rows=shown))
    return listed


def _duplicates(connection: Connection, source: str, columns: Sequence[Column], total: int) -> Found:
    """Rows that say the same in every column but ids."""
    told = told_columns(columns)
    if len(told) < 2 or not total:
        return Found("rows_duplicate", "info", 0, "dedupe")
    extra, groups = rows(
        connection,
        f"SELECT coalesce(sum(n - 1), 0), count(*) FROM (SELECT count(*) AS n FROM {source} "
        f"GROUP BY {content_sql(told)} HAVING count(*) > 1)",
    )[0]
    figures = {"groups": groups, "rows": [{"op": "copied"}]} if extra else {}
    return Found("rows_duplicate", "info", int(extra), "dedupe", figures)


def _alike(
    connection: Connection, source: str, columns: Sequence[Column], aim: Column | None, total: int
) -> list[dict[str, Any]]:
    if total < _LEAST_ROWS:
        return []
    kept = [column for column in columns if column is not aim]
    found = associations(connection, source, kept, total)
    by_index = {column.index: column for column in columns}
    listed = []
    for places, matrix, least in (
        (found["numbers"], found["pearson"], SAME_R),
        (found["categories"], found["cramers_v"], 0.995),
    ):
        for i, row in enumerate(matrix):
            for j in range(i):
                if row[j] is not None and abs(row[j]) >= least:
                    other = by_index[places[j]]
                    listed.append(_named(by_index[places[i]], other=other.name, value=round(row[j], 4)))
    return listed


def _leaks(
    connection: Connection, source: str, facts: Facts, aim: Column | None, total: int
) -> list[dict[str, Any]]:
    """Columns that alone tell the target: share of it explained, in [0, 1], above what guessing explains."""
    if aim is None or total < _LEAST_ROWS:
        return []
    listed = []
    distinct = {
        column.index: count for column, filled, _, count in facts if filled >= 0.5 * total and count > 1
    }
    asked = [column for column, *_ in facts if column is not aim and _may_tell(column, distinct)]
    for relation, column in _each(connection, source, asked, total, beside=aim):
        is_binned = distinct[column.index] > _BUCKETS
        score = _explained(connection, relation, column, aim, is_binned=is_binned)
        if score is not None and score >= LEAK_SCORE:
            listed.append(_named(column, score=round(score, 4)))
    return listed


def _may_tell(column: Column, distinct: Mapping[int, int]) -> bool:
    """Whether a column says enough, and not too much, to be asked what it tells."""
    if column.index not in distinct or column.kind in ("id", "text"):
        return False
    return column.kind != "category" or distinct[column.index] <= _MAX_LEAK_LEVELS


def _explained(
    connection: Connection, source: str, column: Column, aim: Column, *, is_binned: bool
) -> float | None:
    cell, goal = column.value, aim.value
    bucket = cell
    if is_binned and column.kind in ("number", "datetime"):
        bucket = f"ntile({_BUCKETS}) OVER (ORDER BY {cell})"
    pair = (
        f"(SELECT {bucket} AS b, {goal} AS y FROM {source} WHERE {cell} IS NOT NULL AND {goal} IS NOT NULL)"
    )
    if aim.kind == "number":
        inner, whole, n = rows(
            connection,
            f"SELECT sum(v * n) / sum(n), max(t), sum(n) FROM (SELECT var_pop(y) AS v, count(*) AS n, "
            f"(SELECT var_pop(y) FROM {pair}) AS t FROM {pair} GROUP BY b)",
        )[0]
        return 1 - inner / whole if whole and n >= _LEAST_ROWS else None
    hit, most, n = rows(
        connection,
        f"SELECT sum(m), max(t), sum(s) FROM (SELECT max(n) AS m, sum(n) AS s, (SELECT max(c) FROM (SELECT count(*) "
        f"AS c FROM {pair} GROUP BY y)) AS t FROM (SELECT b, y, count(*) AS n FROM {pair} GROUP BY b, y) GROUP BY b)",
    )[0]
    return (hit - most) / (n - most) if n and n > most else None


def _balance(connection: Connection, source: str, aim: Column | None) -> Found:
    if aim is None or aim.kind not in ("category", "boolean"):
        return Found("classes_unbalanced", "warning", 0, "add_samples")
    counted = rows(
        connection,
        f"SELECT count(*) AS n, {aim.value} FROM {source} WHERE {aim.value} IS NOT NULL GROUP BY ALL ORDER BY n, 2",
    )
    counts = [row[0] for row in counted]
    is_off = len(counts) > 1 and min(counts) < RARE_SHARE * max(counts)
    figures = {"most": max(counts), "least": min(counts)} if counts else {}
    if is_off:
        figures["rows"] = _shown(aim, "eq", counted[0][1])
    return Found("classes_unbalanced", "warning", int(is_off), "add_samples", figures)


def _reading(column: Column) -> tuple[str, str, str]:
    """How cells became values; two readings of one file differ without any drift."""
    return column.kind, column.params.get("decimal", "."), column.params.get("format", "")
