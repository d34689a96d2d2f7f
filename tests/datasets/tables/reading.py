"""A table read, typed and stored as a part, without a database."""

from dataclasses import dataclass

from datasets.formats.base import Problem
from datasets.tables.engine import connect, rows
from datasets.tables.infer import inferred
from datasets.tables.kinds import Column
from datasets.tables.parts import misfits, part_write, source_sql
from datasets.tables.staging import staged


@dataclass
class Read:
    """What came of it; `source` is the relation of the one part."""

    connection: object
    source: str
    columns: list[Column]
    problems: list[Problem]
    format: str
    notes: dict[str, str]

    @property
    def kinds(self) -> dict[str, str]:
        """By name."""
        return {column.name: column.kind for column in self.columns}

    @property
    def cells(self) -> list[tuple]:
        """Values row by row."""
        return self.ask(", ".join(column.value for column in self.columns))

    def ask(self, what: str) -> list[tuple]:
        """A question of the part."""
        return rows(self.connection, f"SELECT {what} FROM {self.source} ORDER BY id")


def read(folder, content: bytes, name: str = "table.csv", wanted: str = "auto") -> Read:
    """Read a file's bytes."""
    folder.mkdir(exist_ok=True)
    path = folder / "sent"
    path.write_bytes(content)
    connection = connect([folder], database=folder / "stage.db")
    table = staged(connection, path, name, wanted, folder)
    columns = inferred(connection, table.names, table.declared)
    placed = [(column, column.index) for column in columns]
    part = folder / "part.parquet"
    part_write(connection, placed, part, start=0, stop=table.rows, first_id=1)
    problems = [*table.problems, *misfits(connection, placed)]
    source = source_sql(connection, [part], columns)
    return Read(connection, source, columns, problems, table.format, table.notes)
