"""Cleanings of tables: a recipe done over all rows by a job, and shown beforehand on the first ones."""

import uuid
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from core.errors import Conflict, InvalidInput
from core.jobs.context import JobContext
from datasets.models import Cleaning, Dataset, Modality, Table, TableChange, TablePart
from datasets.selectors.tables import as_columns, columns_of, part_paths, parts_of, query_connection, table_of
from datasets.services.table_swap import Content, Plan, change_of, table_swap
from datasets.services.table_undo import columns_held, table_undo, undo_check
from datasets.tables.clean.base import Around, Room
from datasets.tables.clean.preview import MAX_SHOWN, previewed
from datasets.tables.clean.recipe import TableRecipe, table_operators, table_recipe_from
from datasets.tables.clean.work import others_of, relation_of
from datasets.tables.engine import deadline, rows
from datasets.tables.freeze import TableEmpty

# A preview of more rows would keep people waiting; it says of how many it tells.
PREVIEW_ROWS: Final = 100_000
_PREVIEW_CELLS: Final = 1_500_000


class TableCleaner:
    """See `services.clean_base.Cleaner`."""

    def operators(self) -> list[dict[str, Any]]:
        """Nineteen; two are about rows that somebody chose in the browser."""
        return table_operators()

    def checked(self, dataset: Dataset, recipe: Any, condition: str) -> dict[str, Any]:
        """Every parameter written out. Raises InvalidInput, TableEmpty."""
        if condition:
            raise InvalidInput(
                "a table is cleaned whole; begin the recipe with a filter to leave rows out", field="filter"
            )
        made = table_recipe_from(recipe)
        others_found(dataset, made)
        if not parts_of(table_of(dataset)):
            raise TableEmpty("there are no rows yet; import some first")
        return made.to_json()

    def total(self, cleaning: Cleaning) -> int:
        """Its rows. Raises InvalidInput for what cannot be made again."""
        _first(cleaning, table_recipe_from(cleaning.recipe))
        table = table_of(cleaning.dataset)
        parts = parts_of(table) if cleaning.again_of_id is None else untouched(table)
        return sum(part.rows for part in parts)

    def preview(self, dataset: Dataset, recipe: dict[str, Any], condition: str, limit: int) -> dict[str, Any]:
        """Counts and rows of the first hundred thousand. Raises InvalidInput and QueryTooLong."""
        return table_preview(dataset, table_recipe_from(recipe), limit)

    def apply(self, ctx: JobContext, cleaning: Cleaning) -> None:
        """The rows that it leaves, in the place of all rows or of those that no cleaning has touched."""
        recipe = table_recipe_from(cleaning.recipe)
        change = change_of(cleaning.dataset, cleaning.pk)
        first = _first(cleaning, recipe)

        def planned(table: Table, folder: Path) -> Plan:
            return _again(ctx, table, recipe, first, folder) if first else _whole(table, recipe)

        def told(made: dict[str, Any]) -> None:
            _counted(
                cleaning,
                rows_before=made["before"],
                rows_after=made["rows"],
                rows_removed=made["before"] - made["kept"],
            )

        table_swap(ctx, change, planned, told)

    def undo(self, ctx: JobContext, cleaning: Cleaning) -> None:
        """The rows of before, and those that came since."""
        change = change_of(cleaning.dataset, cleaning.pk)
        try:
            table_undo(ctx, change, lambda made: _counted(cleaning, restored=made["rows"]))
        except Conflict:
            # It is taken back whole or not at all.
            with ctx.fenced():
                if change_of(cleaning.dataset, cleaning.pk).state == TableChange.State.APPLIED:
                    Cleaning.objects.filter(pk=cleaning.pk).update(state=Cleaning.State.APPLIED)
            raise


def table_undo_check(cleaning: Cleaning) -> None:
    """Raises TableTakenFurther while a later change holds the rows that it left."""
    change = TableChange.objects.filter(pk=cleaning.pk).first()
    if change is not None:
        undo_check(change)


