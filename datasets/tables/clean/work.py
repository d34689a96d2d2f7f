"""A recipe done over the parts of a table, within flat memory; parts of what it leaves. Pure.

The rows between heavy steps are kept in a database on disk, so that what does not fit the memory of the connection
is there and not in the process.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput
from datasets.tables.clean.base import Around, Relation, Room
from datasets.tables.clean.recipe import Done, TableRecipe, recipe_done, table_recipe_from
from datasets.tables.engine import connect, rows
from datasets.tables.freeze import frozen_columns
from datasets.tables.kinds import Column, content_sql, literal, raw_sql, text_sql, typed_sql
from datasets.tables.parts import PART_ROWS, copied, has_columns, source_sql

if TYPE_CHECKING:
    import duckdb

Spec = Mapping[str, Any]
Tell = Callable[[Mapping[str, Any]], None]
_DATABASE: Final = "clean.db"


class NothingLeft(InvalidInput):
    """The recipe would leave no row."""

    code = "nothing_left"


def _columns(listed: list[dict[str, Any]]) -> list[Column]:
    return [Column.from_json(row) for row in listed]


def _folders(spec: Spec, folder: Path) -> list[Path]:
    paths = [*spec["parts"], *(part for other in spec["others"].values() for part in other["parts"])]
    return [folder, *{Path(path).parent for path in paths}]


def relation_of(
    connection: "duckdb.DuckDBPyConnection", parts: list[Path], columns: list[Column], most: int | None = None
) -> Relation:
    """All rows of the parts, or the first `most`, in their order."""
    source = source_sql(connection, parts, columns)
    named = ", ".join(name for column in columns for name in (column.value, column.raw))
    first = "" if most is None else f" WHERE id <= {_last_of(connection, source, most)}"
    return Relation(f"(SELECT id, id AS o, {named} FROM {source}{first})", tuple(columns))


def _last_of(connection: "duckdb.DuckDBPyConnection", source: str, most: int) -> int:
    """The id of the row with that place; sorting ids alone is cheap, and what is behind them is then not read."""
    asked = f"SELECT coalesce(max(id), 0) FROM (SELECT id FROM {source} ORDER BY id LIMIT {most})"
    return int(rows(connection, asked)[0][0])


def others_of(connection: "duckdb.DuckDBPyConnection", others: Mapping[str, Any]) -> dict[str, Relation]:
    """Other tables by their id, from `{parts, columns}`."""
    return {
        key: relation_of(connection, [Path(part) for part in other["parts"]], _columns(other["columns"]))
        for key, other in others.items()
    }


def cleaned(spec: Spec, folder: Path) -> dict[str, Any]:
    """Do the recipe; the rows stay in the folder's database for `cleaned_written`. Raises InvalidInput."""
    connection = connect(_folders(spec, folder), database=folder / _DATABASE)
    known = {row["name"]: Column.from_json(row) for row in spec["known"]}
    room = Room(spec["next_index"], known)
    around = Around(lambda sql: rows(connection, sql), room, others_of(connection, spec["others"]))
    before = relation_of(connection, [Path(part) for part in spec["parts"]], _columns(spec["columns"]))
    steps = [] if spec["recipe"] is None else table_recipe_from(spec["recipe"]).steps
    if steps:
        done = recipe_done(
            connection, TableRecipe(tuple(steps)), before, around, learned=spec["learned"], stored="TABLE"
        )
    else:
        connection.execute(f"CREATE TABLE same AS SELECT * FROM {before.sql} ORDER BY o")
        count = int(rows(connection, "SELECT count(*) FROM same")[0][0])
        done = Done(Relation("same", before.columns), [], [count])
    left, kept = done.rows[-1], rows(connection, f"SELECT count(DISTINCT id) FROM {done.relation.sql}")[0][0]
    if not left and not spec["may_be_empty"]:
        raise NothingLeft("no row would be left; change the recipe")
    ordered = done.relation.sql
    if any(step.is_heavy for step in steps):
        connection.execute(f"CREATE TABLE ordered AS SELECT * FROM {ordered} ORDER BY o")
        ordered = "ordered"
    connection.close()
    return {
        "rows": left,
        "kept": int(kept),
        "rows_by_step": done.rows,
        "learned": done.learned,
        "columns": [column.to_json() for column in done.relation.columns],
        "next_index": max(room.next_index, *(column.index + 1 for column in done.relation.columns)),
        "from": ordered,
    }


