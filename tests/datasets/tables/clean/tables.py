"""A small table as parts on disk, cleaned without a database."""

from pathlib import Path

from datasets.tables.clean.base import Around, Room
from datasets.tables.clean.recipe import recipe_done, table_recipe_from
from datasets.tables.clean.work import relation_of
from datasets.tables.engine import connect, rows
from datasets.tables.kinds import Column
from datasets.tables.parts import copied


def part(
    folder: Path, columns: dict[str, tuple[str, list]], name: str = "part", raws=None
) -> tuple[Path, list[Column]]:
    """`columns` are kinds and values by name; `raws` what the file said, by name and row."""
    sql = {"number": "DOUBLE", "boolean": "BOOLEAN", "datetime": "TIMESTAMP"}
    listed = [Column(i, key, kind) for i, (key, (kind, _)) in enumerate(columns.items())]
    count = len(next(iter(columns.values()))[1])
    connection = connect([folder])
    asked, given = ["unnest(CAST(? AS BIGINT[])) AS id"], [list(range(1, count + 1))]
    for column in listed:
        asked += [
            f"unnest(CAST(? AS {sql.get(column.kind, 'VARCHAR')}[])) AS {column.value}",
            f"unnest(CAST(? AS VARCHAR[])) AS {column.raw}",
        ]
        said = [(raws or {}).get((column.name, row)) for row in range(count)]
        given += [columns[column.name][1], said]
    connection.execute(f"CREATE TABLE t AS SELECT {', '.join(asked)}", given)
    path = folder / f"{name}.parquet"
    copied(connection, "SELECT * FROM t ORDER BY id", path)
    return path, listed


class Cleaned:
    """What a recipe leaves."""

    def __init__(self, connection, done, room):
        self.connection, self.done, self.room = connection, done, room

    @property
    def names(self):
        return [column.name for column in self.done.relation.columns]

    def column(self, name, raw=False):
        found = next(c for c in self.done.relation.columns if c.name == name)
        what = found.raw if raw else found.value
        return [
            row[0] for row in rows(self.connection, f"SELECT {what} FROM {self.done.relation.sql} ORDER BY o")
        ]

    @property
    def ids(self):
        return [
            row[0] for row in rows(self.connection, f"SELECT id FROM {self.done.relation.sql} ORDER BY o")
        ]


def clean(
    folder: Path,
    path: Path,
    columns: list[Column],
    steps,
    *,
    others=None,
    learned=None,
    known=None,
    next_index=None,
):
    """Do the steps."""
    connection = connect([folder])
    base = relation_of(connection, [path], columns)
    there = {key: relation_of(connection, [p], c) for key, (p, c) in (others or {}).items()}
    room = Room(len(columns) if next_index is None else next_index, known or {})
    around = Around(lambda sql: rows(connection, sql), room, there)
    recipe = table_recipe_from({"version": 1, "steps": steps})
    return Cleaned(connection, recipe_done(connection, recipe, base, around, learned=learned), room)
