"""What a recipe would do, shown on the first rows of a table. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from datasets.tables.clean.base import Around, Relation
from datasets.tables.clean.recipe import Done, TableRecipe, recipe_done
from datasets.tables.engine import rows
from datasets.tables.kinds import Column, misfit_sql
from datasets.tables.query import cells_sql, row_rendered

if TYPE_CHECKING:
    import duckdb

MAX_SHOWN: Final = 50
MAX_COLUMNS: Final = 60


def previewed(
    connection: "duckdb.DuckDBPyConnection",
    recipe: TableRecipe,
    source: Relation,
    around: Around,
    *,
    limit: int,
) -> dict[str, Any]:
    """Counts, and up to `limit` rows before and after: those that change first. Raises InvalidInput.

    `changed` counts cells by the number of their column; a row's `state` is same, changed, removed or new.
    """
    connection.execute(f"CREATE TEMP TABLE before AS SELECT * FROM {source.sql}")
    before = Relation("before", source.columns)
    done = recipe_done(connection, recipe, before, around)
    after, shared = done.relation, _shared(before, done.relation)
    total, kept = (
        rows(connection, f"SELECT count(*), count(DISTINCT id) FROM {before.sql}")[0][0],
        _kept(connection, after),
    )
    differs = [_differs(old, new) for old, new in shared]
    altered, *changed = _changed(connection, before, after, differs) if kept else [0] * (1 + len(shared))
    return {
        "rows_before": total,
        "rows_after": done.rows[-1],
        "rows_removed": total - kept,
        "rows_changed": altered,
        "rows_by_step": done.rows,
        "columns_before": [column.to_json() for column in before.columns[:MAX_COLUMNS]],
        "columns": [column.to_json() for column in _ordered(before, after)],
        "changed": {str(new.index): count for (_, new), count in zip(shared, changed, strict=True) if count},
        "misfits": _misfits(connection, after, shared),
        "rows": _rows(connection, before, done, differs if any(changed) else [], limit),
    }


def _ordered(before: Relation, after: Relation) -> list[Column]:
    """What is new or changed has to be seen, however many columns there are."""
    old = {column.index for column in before.columns}
    if len(after.columns) <= MAX_COLUMNS:
        return list(after.columns)
    return sorted(after.columns, key=lambda column: column.index in old)[:MAX_COLUMNS]


def _kept(connection: "duckdb.DuckDBPyConnection", after: Relation) -> int:
    return int(rows(connection, f"SELECT count(DISTINCT id) FROM {after.sql}")[0][0])


def _shared(before: Relation, after: Relation) -> list[tuple[Column, Column]]:
    new = {column.index: column for column in after.columns}
    return [(column, new[column.index]) for column in before.columns if column.index in new]


def _differs(old: Column, new: Column) -> str:
    if (old.kind, old.params) == (new.kind, new.params):
        return f"(b.{old.value} IS DISTINCT FROM a.{new.value})"
    return f"(b.{old.value} IS NULL) <> (a.{new.value} IS NULL)"


def _changed(
    connection: "duckdb.DuckDBPyConnection", before: Relation, after: Relation, differs: Sequence[str]
) -> list[int]:
    """How many rows have a changed cell, and how many cells of each column changed."""
    if not differs:
        return [0]
    counts = ", ".join(f"count(*) FILTER ({one})" for one in (" OR ".join(differs), *differs))
    found = rows(connection, f"SELECT {counts} FROM {before.sql} b JOIN {after.sql} a ON a.id = b.id")
    return [int(count) for count in found[0]]


def _misfits(
    connection: "duckdb.DuckDBPyConnection", after: Relation, shared: Sequence[tuple[Column, Column]]
) -> dict[str, int]:
    """Cells that do not fit the kind that a column is to have."""
    cast = [new for old, new in shared if (old.kind, old.params) != (new.kind, new.params)]
    if not cast:
        return {}
    counts = ", ".join(f"count(*) FILTER ({misfit_sql(column)})" for column in cast)
    found = rows(connection, f"SELECT {counts} FROM {after.sql}")[0]
    return {str(column.index): count for column, count in zip(cast, found, strict=True) if count}


def _rows(
    connection: "duckdb.DuckDBPyConnection",
    before: Relation,
    done: Done,
    differs: Sequence[str],
    limit: int,
) -> list[dict[str, Any]]:
    after, columns = done.relation, _ordered(before, done.relation)
    gone, changed = (
        _gone(connection, before, after, limit // 2),
        _differing(connection, before, after, differs, limit),
    )
    ids = [*gone, *changed[: limit - len(gone)]]
    ids += [pk for pk in _first(connection, after, limit) if pk not in ids][: limit - len(ids)]
    old, new = _cells(connection, before, ids, before.columns), _cells(connection, after, ids, columns)
    shown: list[dict[str, Any]] = [
        {
            "id": pk,
            "state": "removed" if pk in gone else "changed" if pk in changed else "same",
            "before": old[pk],
            "after": new.get(pk),
        }
        for pk in sorted(ids)
    ]
    made = f"SELECT id, {cells_sql(columns)} FROM {after.sql} WHERE id IS NULL ORDER BY o LIMIT {limit}"
    for row in rows(connection, made):
        shown.append({"id": None, "state": "new", "before": None, "after": row_rendered(row, columns)})
    return shown


def _gone(
    connection: "duckdb.DuckDBPyConnection", before: Relation, after: Relation, limit: int
) -> list[int]:
    """The first rows that are left out."""
    found = rows(
        connection,
        f"SELECT id FROM {before.sql} WHERE id NOT IN (SELECT id FROM {after.sql} WHERE id IS NOT NULL) "
        f"ORDER BY id LIMIT {limit}",
    )
    return [row[0] for row in found]


def _differing(
    connection: "duckdb.DuckDBPyConnection",
    before: Relation,
    after: Relation,
    differs: Sequence[str],
    limit: int,
) -> list[int]:
    """The first rows of which a cell changes."""
    if not differs:
        return []
    found = rows(
        connection,
        f"SELECT DISTINCT b.id FROM {before.sql} b JOIN {after.sql} a ON a.id = b.id WHERE {' OR '.join(differs)} "
        f"ORDER BY b.id LIMIT {limit}",
    )
    return [row[0] for row in found]


def _first(connection: "duckdb.DuckDBPyConnection", after: Relation, limit: int) -> list[int]:
    found = rows(connection, f"SELECT id FROM {after.sql} WHERE id IS NOT NULL ORDER BY o LIMIT {limit}")
    return list(dict.fromkeys(row[0] for row in found))


def _cells(
    connection: "duckdb.DuckDBPyConnection",
    relation: Relation,
    ids: Sequence[int],
    columns: Sequence[Column],
) -> dict[int, dict[str, Any]]:
    """The first row of each id."""
    wanted = ", ".join(map(str, ids)) or "NULL"
    columns = list(columns)[:MAX_COLUMNS]
    found = rows(
        connection,
        f"SELECT id, {cells_sql(columns)} FROM {relation.sql} WHERE id IN ({wanted}) ORDER BY o DESC",
    )
    return {row[0]: row_rendered(row, columns) for row in found}