def cleaned_written(spec: Spec, folder: Path, tell: Tell) -> dict[str, Any]:
    """Parts of what `cleaned` left; row 0 gets `first_id`. Each is told as soon as it is written."""
    connection = connect([folder], database=folder / _DATABASE)
    cells = ", ".join(name for column in _columns(spec["columns"]) for name in (column.value, column.raw))
    for start in range(0, spec["rows"], PART_ROWS):
        stop = min(start + PART_ROWS, spec["rows"])
        target = folder / f"cleaned-{start}.parquet"
        copied(
            connection,
            f"SELECT CAST(rowid + {spec['first_id']} AS BIGINT) AS id, {cells} FROM {spec['from']} "
            f"WHERE rowid >= {start} AND rowid < {stop} ORDER BY rowid",
            target,
        )
        tell({"path": str(target), "start": start, "rows": stop - start})
    connection.close()
    return {}


def held(spec: Spec, folder: Path) -> dict[str, Any]:
    """Which columns, by number, each of the parts holds."""
    parts = [Path(part) for part in spec["parts"]]
    connection = connect([folder, *{part.parent for part in parts}])
    columns = _columns(spec["columns"])
    return {"held": [[column.index for column in has_columns(connection, part, columns)] for part in parts]}


def restore_counts(spec: Spec, folder: Path) -> dict[str, Any]:
    """How many rows a frozen table has that the parts lack (`returned`), both have, and only the parts have."""
    frozen, parts = Path(spec["frozen"]), [Path(part) for part in spec["parts"]]
    connection = connect(
        [folder, frozen.parent, *{part.parent for part in parts}], database=folder / _DATABASE
    )
    columns = frozen_columns(connection, frozen)
    said = content_sql(columns)
    connection.execute(
        "CREATE TABLE told AS SELECT h, count(*) FILTER (side = 0) AS a, count(*) FILTER (side = 1) AS b FROM ("
        f"SELECT {said} AS h, 0 AS side FROM {source_sql(connection, [frozen], columns)} UNION ALL "
        f"SELECT {said}, 1 FROM {source_sql(connection, parts, columns)}) GROUP BY h"
    )
    returned, unchanged, others = rows(
        connection,
        "SELECT coalesce(sum(greatest(a - b, 0)), 0), coalesce(sum(least(a, b)), 0), "
        "coalesce(sum(greatest(b - a, 0)), 0) FROM told",
    )[0]
    connection.close()
    return {"returned": int(returned), "unchanged": int(unchanged), "others": int(others)}


def reread(spec: Spec, folder: Path, tell: Tell) -> dict[str, Any]:
    """Parts whose columns are to be of other kinds: what the files said is read anew; None where nothing changes.

    Cells of a column that is `joined` to another become cells of that one, which no part holds beside it.
    """
    parts = [Path(part) for part in spec["parts"]]
    connection = connect([folder, *{part.parent for part in parts}])
    columns, wanted = _columns(spec["columns"]), {c.index: c for c in _columns(spec["wanted"])}
    wanted |= {int(late): wanted[early] for late, early in spec["joined"].items()}
    for number, part in enumerate(parts):
        there = has_columns(connection, part, columns)
        changed = {
            column.index
            for column in there
            if (new := wanted.get(column.index)) is not None
            and (column.index != new.index or _reads(column) != _reads(new))
        }
        if not changed:
            tell({"number": number, "path": None})
            continue
        pieces = ["id"]
        for column in there:
            new, text = wanted.get(column.index, column), f"({text_sql(column)})"
            is_new = column.index in changed
            pieces.append(
                f"{typed_sql(text, new.kind, new.params)} AS {new.value}" if is_new else column.value
            )
            pieces.append(f"{raw_sql(text, new.kind, new.params)} AS {new.raw}" if is_new else column.raw)
        target = folder / f"reread-{number}.parquet"
        copied(
            connection,
            f"SELECT {', '.join(pieces)} FROM read_parquet({literal(str(part))}) ORDER BY id",
            target,
        )
        tell({"number": number, "path": str(target)})
    return {}


def _reads(column: Column) -> tuple[str, dict[str, Any]]:
    return column.kind, column.params
