"""What a table's columns hold, in numbers, and how they go together. Pure."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from datasets.tables.engine import rows
from datasets.tables.kinds import Column, misfit_sql

if TYPE_CHECKING:
    import duckdb

BINS: Final = 20
TOP: Final = 20
MAX_PAIRED: Final = 40
MAX_LEVELS: Final = 50
PAIR_ROWS: Final = 200_000
_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_SHOWN: Final = 80


def column_statistics(connection: "duckdb.DuckDBPyConnection", source: str, column: Column) -> dict[str, Any]:
    """`count`, `missing`, `misfits`, `distinct`; then what its kind has: figures, bins, the most frequent values."""
    cell = column.value
    count, filled, misfits, distinct = rows(
        connection,
        f"SELECT count(*), count({cell}), count(*) FILTER ({misfit_sql(column)}), count(DISTINCT {cell}) FROM {source}",
    )[0]
    found: dict[str, Any] = {
        "count": count,
        "missing": count - filled - misfits,
        "misfits": misfits,
        "distinct": distinct,
    }
    if not filled:
        return found
    if column.kind == "number":
        return found | _numbers(connection, source, cell)
    if column.kind == "datetime":
        return found | _moments(connection, source, cell)
    if column.kind in ("text", "id"):
        found |= _lengths(connection, source, cell)
    return found if column.kind == "id" else found | {"top": _top(connection, source, cell)}


def _numbers(connection: "duckdb.DuckDBPyConnection", source: str, cell: str) -> dict[str, Any]:
    low, high, mean, deviation, zeros, quantiles = rows(
        connection,
        f"SELECT min({cell}), max({cell}), avg({cell}), stddev_samp({cell}), count(*) FILTER ({cell} = 0), "
        f"quantile_cont({cell}, {list(_QUANTILES)}) FROM {source}",
    )[0]
    return {
        "min": low,
        "max": high,
        "mean": _finite(mean),
        "std": _finite(deviation),
        "zeros": zeros,
        "quantiles": dict(zip(("p05", "p25", "p50", "p75", "p95"), quantiles, strict=True)),
        "bins": bins_of(connection, source, cell, low, high),
    }


def _moments(connection: "duckdb.DuckDBPyConnection", source: str, cell: str) -> dict[str, Any]:
    second = f"CAST(epoch({cell}) AS DOUBLE)"
    low, high, first, last = rows(
        connection,
        f"SELECT min({second}), max({second}), strftime(min({cell}), '%Y-%m-%dT%H:%M:%S'), "
        f"strftime(max({cell}), '%Y-%m-%dT%H:%M:%S') FROM {source}",
    )[0]
    return {"min": first, "max": last, "bins": bins_of(connection, source, second, low, high)}


def bins_of(
    connection: "duckdb.DuckDBPyConnection", source: str, cell: str, low: float, high: float
) -> list[int]:
    """Counts in BINS equally wide bins from `low` to `high`, both inside; one bin where all are equal."""
    if low == high:
        return [int(rows(connection, f"SELECT count({cell}) FROM {source}")[0][0])]
    # Halved first: the width of a column of huge numbers would not be finite.
    place = f"least({BINS - 1}, CAST(floor(({cell} / 2 - {low!r} / 2) / ({high!r} / 2 - {low!r} / 2) * {BINS}) AS INTEGER))"
    counted = rows(connection, f"SELECT {place}, count(*) FROM {source} WHERE {cell} IS NOT NULL GROUP BY 1")
    bins = [0] * BINS
    for at, count in counted:
        bins[max(0, at)] += count
    return bins


def _top(connection: "duckdb.DuckDBPyConnection", source: str, cell: str) -> list[dict[str, Any]]:
    value = f"left(CAST({cell} AS VARCHAR), {_SHOWN})"
    found = rows(
        connection,
        f"SELECT {value}, n FROM (SELECT {cell}, count(*) AS n FROM {source} WHERE {cell} IS NOT NULL "
        f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {TOP})",
    )
    return [{"value": value, "count": count} for value, count in found]


def _lengths(connection: "duckdb.DuckDBPyConnection", source: str, cell: str) -> dict[str, Any]:
    low, mean, high = rows(
        connection, f"SELECT min(length({cell})), avg(length({cell})), max(length({cell})) FROM {source}"
    )[0]
    return {"length": {"min": low, "mean": _finite(mean), "max": high}}


def associations(
    connection: "duckdb.DuckDBPyConnection", source: str, columns: Sequence[Column], total: int
) -> dict[str, Any]:
    """Pearson's r between numbers, Cramér's V between categories; rows with either cell missing do not count.

    Tables over PAIR_ROWS rows are judged by an even sample of them, whose size is told.
    """
    every = max(1, math.ceil(total / PAIR_ROWS))
    numbers = [column for column in columns if column.kind == "number"][:MAX_PAIRED]
    words = [column for column in columns if column.kind in ("category", "boolean")][:MAX_PAIRED]
    kept = ", ".join(["id", *(column.value for column in (*numbers, *words))])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE paired AS SELECT {kept} FROM {source} WHERE id % {every} = 0"
    )
    levels = _levels(connection, words)
    words = [column for column in words if 2 <= levels[column.index] <= MAX_LEVELS]
    found = {
        "rows": int(rows(connection, "SELECT count(*) FROM paired")[0][0]),
        "numbers": [column.index for column in numbers],
        "pearson": _pearson(connection, numbers),
        "categories": [column.index for column in words],
        "cramers_v": _cramers(connection, words),
    }
    connection.execute("DROP TABLE paired")
    return found


def _levels(connection: "duckdb.DuckDBPyConnection", columns: Sequence[Column]) -> dict[int, int]:
    if not columns:
        return {}
    counted = rows(
        connection, f"SELECT {', '.join(f'count(DISTINCT {column.value})' for column in columns)} FROM paired"
    )
    return {column.index: count for column, count in zip(columns, counted[0], strict=True)}


def _pearson(connection: "duckdb.DuckDBPyConnection", columns: Sequence[Column]) -> list[list[float | None]]:
    import duckdb

    size = len(columns)
    matrix: list[list[float | None]] = [[None] * size for _ in range(size)]
    pairs = [(i, j) for i in range(size) for j in range(i)]
    if pairs:
        pieces = ", ".join(f"corr({columns[i].value}, {columns[j].value})" for i, j in pairs)
        try:
            values = rows(connection, f"SELECT {pieces} FROM paired")[0]
        except duckdb.OutOfRangeException:
            values = (None,) * len(pairs)
        for (i, j), value in zip(pairs, values, strict=True):
            matrix[i][j] = matrix[j][i] = _finite(value)
    for i in range(size):
        matrix[i][i] = 1.0
    return matrix


def _cramers(connection: "duckdb.DuckDBPyConnection", columns: Sequence[Column]) -> list[list[float | None]]:
    size = len(columns)
    matrix: list[list[float | None]] = [[None] * size for _ in range(size)]
    for i in range(size):
        matrix[i][i] = 1.0
        for j in range(i):
            one, other = columns[i].value, columns[j].value
            counted = rows(
                connection,
                f"SELECT dense_rank() OVER (ORDER BY a), dense_rank() OVER (ORDER BY b), n FROM (SELECT {one} AS a, "
                f"{other} AS b, count(*) AS n FROM paired WHERE {one} IS NOT NULL AND {other} IS NOT NULL GROUP BY 1, 2)",
            )
            matrix[i][j] = matrix[j][i] = cramers_v(_contingency(counted))
    return matrix


def _contingency(counted: Sequence[tuple[Any, ...]]) -> NDArray[np.float64]:
    table = np.zeros((max((r[0] for r in counted), default=0), max((r[1] for r in counted), default=0)))
    for i, j, n in counted:
        table[i - 1, j - 1] = n
    return table


def cramers_v(table: NDArray[np.float64]) -> float | None:
    """Cramér's V of a table of counts (rows, columns), uncorrected; None where one side has a single value."""
    if min(table.shape, default=0) < 2:
        return None
    total = table.sum()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    chi2 = float(((table - expected) ** 2 / expected).sum())
    return math.sqrt(chi2 / (total * (min(table.shape) - 1)))


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
