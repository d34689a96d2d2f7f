"""What changed from one frozen table to another, told by what rows say or by a column that names them. Pure.

Rows are compared in the columns that both have, by a hash of 64 bits of their values and of what the files said;
among two million rows two that differ agree by chance once in ten million comparisons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput
from datasets.tables.engine import rows
from datasets.tables.freeze import frozen_columns
from datasets.tables.kinds import Column, literal, text_sql
from datasets.tables.query import cells_sql, row_rendered

if TYPE_CHECKING:
    import duckdb

MAX_LISTED: Final = 100
MAX_COLUMNS: Final = 40


@dataclass(frozen=True, slots=True)
class Sides:
    """Both files, and the columns that both have: as the newer and as the older one has them."""

    connection: "duckdb.DuckDBPyConnection"
    new: str
    old: str
    shared: tuple[tuple[Column, Column], ...]


def table_diff(
    connection: "duckdb.DuckDBPyConnection", newer: Path, older: Path, key: int | None
) -> dict[str, Any]:
    """Counts and the first hundred rows of: added, removed, changed (with a key), moved to another split.

    Raises InvalidInput for a key that not both have or that names no row in either.
    """
    after, before = frozen_columns(connection, newer), frozen_columns(connection, older)
    old = {column.index: column for column in before}
    shared = tuple((column, old[column.index]) for column in after if column.index in old)
    sides = Sides(
        connection, f"read_parquet({literal(str(newer))})", f"read_parquet({literal(str(older))})", shared
    )
    made = _by_content(sides) if key is None else _by_key(sides, key)
    return {
        "key": key,
        "keys": [
            _named(column) for column, _ in shared if column.kind in ("id", "category", "text", "number")
        ],
        "columns": _columns(after, before),
        "shown": [_named(column) for column, _ in shared[:MAX_COLUMNS]],
        **made,
    }


def _named(column: Column) -> dict[str, Any]:
    return {"index": column.index, "name": column.name, "kind": column.kind}


def _columns(after: Sequence[Column], before: Sequence[Column]) -> dict[str, list[dict[str, Any]]]:
    """Columns that came, went, were renamed, or are read as another kind."""
    new, old = {c.index: c for c in after}, {c.index: c for c in before}
    both = [(new[index], old[index]) for index in new if index in old]
    return {
        "added": [_named(c) for c in after if c.index not in old],
        "removed": [_named(c) for c in before if c.index not in new],
        "renamed": [{**_named(a), "before": b.name} for a, b in both if a.name != b.name],
        "retyped": [{**_named(a), "before": b.kind} for a, b in both if a.kind != b.kind],
    }


def _hashes(sides: Sides) -> tuple[str, str]:
    """A hash of a row for each side; where a column has another kind now, of what the files said."""
    new, old = [], []
    for after, before in sides.shared:
        if after.kind == before.kind:
            new += [after.value, after.raw]
            old += [before.value, before.raw]
        else:
            new.append(text_sql(after))
            old.append(text_sql(before))
    return (f"hash({', '.join(new)})", f"hash({', '.join(old)})") if new else ("0", "0")


def _by_content(sides: Sides) -> dict[str, Any]:
    """A row that says something else is one that went and one that came."""
    new, old = _hashes(sides)
    connection = sides.connection
    connection.execute(
        f"CREATE TEMP TABLE told AS SELECT h, n, count(*) FILTER (side = 0) AS a, count(*) FILTER (side = 1) AS b, "
        "min(id) FILTER (side = 0) AS first_new, min(id) FILTER (side = 1) AS first_old, "
        "any_value(s) FILTER (side = 0) AS split, any_value(s) FILTER (side = 1) AS was "
        "FROM (SELECT *, row_number() OVER (PARTITION BY side, h ORDER BY place, id) AS n FROM ("
        f"SELECT id, {new} AS h, 0 AS side, __split AS s, {_place()} AS place FROM {sides.new} UNION ALL "
        f"SELECT id, {old}, 1, __split, {_place()} FROM {sides.old})) GROUP BY h, n"
    )
    added, removed, moved, same = rows(
        connection,
        "SELECT count(*) FILTER (b = 0), count(*) FILTER (a = 0), count(*) FILTER (a > 0 AND b > 0 AND split <> was), "
        "count(*) FILTER (a > 0 AND b > 0) FROM told",
    )[0]
    return {
        "counts": {"added": added, "removed": removed, "changed": 0, "moved": moved, "same": same},
        "cells": {},
        "ambiguous": 0,
        "rows": {
            "added": _listed(sides, "SELECT first_new FROM told WHERE b = 0", is_new=True),
            "removed": _listed(sides, "SELECT first_old FROM told WHERE a = 0", is_new=False),
            "changed": [],
            "moved": _pairs(
                sides, "SELECT first_new, first_old FROM told WHERE a > 0 AND b > 0 AND split <> was"
            ),
        },
    }


def _place() -> str:
    """Equal rows are paired split by split, so that only those that must have moved count as moved."""
    return "CASE __split WHEN 'train' THEN 0 WHEN 'val' THEN 1 ELSE 2 END"


def _by_key(sides: Sides, key: int) -> dict[str, Any]:
    """Rows whose key stands once on both sides are one row; keys that stand more often are counted apart."""
    pair = next((pair for pair in sides.shared if pair[0].index == key), None)
    if pair is None or pair[0].kind != pair[1].kind:
        raise InvalidInput("choose a column that both versions have, of one kind", field="key")
    new, old = _hashes(sides)
    connection = sides.connection
    for name, source, said, cell in (
        ("newer", sides.new, new, pair[0].value),
        ("older", sides.old, old, pair[1].value),
    ):
        connection.execute(
            f"CREATE TEMP TABLE {name} AS SELECT {cell} AS k, any_value(id) AS id, any_value({said}) AS h, "
            f"any_value(__split) AS s, count(*) AS n FROM {source} WHERE {cell} IS NOT NULL GROUP BY 1"
        )
    once = int(
        rows(connection, "SELECT count(*) FROM newer JOIN older USING (k) WHERE newer.n = 1 AND older.n = 1")[
            0
        ][0]
    )
    ambiguous = _ambiguous(sides, pair)
    if not once and ambiguous:
        raise InvalidInput(
            f"“{pair[0].name[:60]}” names no row by itself; choose another column", field="key"
        )
    connection.execute(
        "CREATE TEMP TABLE pairs AS SELECT a.id AS new, b.id AS old, a.h <> b.h AS differs, a.s <> b.s AS is_moved "
        "FROM newer a JOIN older b USING (k) WHERE a.n = 1 AND b.n = 1"
    )
    only = "SELECT id FROM {0} WHERE n = 1 AND k NOT IN (SELECT k FROM {1})"
    counts = {
        name: int(rows(connection, f"SELECT count(*) FROM ({sql})")[0][0])
        for name, sql in (
            ("added", only.format("newer", "older")),
            ("removed", only.format("older", "newer")),
            ("changed", "SELECT 1 FROM pairs WHERE differs"),
            ("moved", "SELECT 1 FROM pairs WHERE is_moved"),
            ("same", "SELECT 1 FROM pairs WHERE NOT differs"),
        )
    }
    return {
        "counts": counts,
        "cells": _cells(sides) if counts["changed"] else {},
        "ambiguous": ambiguous,
        "rows": {
            "added": _listed(sides, only.format("newer", "older"), is_new=True),
            "removed": _listed(sides, only.format("older", "newer"), is_new=False),
            "changed": _pairs(sides, "SELECT new, old FROM pairs WHERE differs"),
            "moved": _pairs(sides, "SELECT new, old FROM pairs WHERE is_moved"),
        },
    }


def _ambiguous(sides: Sides, pair: tuple[Column, Column]) -> int:
    """Rows of both sides that have no key, or whose key is repeated on either side."""
    found = rows(
        sides.connection,
        f"SELECT (SELECT count(*) FROM {sides.new} WHERE {pair[0].value} IS NULL) "
        f"+ (SELECT count(*) FROM {sides.old} WHERE {pair[1].value} IS NULL) "
        "+ (SELECT coalesce(sum(coalesce(newer.n, 0) + coalesce(older.n, 0)), 0) "
        "FROM newer FULL JOIN older USING (k) WHERE newer.n > 1 OR older.n > 1)",
    )
    return int(found[0][0])


def _cells(sides: Sides) -> dict[str, int]:
    """How many cells of each column differ."""
    tests = ", ".join(
        f"count(*) FILTER ({_differs(after, before)})" for after, before in sides.shared[:MAX_COLUMNS]
    )
    found = rows(
        sides.connection,
        f"SELECT {tests} FROM pairs JOIN {sides.new} a ON a.id = pairs.new JOIN {sides.old} b ON b.id = pairs.old "
        "WHERE differs",
    )[0]
    return {
        str(after.index): int(count) for (after, _), count in zip(sides.shared, found, strict=False) if count
    }


def _differs(after: Column, before: Column) -> str:
    if after.kind == before.kind:
        return f"a.{after.value} IS DISTINCT FROM b.{before.value} OR a.{after.raw} IS DISTINCT FROM b.{before.raw}"
    return f"(a.{after.value} IS NULL) <> (b.{before.value} IS NULL)"


def _listed(sides: Sides, ids: str, *, is_new: bool) -> list[dict[str, Any]]:
    found = rows(sides.connection, f"SELECT * FROM ({ids}) ORDER BY 1 LIMIT {MAX_LISTED}")
    wanted = [row[0] for row in found]
    cells = _rendered(sides, wanted, is_new=is_new)
    return [
        {"after": cells[pk], "before": None} if is_new else {"after": None, "before": cells[pk]}
        for pk in wanted
    ]


def _pairs(sides: Sides, ids: str) -> list[dict[str, Any]]:
    found = rows(sides.connection, f"SELECT * FROM ({ids}) ORDER BY 1 LIMIT {MAX_LISTED}")
    new = _rendered(sides, [row[0] for row in found], is_new=True)
    old = _rendered(sides, [row[1] for row in found], is_new=False)
    return [{"after": new[row[0]], "before": old[row[1]]} for row in found]


def _rendered(sides: Sides, ids: Sequence[int], *, is_new: bool) -> dict[int, dict[str, Any]]:
    columns = [pair[0 if is_new else 1] for pair in sides.shared[:MAX_COLUMNS]]
    wanted = ", ".join(map(str, ids)) or "NULL"
    source = sides.new if is_new else sides.old
    cells = f", {cells_sql(columns)}" if columns else ""
    found = rows(sides.connection, f"SELECT id{cells}, __split FROM {source} WHERE id IN ({wanted})")
    return {row[0]: {**row_rendered(row[:-1], columns), "split": row[-1]} for row in found}
