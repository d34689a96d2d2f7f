"""Which columns of a table are missing together. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from datasets.tables.engine import rows
from datasets.tables.kinds import Column, misfit_sql

if TYPE_CHECKING:
    import duckdb

MAX_COLUMNS: Final = 40
MAX_PATTERNS: Final = 20


def missing_together(
    connection: "duckdb.DuckDBPyConnection", source: str, columns: Sequence[Column], missing: dict[int, int]
) -> dict[str, Any]:
    """`{columns, together, patterns, whole, more}` of the columns with most missing cells, in the order of the table.

    `missing` has how many cells each column lacks. `together[i][j]` is the share of the rows that lack both among
    those that lack one of them (Jaccard's index), None where no row lacks either. `patterns` are the sets of
    columns that rows lack, the most frequent first, with how many rows lack just those; `whole` is how many rows lack
    none of the columns, `more` how many rows have a pattern that is not listed. A cell that does not fit is not missing.
    """
    most = sorted((c for c in columns if missing.get(c.index)), key=lambda c: -missing[c.index])[:MAX_COLUMNS]
    kept = sorted(most, key=lambda column: column.index)
    if not kept:
        return {"columns": [], "together": [], "patterns": [], "whole": 0, "more": 0}
    marks = " || ".join(f"CASE WHEN {_is_missing(column)} THEN '1' ELSE '0' END" for column in kept)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE lacking AS SELECT {marks} AS p, count(*) AS n FROM {source} GROUP BY 1"
    )
    nothing = "0" * len(kept)
    listed = rows(
        connection,
        f"SELECT p, n FROM lacking WHERE p <> '{nothing}' ORDER BY n DESC, p DESC LIMIT {MAX_PATTERNS}",
    )
    whole, lacking = rows(
        connection,
        f"SELECT coalesce(sum(n) FILTER (p = '{nothing}'), 0), coalesce(sum(n) FILTER (p <> '{nothing}'), 0) FROM lacking",
    )[0]
    found = {
        "columns": [column.index for column in kept],
        "together": _together(connection, len(kept)),
        "patterns": [
            {"columns": [c.index for c, mark in zip(kept, p, strict=True) if mark == "1"], "rows": n}
            for p, n in listed
        ],
        "whole": int(whole),
        "more": int(lacking) - sum(n for _, n in listed),
    }
    connection.execute("DROP TABLE lacking")
    return found


def _is_missing(column: Column) -> str:
    return f"{column.value} IS NULL AND NOT {misfit_sql(column)}"


def _together(connection: "duckdb.DuckDBPyConnection", size: int) -> list[list[float | None]]:
    matrix: list[list[float | None]] = [[1.0 if i == j else None for j in range(size)] for i in range(size)]
    pairs = [(i, j) for i in range(size) for j in range(i)]
    if not pairs:
        return matrix
    pieces = ", ".join(
        f"sum(n) FILTER ({_lacks(i)} AND {_lacks(j)}), sum(n) FILTER ({_lacks(i)} OR {_lacks(j)})"
        for i, j in pairs
    )
    counted = rows(connection, f"SELECT {pieces} FROM lacking")[0]
    for at, (i, j) in enumerate(pairs):
        both, either = counted[2 * at] or 0, counted[2 * at + 1]
        matrix[i][j] = matrix[j][i] = round(both / either, 4) if either else None
    return matrix


def _lacks(place: int) -> str:
    return f"p[{place + 1}] = '1'"
