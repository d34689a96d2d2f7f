"""What a recipe would do, shown on the first rows of a table. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    # Views: nothing is read twice that is not asked twice, and of most columns only what is shown.
    connection.execute(f"CREATE TEMP VIEW before AS SELECT * FROM {source.sql}")
    before = Relation("before", source.columns)
    done = recipe_done(connection, recipe, before, around, is_lean=True)
    shared = _shared(before, done.relation)
    told = _told(connection, done, shared)
    total = int(rows(connection, "SELECT count(*) FROM before")[0][0])
    kept, altered, *changed = told.counts
    return {
        "rows_before": total,
        "rows_after": done.rows[-1],
        "rows_removed": total - kept,
        "rows_changed": altered,
        "rows_by_step": done.rows,
        "columns_before": [column.to_json() for column in before.columns[:MAX_COLUMNS]],
        "columns": [column.to_json() for column in _ordered(before, done.relation)],
        "changed": {
            str(new.index): count for (_, new), count in zip(told.compared, changed, strict=True) if count
        },
        "misfits": _misfits(connection, done.relation, shared),
        "rows": _rows(connection, before, done, told, limit),
    }


@dataclass(frozen=True, slots=True)
class _Told:
    """Temporary table `told` has `id` and `o` of every row afterwards, and `d0`, `d1`, …: whether it differs there.

    `counts`: rows that were there before, those of them that differ, and how many differ in each pair `compared`.
    """

    compared: list[tuple[Column, Column]]
    counts: list[int]

    @property
    def differs(self) -> str:
        """Whether anything does."""
        return " OR ".join(f"d{place}" for place in range(len(self.compared))) or "false"


def _told(
    connection: "duckdb.DuckDBPyConnection", done: Done, shared: Sequence[tuple[Column, Column]]
) -> _Told:
    """Every cell that a step may have touched is made and compared once."""
    compared = [pair for pair in shared if done.touched is None or pair[1].index in done.touched]
    after = done.relation.sql
    if compared:
        flags = ", ".join(
            f"(b.id IS NOT NULL AND {_differs(old, new)}) AS d{place}"
            for place, (old, new) in enumerate(compared)
        )
        select = f"SELECT a.id, a.o, {flags} FROM {after} a LEFT JOIN before b ON b.id = a.id"
    else:
        select = f"SELECT id, o FROM {after}"
    connection.execute(f"CREATE TEMP TABLE told AS {select}")
    told = _Told(compared, [])
    counts = ", ".join(f"count(*) FILTER (d{place})" for place in range(len(compared)))
    asked = f"SELECT count(DISTINCT id), count(*) FILTER ({told.differs}){', ' if counts else ''}{counts} FROM told"
    told.counts.extend(int(count) for count in rows(connection, asked)[0])
    return told


def _ordered(before: Relation, after: Relation) -> list[Column]:
    """What is new or changed has to be seen, however many columns there are."""
    old = {column.index for column in before.columns}
    if len(after.columns) <= MAX_COLUMNS:
        return list(after.columns)
    return sorted(after.columns, key=lambda column: column.index in old)[:MAX_COLUMNS]


def _shared(before: Relation, after: Relation) -> list[tuple[Column, Column]]:
    new = {column.index: column for column in after.columns}
    return [(column, new[column.index]) for column in before.columns if column.index in new]


def _differs(old: Column, new: Column) -> str:
    if (old.kind, old.params) == (new.kind, new.params):
        return f"(b.{old.value} IS DISTINCT FROM a.{new.value})"
    return f"(b.{old.value} IS NULL) <> (a.{new.value} IS NULL)"


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
    told: _Told,
    limit: int,
) -> list[dict[str, Any]]:
    after, columns = done.relation, _ordered(before, done.relation)
    gone, changed = _gone(connection, limit // 2), _differing(connection, told, limit)
    ids = [*gone, *changed[: limit - len(gone)]]
    ids += [pk for pk in _first(connection, limit) if pk not in ids][: limit - len(ids)]
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
    if not rows(connection, "SELECT 1 FROM told WHERE id IS NULL LIMIT 1"):
        return shown
    made = f"SELECT id, {cells_sql(columns)} FROM {after.sql} WHERE id IS NULL ORDER BY o LIMIT {limit}"
    for row in rows(connection, made):
        shown.append({"id": None, "state": "new", "before": None, "after": row_rendered(row, columns)})
    return shown


def _gone(connection: "duckdb.DuckDBPyConnection", limit: int) -> list[int]:
    """The first rows that are left out."""
    found = rows(
        connection,
        "SELECT id FROM before WHERE id NOT IN (SELECT id FROM told WHERE id IS NOT NULL) "
        f"ORDER BY id LIMIT {limit}",
    )
    return [row[0] for row in found]


def _differing(connection: "duckdb.DuckDBPyConnection", told: _Told, limit: int) -> list[int]:
    """The first rows of which a cell changes."""
    if not told.compared:
        return []
    asked = f"SELECT DISTINCT id FROM told WHERE {told.differs} ORDER BY id LIMIT {limit}"
    return [row[0] for row in rows(connection, asked)]


def _first(connection: "duckdb.DuckDBPyConnection", limit: int) -> list[int]:
    found = rows(connection, f"SELECT id FROM told WHERE id IS NOT NULL ORDER BY o LIMIT {limit}")
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
