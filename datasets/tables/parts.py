"""Writing parts: from staged text, and again when a column gets another kind. Pure.

Equal cells and kinds give equal bytes: one thread writes, in the order of the rows.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from datasets.tables.engine import rows
from datasets.tables.kinds import (
    STORAGE,
    Column,
    is_missing_sql,
    literal,
    raw_sql,
    text_sql,
    typed_sql,
)

if TYPE_CHECKING:
    import duckdb

    from datasets.formats.base import Problem

PART_ROWS: Final = 200_000
GROUP_ROWS: Final = 50_000
NARROW: Final = 50
_COPIED_ROWS: Final = 40_000
_MAX_NAMED: Final = 10
Placed = Sequence[tuple[Column, int]]


def part_write(
    connection: "duckdb.DuckDBPyConnection",
    columns: Placed,
    target: Path,
    *,
    start: int,
    stop: int,
    first_id: int,
) -> None:
    """Rows `start` to `stop`, exclusive, of `raw`. A column comes with its place in `raw`; row 0 gets `first_id`."""
    pieces = [f"CAST(rowid + {first_id} AS BIGINT) AS id"]
    for column, place in columns:
        text = f"c{place}"
        pieces.append(f"{typed_sql(text, column.kind, column.params)} AS {column.value}")
        pieces.append(f"{raw_sql(text, column.kind, column.params)} AS {column.raw}")
    copied(
        connection,
        f"SELECT {', '.join(pieces)} FROM raw WHERE rowid >= {start} AND rowid < {stop} ORDER BY rowid",
        target,
    )


def part_rewrite(
    connection: "duckdb.DuckDBPyConnection", source: Path, old: Sequence[Column], new: Column, target: Path
) -> None:
    """The same rows with one column read anew, as `new` has it. `old` are the columns that the part holds."""
    pieces = ["id"]
    for column in old:
        if column.index != new.index:
            pieces += [column.value, column.raw]
            continue
        text = f"({text_sql(column)})"
        pieces.append(f"{typed_sql(text, new.kind, new.params)} AS {new.value}")
        pieces.append(f"{raw_sql(text, new.kind, new.params)} AS {new.raw}")
    copied(
        connection,
        f"SELECT {', '.join(pieces)} FROM read_parquet({literal(str(source))}) ORDER BY id",
        target,
    )


def misfits(connection: "duckdb.DuckDBPyConnection", columns: Placed, first_row: int = 1) -> "list[Problem]":
    """Cells of `raw` that are no value of their column: the first of each column by name, the others counted.

    `first_row` is the number of the first row for people.
    """
    from datasets.formats.base import Problem

    problems: list[Problem] = []
    for column, place in columns:
        if column.kind in ("category", "text", "id"):
            continue
        text = f"c{place}"
        unfit = f"{typed_sql(text, column.kind, column.params)} IS NULL AND NOT {is_missing_sql(text, column.kind)}"
        count = int(rows(connection, f"SELECT count(*) FROM raw WHERE {unfit}")[0][0])
        if not count:
            continue
        named = rows(
            connection, f"SELECT rowid, {text} FROM raw WHERE {unfit} ORDER BY rowid LIMIT {_MAX_NAMED}"
        )
        listed = [
            Problem(
                "cell_misfit",
                f"row {row + first_row}, {column.name}",
                f"“{said[:60]}” is no {column.kind}; it stays as text",
            )
            for row, said in named
        ]
        last = listed[-1]
        listed[-1] = Problem(last.code, last.where, last.detail, count - len(listed) + 1)
        problems += listed
    return problems


def has_columns(
    connection: "duckdb.DuckDBPyConnection", path: Path, columns: Sequence[Column]
) -> list[Column]:
    """Which of the columns the part holds; older parts lack those that came later."""
    described = rows(connection, f"DESCRIBE SELECT * FROM read_parquet({literal(str(path))})")
    there = {row[0] for row in described}
    return [column for column in columns if column.value in there]


def copied(connection: "duckdb.DuckDBPyConnection", sql: str, target: Path) -> None:
    """Write what a statement answers as a part."""
    connection.execute(
        f"COPY ({sql}) TO {literal(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP_ROWS}, PARQUET_VERSION v2)"
    )


def source_sql(
    connection: "duckdb.DuckDBPyConnection", parts: Sequence[Path], columns: Sequence[Column]
) -> str:
    """All parts as one relation that has every column, NULL where a part lacks it."""
    if not parts:
        empty = ", ".join(["CAST(NULL AS BIGINT) AS id", *map(_absent, columns)])
        return f"(SELECT {empty} WHERE false)"
    paths = ", ".join(literal(str(path)) for path in parts)
    source = f"read_parquet([{paths}], union_by_name = true)"
    there = {row[0] for row in rows(connection, f"DESCRIBE SELECT * FROM {source}")}
    lacking = [column for column in columns if column.value not in there]
    return f"(SELECT *, {', '.join(map(_absent, lacking))} FROM {source})" if lacking else source


def narrowed(
    connection: "duckdb.DuckDBPyConnection",
    source: str,
    columns: Sequence[Column],
    total: int,
    *,
    beside: Column | None = None,
    name: str = "narrow",
) -> Iterator[tuple[str, Sequence[Column]]]:
    """The columns, some at a time, each time with a relation that has them, `beside` and `id`.

    Of a few rows finding one among thousands of columns takes fifty times as long as reading it: so they are copied out a
    few columns at a time. `total` are the rows; `name` is the copy's.
    """
    if len(columns) <= NARROW or total > _COPIED_ROWS:
        yield source, columns
        return
    for start in range(0, len(columns), NARROW):
        part = columns[start : start + NARROW]
        kept = {column.index: column for column in (*part, *((beside,) if beside else ()))}.values()
        names = ", ".join(["id", *(name for column in kept for name in (column.value, column.raw))])
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {names} FROM {source}")
        yield name, part
    connection.execute(f"DROP TABLE {name}")


def _absent(column: Column) -> str:
    return f"CAST(NULL AS {STORAGE[column.kind]}) AS {column.value}, CAST(NULL AS VARCHAR) AS {column.raw}"
