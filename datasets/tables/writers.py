"""Writing a frozen table as a file that others read, a batch of rows at a time. Pure.

What a format can carry comes back: the kinds of columns in the metadata of Parquet, in a property of a workbook, in
a comment of ARFF, the splits as the column `__split`. A cell that is no value of its column's kind goes as the text
that the file had.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from core.errors import InvalidInput
from datasets.tables.engine import rows
from datasets.tables.kinds import Column, literal, misfit_sql, quoted, text_sql, written_sql
from datasets.tables.said import METADATA_KEY, columns_said
from datasets.tables.workbooks import MAX_SHEET_COLUMNS, MAX_SHEET_ROWS, book_written, serial_sql

if TYPE_CHECKING:
    import duckdb

EXPORTS: Final = {
    "csv_table": "csv",
    "tsv_table": "tsv",
    "xlsx_table": "xlsx",
    "jsonl_table": "jsonl",
    "arff_table": "arff",
    "parquet_table": "parquet",
}
# Read as the CSV that it is.
TSV: Final = {"tsv_table": "TSV table"}
SPLIT: Final = "__split"
_BATCH: Final = 5_000
_WHOLE: Final = 1e15
_ARFF_KINDS: Final = {"number": "numeric", "boolean": "{false,true}"}
_ARFF_DAY: Final = 'date "yyyy-MM-dd"'
_ARFF_MOMENT: Final = 'date "yyyy-MM-dd HH:mm:ss"'
_MAX_NOMINAL: Final = 1_000
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+:/")
_ESCAPES: Final = str.maketrans({"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\t": r"\t"})

Cells = tuple[Any, ...]


class TableTooLong(InvalidInput):
    """More rows or columns than one sheet of a workbook has."""

    code = "table_too_long_for_workbook"


def check_fits(format: str, row_count: int, column_count: int = 0) -> None:
    """Raises TableTooLong for a table that no sheet holds with the row of names and the column of splits."""
    if format != "xlsx_table" or (row_count < MAX_SHEET_ROWS and column_count < MAX_SHEET_COLUMNS):
        return
    raise TableTooLong(
        f"a sheet has {MAX_SHEET_ROWS:,} rows and {MAX_SHEET_COLUMNS:,} columns, one of each for the names and the "
        "splits; take CSV or Parquet, or freeze fewer rows",
        field="format",
        rows=row_count,
        most=MAX_SHEET_ROWS - 1,
    )


class Source:
    """A frozen file with its columns, and which of them have a cell that is no value of their kind."""

    def __init__(
        self, connection: "duckdb.DuckDBPyConnection", path: Path, columns: Sequence[Column]
    ) -> None:
        self.connection, self.columns = connection, columns
        self.sql = f"read_parquet({literal(str(path))})"
        misfits = ", ".join(f"count(*) FILTER ({misfit_sql(column)})" for column in columns)
        *counted, self.rows = rows(connection, f"SELECT {misfits}, count(*) FROM {self.sql}")[0]
        self.unfit = frozenset(c.index for c, count in zip(columns, counted, strict=True) if count)

    def cells(
        self, value_sql: Callable[[Column], str], else_sql: Callable[[Column], str] | None = None
    ) -> Iterator[Cells]:
        """Row by row in their order: a value and a text of each column, one of them or none; at the end the split.

        The file was written in that order and one thread reads it, so it streams without a sort.
        """
        pieces = ", ".join(f"{value_sql(c)}, {(else_sql or self.unfit_sql)(c)}" for c in self.columns)
        found = self.connection.execute(f"SELECT {pieces}, {SPLIT} FROM {self.sql}")
        while some := found.fetchmany(_BATCH):
            yield from some

    def unfit_sql(self, column: Column) -> str:
        """What the file had where it is no value of the kind."""
        return (
            f"CASE WHEN {misfit_sql(column)} THEN {column.raw} END" if column.index in self.unfit else "NULL"
        )


def table_written(source: Source, format: str, path: Path) -> None:
    """Write it to `path`. Raises TableTooLong, CellTooLong."""
    check_fits(format, source.rows, len(source.columns))
    _WRITERS[format](source, path)


def _csv(source: Source, path: Path) -> None:
    _copied(source, path, text_sql, "FORMAT csv, HEADER true, DELIMITER ','")


def _tsv(source: Source, path: Path) -> None:
    _copied(source, path, text_sql, "FORMAT csv, HEADER true, DELIMITER '\t'")


def _parquet(source: Source, path: Path) -> None:
    """The values, or all cells of a column as text where one of them is no value: nothing is to be lost."""
    said = columns_said(source.columns, as_written=source.unfit)
    _copied(
        source,
        path,
        lambda column: text_sql(column) if column.index in source.unfit else column.value,
        f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{'{METADATA_KEY}': {literal(said)}}}",
    )


def _copied(source: Source, path: Path, cell_sql: Callable[[Column], str], options: str) -> None:
    cells = ", ".join(f"{cell_sql(column)} AS {quoted(column.name)}" for column in source.columns)
    source.connection.execute(
        f"COPY (SELECT {cells}, {SPLIT} FROM {source.sql} ORDER BY id) TO {literal(str(path))} ({options})"
    )


def _jsonl(source: Source, path: Path) -> None:
    """An object a line; numbers and truth as JSON has them, dates as ISO 8601."""
    names = [*(column.name for column in source.columns), SPLIT]
    with path.open("wb") as out:
        for row in source.cells(_spoken_sql):
            cells = [
                _json_value(row[at]) if row[at] is not None else row[at + 1]
                for at in range(0, len(row) - 1, 2)
            ]
            out.write(orjson.dumps(dict(zip(names, [*cells, row[-1]], strict=True))) + b"\n")


def _json_value(value: Any) -> Any:
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE
    return int(value) if is_whole else value


def _spoken_sql(column: Column) -> str:
    """Numbers and truth as such, everything else as text."""
    return column.value if column.kind in ("number", "boolean") else written_sql(column.value, column.kind)


def _arff(source: Source, path: Path) -> None:
    """Kinds as attributes; a column with cells that do not fit its kind is one of strings, as the file had them."""
    kinds = {column.index: _arff_kind(source, column) for column in source.columns}
    moments = {index for index, kind in kinds.items() if kind == _ARFF_MOMENT}
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(
            f"% {METADATA_KEY} {columns_said(source.columns, as_written=source.unfit)}\n@relation table\n\n"
        )
        for column in source.columns:
            out.write(f"@attribute {_arff_text(column.name)} {kinds[column.index]}\n")
        out.write(f"@attribute {SPLIT} {{train,val,test}}\n\n@data\n")
        for row in source.cells(
            lambda c: f"CAST({c.value} AS VARCHAR)" if c.index in moments else _text_of(source, c)
        ):
            cells = ("?" if cell is None else _arff_text(cell) for cell in (*row[:-1:2], row[-1]))
            out.write(",".join(cells) + "\n")


def _text_of(source: Source, column: Column) -> str:
    """The value as text, or what the file had where a cell of the column is no value."""
    return text_sql(column) if column.index in source.unfit else written_sql(column.value, column.kind)


def _arff_kind(source: Source, column: Column) -> str:
    if column.index in source.unfit:
        return "string"
    if column.kind == "category":
        levels = rows(
            source.connection,
            f"SELECT DISTINCT {column.value} FROM {source.sql} WHERE {column.value} IS NOT NULL "
            f"ORDER BY 1 LIMIT {_MAX_NOMINAL + 1}",
        )
        if 0 < len(levels) <= _MAX_NOMINAL:
            return "{" + ",".join(_arff_text(level) for (level,) in levels) + "}"
    if column.kind == "datetime":
        return _arff_moment(source, column)
    return _ARFF_KINDS.get(column.kind, "string")


def _arff_moment(source: Source, column: Column) -> str:
    """One pattern for all: days, or seconds; finer ones are strings."""
    finer, seconds = rows(
        source.connection,
        f"SELECT count(*) FILTER ({column.value} <> date_trunc('second', {column.value})), "
        f"count(*) FILTER ({column.value} <> date_trunc('day', {column.value})) FROM {source.sql}",
    )[0]
    if finer:
        return "string"
    return _ARFF_MOMENT if seconds else _ARFF_DAY


def _arff_text(text: str) -> str:
    return text if text and _PLAIN.issuperset(text) else f"'{text.translate(_ESCAPES)}'"


def _xlsx(source: Source, path: Path) -> None:
    """A moment that a workbook cannot hold goes as text."""

    def value_sql(column: Column) -> str:
        return serial_sql(column.value) if column.kind == "datetime" else _spoken_sql(column)

    def else_sql(column: Column) -> str:
        if column.kind != "datetime":
            return source.unfit_sql(column)
        written = written_sql(column.value, "datetime")
        return f"coalesce({source.unfit_sql(column)}, CASE WHEN ({serial_sql(column.value)}) IS NULL THEN {written} END)"

    names = [*(column.name for column in source.columns), SPLIT]
    dates = frozenset(at for at, column in enumerate(source.columns) if column.kind == "datetime")
    book_written(path, names, dates, source.cells(value_sql, else_sql), columns_said(source.columns))


_WRITERS: Final[Mapping[str, Callable[[Source, Path], None]]] = {
    "csv_table": _csv,
    "tsv_table": _tsv,
    "xlsx_table": _xlsx,
    "jsonl_table": _jsonl,
    "arff_table": _arff,
    "parquet_table": _parquet,
}