def table_preview(dataset: Dataset, recipe: TableRecipe, limit: int) -> dict[str, Any]:
    """What `previewed` says of the first rows, as `table`. Raises InvalidInput, QueryTooLong.

    `is_sample` where there are more rows than were looked at.
    """
    import duckdb

    begun, table = perf_counter(), table_of(dataset)
    columns, parts = as_columns(columns_of(table)), parts_of(table)
    total = sum(part.rows for part in parts)
    most = min(PREVIEW_ROWS, max(1_000, _PREVIEW_CELLS // max(1, len(columns))))
    others = others_found(dataset, recipe)
    paths = part_paths(_first_parts(parts, most))
    connection = query_connection(paths)
    try:
        with deadline(connection):
            base = relation_of(connection, paths, columns, most)
            room = Room(table.next_column)
            around = Around(
                lambda sql: rows(connection, sql), room, others_of(connection, others), total > most
            )
            made = previewed(connection, recipe, base, around, limit=min(limit, MAX_SHOWN))
    except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.BinderException) as exc:
        raise InvalidInput(
            "the recipe cannot be done on these rows; look at its values", field="recipe"
        ) from exc
    finally:
        connection.close()
    return {
        "looked_at": made["rows_before"],
        "changed": made["rows_changed"] + made["rows_removed"],
        "took_ms": round((perf_counter() - begun) * 1000, 1),
        "results": [],
        "table": {**made, "rows_total": total, "is_sample": total > most},
    }


def _first_parts(parts: list[TablePart], most: int) -> list[TablePart]:
    kept: list[TablePart] = []
    for part in parts:
        if sum(one.rows for one in kept) >= most:
            break
        kept.append(part)
    return kept


def others_found(dataset: Dataset, recipe: TableRecipe) -> dict[str, Any]:
    """Parts and columns of the tables that a recipe joins. Raises InvalidInput for any not of this project."""
    found: dict[str, Any] = {}
    for key in recipe.tables:
        try:
            wanted = uuid.UUID(key)
        except ValueError:
            wanted = uuid.UUID(int=0)
        other = Dataset.objects.filter(
            pk=wanted, project_id=dataset.project_id, modality=Modality.TABULAR, deleted_at=None
        ).first()
        if other is None:
            raise InvalidInput("join with a table of this project", field="recipe.steps")
        table = table_of(other)
        found[key] = {
            "parts": [str(path) for path in part_paths(parts_of(table))],
            "columns": [column.to_json() for column in as_columns(columns_of(table))],
        }
    return found


def untouched(table: Table) -> list[TablePart]:
    """The rows that no cleaning has touched: as they were imported."""
    return [part for part in parts_of(table) if part.made_by_id is None]


def _first(cleaning: Cleaning, recipe: TableRecipe) -> TableChange | None:
    """What the cleaning that is made again did. Raises InvalidInput where that cannot be made again."""
    if cleaning.again_of_id is None:
        return None
    first = TableChange.objects.filter(pk=cleaning.again_of_id, state=TableChange.State.APPLIED).first()
    if first is None:
        raise InvalidInput("it was taken back; apply the recipe to the whole table instead")
    if recipe.lonely:
        raise InvalidInput(
            f"{recipe.lonely} needs all rows at once, so it is not made again for later rows alone"
        )
    return first


def _whole(table: Table, recipe: TableRecipe) -> Plan:
    parts, columns = parts_of(table), as_columns(columns_of(table))
    others = others_found(table.dataset, recipe)
    return Plan(parts, Content(part_paths(parts), columns, recipe.to_json(), others=others))


def _again(ctx: JobContext, table: Table, recipe: TableRecipe, first: TableChange, folder: Path) -> Plan:
    """Later rows with what the first time learned, into the columns that it made."""
    later, columns = untouched(table), as_columns(columns_of(table))
    if not later:
        raise InvalidInput("no rows have come since; import some first")
    other = [part for part in parts_of(table) if part.made_by_id is not None]
    holds = columns_held(ctx, columns, later, folder) | {row["index"] for row in first.before["columns"]}
    content = Content(
        part_paths(later),
        [column for column in columns if column.index in holds],
        recipe.to_json(),
        learned=first.learned,
        others=others_found(table.dataset, recipe),
        may_be_empty=True,
    )
    keeps = columns_held(ctx, columns, other, folder)
    return Plan(later, content, known=columns, keeps=sorted(keeps))


def _counted(cleaning: Cleaning, **counts: int) -> None:
    """In the transaction that shows the rows."""
    cleaning.counts = {**cleaning.counts, **counts}
    cleaning.save(update_fields=["counts"])
