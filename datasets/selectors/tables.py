"""Tables as others see them: their columns, pages of their rows, their statistics."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput, NotFound
from core.services.blobs import blobs_locations
from core.services.scratch import scratch_dir
from datasets.models import Dataset, Table, TableColumn, TablePart
from datasets.tables.engine import QUERY_MEMORY, connect, deadline
from datasets.tables.kinds import Column
from datasets.tables.parts import source_sql
from datasets.tables.query import MAX_CELLS, MAX_PAGE, Condition, Page, conditions_from, rows_count, rows_page

if TYPE_CHECKING:
    import duckdb

MAX_COLUMNS_SHOWN: Final = 200
_THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """A page of rows as a client asks for it; columns by their numbers."""

    limit: int = 100
    offset: int = 0
    after: int | None = None
    sort: int | None = None
    is_descending: bool = False
    filter: Any = ()
    columns: Sequence[int] = ()


def table_of(dataset: Dataset) -> Table:
    """The table of a tabular data set. Raises NotFound for any other."""
    table = Table.objects.filter(dataset=dataset).first()
    if table is None:
        raise NotFound("this data set is no table")
    table.dataset = dataset
    return table


def columns_of(table: Table) -> list[TableColumn]:
    """In the order of their numbers."""
    return list(TableColumn.objects.filter(table=table).order_by("index"))


def as_columns(rows: Sequence[TableColumn]) -> list[Column]:
    """As the pure code has them."""
    return [Column(row.index, row.name, row.kind, row.reason, row.params) for row in rows]


def parts_of(table: Table) -> list[TablePart]:
    """The parts that readers see, in the order of their rows."""
    return list(TablePart.objects.filter(table=table, is_live=True).order_by("first_row"))


def part_paths(parts: Sequence[TablePart]) -> list[Path]:
    """Local files of the parts."""
    places = blobs_locations([part.sha256 for part in parts]) if parts else {}
    return [places[part.sha256][0] for part in parts]


def table_render(table: Table) -> dict[str, Any]:
    """The table with its columns and their statistics. Two statements."""
    parts = parts_of(table)
    return {
        "dataset": table.dataset_id,
        "revision": table.revision,
        "target": table.target,
        "rows": sum(part.rows for part in parts),
        "bytes": sum(part.size_bytes for part in parts),
        "is_described": table.described_revision == table.revision,
        "columns": [column_render(row) for row in columns_of(table)],
        "associations": table.associations,
    }


def column_render(row: TableColumn) -> dict[str, Any]:
    """One column."""
    return {
        "index": row.index,
        "name": row.name,
        "kind": row.kind,
        "reason": row.reason,
        "params": row.params,
        "statistics": row.statistics,
    }


def rows_asked(table: Table, asked: RowsAsked) -> dict[str, Any]:
    """One page, `{results, columns, count, revision}`. Raises InvalidInput and QueryTooLong."""
    by_index = {column.index: column for column in as_columns(columns_of(table))}
    if strangers := [index for index in asked.columns if index not in by_index]:
        raise InvalidInput(f"no column of this table has the number {strangers[0]}", field="columns")
    shown = [by_index[index] for index in asked.columns or list(by_index)[:MAX_COLUMNS_SHOWN]]
    if not 1 <= asked.limit <= MAX_PAGE or asked.limit * max(1, len(shown)) > MAX_CELLS:
        raise InvalidInput(f"at most {MAX_PAGE} rows and {MAX_CELLS} cells at once", field="limit")
    if asked.sort is not None and asked.sort not in by_index:
        raise InvalidInput("no column of this table has that number", field="sort")
    conditions = conditions_from(list(asked.filter), by_index)
    sort = None if asked.sort is None else by_index[asked.sort]
    parts = parts_of(table)
    page = Page(asked.limit, asked.offset, asked.after, sort, asked.is_descending)
    total = sum(part.rows for part in parts)
    if not conditions and sort is None:
        parts, page = _stretch(parts, page)
    paths = part_paths(parts)
    with deadline(connection := query_connection(paths)):
        needed = [
            column for column in by_index.values() if column in shown or _is_used(column, conditions, sort)
        ]
        source = source_sql(connection, paths, needed)
        found = rows_page(connection, source, shown, conditions, page)
        count = rows_count(connection, source, conditions) if conditions else total
    return {
        "results": found,
        "columns": [column.index for column in shown],
        "count": count,
        "revision": table.revision,
    }


def _is_used(column: Column, conditions: Sequence[Condition], sort: Column | None) -> bool:
    return column == sort or any(column in one.columns for one in conditions)


def _stretch(parts: list[TablePart], page: Page) -> tuple[list[TablePart], Page]:
    """Without a filter the place of a row is known: only the parts it may lie in are opened."""
    if page.after is not None:
        kept = [part for part in parts if part.first_row + part.rows > page.after + 1]
        return _until(kept, page.limit + page.offset, skipped=page.after + 1), page
    left = page.offset
    for number, part in enumerate(parts):
        if left < part.rows:
            start = part.first_row + left
            kept = _until(parts[number:], page.limit, skipped=start)
            return kept, Page(page.limit, 0, start - 1)
        left -= part.rows
    return [], page


def _until(parts: Sequence[TablePart], wanted: int, *, skipped: int) -> list[TablePart]:
    kept: list[TablePart] = []
    for part in parts:
        if wanted <= 0:
            break
        kept.append(part)
        wanted -= part.first_row + part.rows - max(part.first_row, skipped)
    return kept


def query_connection(paths: Sequence[Path]) -> "duckdb.DuckDBPyConnection":
    """A connection for one question of the web process, inside its limits; what it makes goes with it."""
    root = paths[0].parents[2] if paths else scratch_dir()
    return _database(scratch_dir(), root).cursor()


@lru_cache(maxsize=4)
def _database(scratch: Path, root: Path) -> "duckdb.DuckDBPyConnection":
    """One for the process, made with the first question, so that nothing is loaded where none is asked."""
    return connect([scratch, root], memory=QUERY_MEMORY, threads=_THREADS)
