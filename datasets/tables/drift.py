"""How the columns of a table differ from those of an earlier version. Pure.

Measures, each of cells that hold a value in both:

- `ks` of numbers, and of moments in seconds: the two-sample Kolmogorov-Smirnov distance (Smirnov, 1939), in [0, 1];
- `ks_length` of texts: the same of their lengths in characters;
- `psi` of categories and yes/no: the population stability index, Jeffreys' divergence of the shares of the levels
  (Jeffreys, 1946; Siddiqi, Credit Risk Scorecards, 2006, which calls 0.25 a shift). Of more than MAX_LEVELS levels the
  rarest are one;
- `missing` of any column: the difference of the shares of missing cells, in [0, 1].

A measure of few rows is large by chance. Each limit is therefore the larger one of what matters and of what chance
gives once in a thousand times: Smirnov's asymptotic law; psi ~ (1/n + 1/m) chi2(levels - 1) (Yurdakul and Naranjo,
Statistical properties of the population stability index, 2020), its quantile by Wilson and Hilferty (1931); the
test of two proportions.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from datasets.tables.engine import rows
from datasets.tables.kinds import Column, misfit_sql
from datasets.tables.parts import narrowed
from datasets.tables.statistics import bins_of

if TYPE_CHECKING:
    import duckdb

PSI_DRIFT: Final = 0.25
KS_DRIFT: Final = 0.2
MISSING_DRIFT: Final = 0.1
MAX_LEVELS: Final = 50
LEAST_ROWS: Final = 30
_SHOWN: Final = 12
_CHARACTERS: Final = 80
# What chance exceeds once in a thousand times: of the largest distance, and of a standard normal, one and two sided.
_KS_CHANCE: Final = math.sqrt(-math.log(0.0005) / 2)
_ONE_SIDED, _TWO_SIDED = 3.0902, 3.2905
Connection = Any
# What was measured, its value, its limit, and the distributions to be shown.
Measured = tuple[str, float, float, dict[str, Any]]


def drifted(
    connection: "duckdb.DuckDBPyConnection", now: str, before: str, columns: Sequence[Column]
) -> list[dict[str, Any]]:
    """The columns over a limit, the farthest first: `{index, name, measure, value, limit, missing, …}`.

    Beside the figures stand the distributions of both, as `bins` or `levels`.
    """
    most = max(int(rows(connection, f"SELECT count(*) FROM {source}")[0][0]) for source in (now, before))
    found = []
    both = zip(
        narrowed(connection, now, columns, most),
        narrowed(connection, before, columns, most, name="narrow_before"),
        strict=True,
    )
    for (new, some), (old, _) in both:
        for column in some:
            told = column_drift(connection, new, old, column)
            if told is not None and told["value"] >= told["limit"]:
                found.append(told)
    return sorted(found, key=lambda told: -told["value"] / told["limit"])


def column_drift(connection: Connection, now: str, before: str, column: Column) -> dict[str, Any] | None:
    """The measure of one column that is farthest over its limit; None where there are too few rows to tell."""
    sides = [_cells(connection, source, column) for source in (now, before)]
    if min(total for total, _, _ in sides) < LEAST_ROWS:
        return None
    measured = [_missing(sides)]
    if min(filled for _, filled, _ in sides) >= LEAST_ROWS and (
        more := _distribution(connection, now, before, column)
    ):
        measured.append(more)
    name, value, limit, _ = max(measured, key=lambda one: one[1] / one[2])
    shares = [round(missing / total, 4) for total, _, missing in sides]
    return {
        "index": column.index,
        "name": column.name,
        "kind": column.kind,
        "measure": name,
        "value": round(value, 4),
        "limit": round(limit, 4),
        "missing": {"now": shares[0], "before": shares[1]},
        "cells": {"now": sides[0][0], "before": sides[1][0]},
        **measured[-1][3],
    }


def _cells(connection: Connection, source: str, column: Column) -> tuple[int, int, int]:
    """Rows, those with a value, and those with nothing."""
    cell = column.value
    total, filled, misfits = rows(
        connection, f"SELECT count(*), count({cell}), count(*) FILTER ({misfit_sql(column)}) FROM {source}"
    )[0]
    return total, filled, total - filled - misfits


def _missing(sides: Sequence[tuple[int, int, int]]) -> Measured:
    (n, _, a), (m, _, b) = sides
    share = (a + b) / (n + m)
    chance = _TWO_SIDED * math.sqrt(share * (1 - share) * (1 / n + 1 / m))
    return "missing", abs(a / n - b / m), max(MISSING_DRIFT, chance), {}


def _distribution(connection: Connection, now: str, before: str, column: Column) -> Measured | None:
    cell = column.value
    if column.kind == "number":
        return _distance("ks", connection, now, before, cell)
    if column.kind == "datetime":
        found = _distance("ks", connection, now, before, f"CAST(epoch({cell}) AS DOUBLE)")
        bins = found[3]["bins"]
        bins["low"], bins["high"] = (_moment(connection, bins[end]) for end in ("low", "high"))
        return found
    if column.kind == "text":
        return _distance("ks_length", connection, now, before, f"CAST(length({cell}) AS DOUBLE)")
    return _levels(connection, now, before, cell) if column.kind in ("category", "boolean") else None


def _distance(measure: str, connection: Connection, now: str, before: str, cell: str) -> Measured:
    distance, n, m = rows(
        connection,
        f"""WITH both_ AS (SELECT {cell} AS v, 1 AS a, 0 AS b FROM {now} WHERE {cell} IS NOT NULL
            UNION ALL SELECT {cell}, 0, 1 FROM {before} WHERE {cell} IS NOT NULL),
        steps AS (SELECT v, sum(a) AS a, sum(b) AS b FROM both_ GROUP BY v)
        SELECT max(abs(ca / ta - cb / tb)), max(ta), max(tb) FROM (SELECT sum(a) OVER (ORDER BY v) AS ca,
            sum(b) OVER (ORDER BY v) AS cb, sum(a) OVER () AS ta, sum(b) OVER () AS tb FROM steps)""",
    )[0]
    limit = max(KS_DRIFT, _KS_CHANCE * math.sqrt((n + m) / (n * m)))
    return measure, float(distance), limit, {"bins": _bins(connection, now, before, cell)}


def _bins(connection: Connection, now: str, before: str, cell: str) -> dict[str, Any]:
    """Counts of both in the same bins; what lies beyond the outer hundredths is in the outer bins."""
    ends = [
        rows(
            connection,
            f"SELECT quantile_cont({cell}, [0.01, 0.99]), [min({cell}), max({cell})] FROM {source}",
        )[0]
        for source in (now, before)
    ]
    low, high = min(inner[0] for inner, _ in ends), max(inner[1] for inner, _ in ends)
    if low == high:
        low, high = min(outer[0] for _, outer in ends), max(outer[1] for _, outer in ends)
    inside = f"CASE WHEN {cell} < {low!r} THEN {low!r} WHEN {cell} > {high!r} THEN {high!r} ELSE {cell} END"
    counted = [bins_of(connection, source, f"({inside})", low, high) for source in (now, before)]
    return {"low": low, "high": high, "now": counted[0], "before": counted[1]}


def _moment(connection: Connection, seconds: float) -> str:
    micros = f"CAST(CAST('{seconds!r}' AS DOUBLE) * 1000000 AS BIGINT)"
    sql = f"SELECT strftime(make_timestamp({micros}), '%Y-%m-%dT%H:%M:%S')"
    return str(rows(connection, sql)[0][0])


def _levels(connection: Connection, now: str, before: str, cell: str) -> Measured:
    counted = rows(
        connection,
        f"""WITH counted AS (SELECT w, sum(a) AS a, sum(b) AS b FROM (
            SELECT {cell} AS w, 1 AS a, 0 AS b FROM {now} WHERE {cell} IS NOT NULL
            UNION ALL SELECT {cell}, 0, 1 FROM {before} WHERE {cell} IS NOT NULL) GROUP BY w),
        placed AS (SELECT *, row_number() OVER (ORDER BY a + b DESC, w) AS place FROM counted)
        SELECT least(place, {MAX_LEVELS}) AS p, any_value(left(CAST(w AS VARCHAR), {_CHARACTERS})), count(*),
            sum(a), sum(b), coalesce(sum(a) FILTER (b = 0), 0) FROM placed GROUP BY p ORDER BY p""",
    )
    counts = np.array([row[3:5] for row in counted], np.float64)
    n, m = counts.sum(axis=0)
    limit = max(PSI_DRIFT, psi_chance(len(counts), n, m))
    listed = [
        {"value": word, "now": int(a), "before": int(b)}
        for _, word, levels, a, b, _ in counted
        if levels == 1
    ]
    shown = listed[:_SHOWN]
    told = {
        "levels": shown,
        "others": {
            "levels": sum(row[2] for row in counted) - len(shown),
            "now": int(n) - sum(one["now"] for one in shown),
            "before": int(m) - sum(one["before"] for one in shown),
        },
        "unseen": round(float(sum(row[5] for row in counted)) / float(n), 4),
    }
    return "psi", psi(counts[:, 0], counts[:, 1]), limit, told


def psi(now: NDArray[np.float64], before: NDArray[np.float64]) -> float:
    """Population stability index of two vectors of counts over the same levels; half a count stands for none."""
    p = np.maximum(now, 0.5) / np.maximum(now, 0.5).sum()
    q = np.maximum(before, 0.5) / np.maximum(before, 0.5).sum()
    value = float(((p - q) * np.log(p / q)).sum())
    return value if math.isfinite(value) else 0.0


def psi_chance(levels: int, now: float, before: float) -> float:
    """What the index of so many levels and rows exceeds once in a thousand times when nothing has changed."""
    free = levels - 1
    if free < 1:
        return 0.0
    spread = 2 / (9 * free)
    return (1 / now + 1 / before) * free * (1 - spread + _ONE_SIDED * math.sqrt(spread)) ** 3
