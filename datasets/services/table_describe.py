"""Statistics of a table, made in a child and written with the change that they describe."""

import uuid
from pathlib import Path
from typing import Any

from django.db.models import Q

from core.jobs.context import JobContext
from datasets.models import ImportBatch, SampleState, Table, TableColumn, TablePart
from datasets.selectors.counters import totals_of
from datasets.selectors.tables import as_columns, columns_of, part_paths
from datasets.services.counters import counters_add
from datasets.tables.kinds import Column
from datasets.tables.worker import worked


def description_made(
    ctx: JobContext, table: Table, folder: Path, *, also: ImportBatch | None = None
) -> dict[str, Any]:
    """Statistics of the rows that readers see, and of those of an import that is about to be shown."""
    shown = Q(is_live=True) if also is None else Q(is_live=True) | Q(source=also)
    parts = list(TablePart.objects.filter(shown, table=table).order_by("first_row"))
    columns = as_columns(columns_of(table))
    return description_of(ctx, columns, part_paths(parts), sum(part.rows for part in parts), folder)


def description_of(
    ctx: JobContext, columns: list[Column], paths: list[Path], rows: int, folder: Path
) -> dict[str, Any]:
    """Statistics of these files."""
    spec = {
        "parts": [str(path) for path in paths],
        "columns": [column.to_json() for column in columns],
        "rows": rows,
    }
    return {**worked("describe", folder, spec, check=ctx.check), "rows": rows}


def description_write(table: Table, made: dict[str, Any]) -> int:
    """Onto the rows, in the caller's transaction, as of the table's revision; how many rows have a target."""
    columns = columns_of(table)
    for column in columns:
        column.statistics = made["columns"].get(str(column.index), {})
    TableColumn.objects.bulk_update(columns, ["statistics"], batch_size=200)
    table.associations = made["associations"]
    table.described_revision = table.revision
    table.save()
    return totals_write(table.dataset_id, made["rows"], _with_target(table, columns))


def target_totals(table: Table) -> int:
    """Count anew after another target was chosen; how many rows have one."""
    columns = columns_of(table)
    rows = next((column.statistics.get("count", 0) for column in columns), 0)
    return totals_write(table.dataset_id, rows, _with_target(table, columns))


def totals_write(dataset_id: uuid.UUID, rows: int, labeled: int) -> int:
    """Set the totals of the data set; `labeled`."""
    totals = totals_of(dataset_id, ("samples", "state"))
    states = totals.get("state", {})
    counters_add(
        dataset_id,
        {
            ("samples", ""): rows - totals.get("samples", {}).get("", 0),
            ("state", SampleState.LABELED): labeled - states.get(SampleState.LABELED, 0),
            ("state", SampleState.UNLABELED): rows - labeled - states.get(SampleState.UNLABELED, 0),
        },
    )
    return labeled


def _with_target(table: Table, columns: list[TableColumn]) -> int:
    for column in columns:
        if column.index == table.target:
            said = column.statistics
            return int(said.get("count", 0) - said.get("missing", 0) - said.get("misfits", 0))
    return 0
