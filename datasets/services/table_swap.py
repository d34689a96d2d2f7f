"""Other rows in the place of a table's rows, seen by readers all at once, and the way back.

What makes the rows runs in a child. A job that is killed begins anew; what it had written is nobody's and goes.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import blob_put_file, blobs_register
from core.services.scratch import scratch_dir
from datasets.models import Dataset, Table, TableChange, TableColumn, TablePart
from datasets.selectors.tables import as_columns, columns_of, part_paths, parts_of
from datasets.services.counters import dataset_locked
from datasets.services.table_describe import description_of, description_write
from datasets.services.table_import import PART_TYPE
from datasets.tables.kinds import Column
from datasets.tables.worker import worked

State = TableChange.State
_PARTS: Final = "rows"


@dataclass(slots=True)
class Content:
    """What the rows are made of: parts and what they hold, beside the recipe that changes them, None for none."""

    parts: list[Path]
    columns: list[Column]
    recipe: dict[str, Any] | None = None
    learned: list[Any] | None = None
    others: dict[str, Any] = field(default_factory=dict)
    may_be_empty: bool = False


@dataclass(slots=True)
class Plan:
    """What is to be done: which parts go, what stands in their place, and which columns the table has for it.

    `known` are columns, by name, that new ones are taken for; `keeps` are columns that stay whatever the rows hold.
    """

    retired: list[TablePart]
    content: Content
    known: list[Column] = field(default_factory=list)
    keeps: Sequence[int] = ()


Planned = Callable[[Table, Path], Plan]
Told = Callable[[dict[str, Any]], None]


def change_of(dataset: Dataset, change_id: uuid.UUID) -> TableChange:
    """The change of that id, made now or by an earlier attempt."""
    return TableChange.objects.get_or_create(pk=change_id, defaults={"table_id": dataset.pk})[0]


def table_swap(ctx: JobContext, change: TableChange, planned: Planned, told: Told) -> None:
    """Do it unless an earlier attempt did. `told` gets the figures in the transaction that shows the rows.

    Raises InvalidInput, TableWorkerDied.
    """
    while change.state == State.OPEN:
        with TemporaryDirectory(dir=scratch_dir(), prefix="swap-") as name:
            swap = _Swap(ctx, change, Path(name))
            if swap.run(planned, told):
                return


class _Swap:
    """One try; it fails to nothing when the table changes meanwhile."""

    def __init__(self, ctx: JobContext, change: TableChange, folder: Path) -> None:
        self._ctx, self._change, self._folder = ctx, change, folder
        self._table = Table.objects.get(pk=change.table_id)

    def run(self, planned: Planned, told: Told) -> bool:
        """Whether the rows are shown."""
        self._cleared()
        rows = columns_of(self._table)
        plan = planned(self._table, self._folder)
        spec = {
            "parts": [str(path) for path in plan.content.parts],
            "columns": [column.to_json() for column in plan.content.columns],
            "recipe": plan.content.recipe,
            "learned": plan.content.learned,
            "others": plan.content.others,
            "known": [column.to_json() for column in plan.known],
            "may_be_empty": plan.content.may_be_empty,
            "next_index": self._table.next_column,
        }
        made = worked("clean", self._folder, spec, check=self._ctx.check)
        first_row = self._reserved(made)
        if first_row is None:
            return False
        fault("swap.after-begin")
        self._written(made, first_row)
        return self._published(plan, made, rows, told)

    def _cleared(self) -> None:
        with self._ctx.fenced():
            TablePart.objects.filter(made_by=self._change, is_live=False).delete()

    def _reserved(self, made: dict[str, Any]) -> int | None:
        """Numbers of rows and columns that nobody else gets; None when the table changed meanwhile."""
        with self._ctx.fenced():
            dataset_locked(self._table.pk)
            now = Table.objects.select_for_update().get(pk=self._table.pk)
            if (now.revision, now.next_column) != (self._table.revision, self._table.next_column):
                return None
            first_row = now.next_row
            now.next_row += made["rows"]
            now.next_column = made["next_index"]
            now.save(update_fields=["next_row", "next_column"])
        return int(first_row)

    def _written(self, made: dict[str, Any], first_row: int) -> None:
        def kept(line: dict[str, Any]) -> None:
            path = Path(line["path"])
            ref = blob_put_file(path, PART_TYPE)
            with self._ctx.fenced():
                blobs_register([ref])
                TablePart.objects.create(
                    table=self._table,
                    made_by=self._change,
                    sha256=ref.sha256,
                    size_bytes=ref.size_bytes,
                    first_row=first_row + line["start"],
                    rows=line["rows"],
                )
                fault("swap.before-commit")
            path.unlink()
            self._ctx.progress(line["start"] + line["rows"], made["rows"], _PARTS)

        spec = {name: made[name] for name in ("rows", "columns", "from")}
        worked("clean_write", self._folder, {**spec, "first_id": first_row}, check=self._ctx.check, told=kept)

    def _published(self, plan: Plan, made: dict[str, Any], rows: list[TableColumn], told: Told) -> bool:
        gone, known = {part.pk for part in plan.retired}, {row.index for row in rows}
        after = _after(rows, plan, [Column.from_json(row) for row in made["columns"]])
        fresh = TablePart.objects.filter(made_by=self._change).order_by("first_row")
        parts = [*(part for part in parts_of(self._table) if part.pk not in gone), *fresh]
        total = sum(part.rows for part in parts)
        told_of = description_of(self._ctx, after, part_paths(parts), total, self._folder)
        with self._ctx.fenced():
            dataset_locked(self._table.pk)
            now = Table.objects.select_for_update().get(pk=self._table.pk)
            if now.revision != self._table.revision or _has_taken(now, known, after):
                return False
            self._change.before = _snapshot(now)
            TablePart.objects.filter(pk__in=gone).update(is_live=False, retired_by=self._change)
            TablePart.objects.filter(made_by=self._change).update(is_live=True)
            columns_set(now, after, gone=known - {column.index for column in after})
            now.revision += 1
            description_write(now, told_of)
            self._change.after = _snapshot(now)
            self._change.learned, self._change.state = made["learned"], State.APPLIED
            self._change.save()
            told({**made, "before": sum(part.rows for part in plan.retired)})
            fault("swap.before-publish")
        fault("swap.after-publish")
        return True


def _after(rows: list[TableColumn], plan: Plan, made: list[Column]) -> list[Column]:
    """The table's columns afterwards: those made, and those that stay for other rows."""
    there = {column.index for column in made}
    stays = [c for c in as_columns(rows) if c.index in plan.keeps and c.index not in there]
    return sorted([*made, *stays], key=lambda column: column.index)


def _has_taken(table: Table, known: set[int], after: Sequence[Column]) -> bool:
    """Whether an import that reads at this moment has made a column of a name that is wanted."""
    names, numbers = {column.name.lower() for column in after}, {column.index for column in after}
    return any(row.name.lower() in names for row in columns_of(table) if row.index not in known | numbers)


def _snapshot(table: Table) -> dict[str, Any]:
    return {"columns": [c.to_json() for c in as_columns(columns_of(table))], "target": table.target}


def columns_set(table: Table, wanted: Sequence[Column], *, gone: set[int]) -> None:
    """Make the rows of the columns say this, in the caller's transaction; a target that goes is none.

    Changes `table`, unsaved.
    """
    TableColumn.objects.filter(table=table, index__in=gone).delete()
    rows = {row.index: row for row in columns_of(table)}
    # Two that change their names for one another would meet on the way.
    known = [column for column in wanted if column.index in rows]
    moved = [column for column in known if rows[column.index].name != column.name]
    for column in moved:
        TableColumn.objects.filter(pk=rows[column.index].pk).update(name=f" {column.index}")
    for column in moved:
        TableColumn.objects.filter(pk=rows[column.index].pk).update(name=column.name)
    for column in known:
        row = rows[column.index]
        if (row.kind, row.params) != (column.kind, column.params):
            TableColumn.objects.filter(pk=row.pk).update(
                kind=column.kind, params=column.params, reason=column.reason
            )
    fresh = [column for column in wanted if column.index not in rows]
    TableColumn.objects.bulk_create(
        [
            TableColumn(
                table=table,
                index=column.index,
                name=column.name,
                kind=column.kind,
                reason=column.reason,
                params=column.params,
            )
            for column in fresh
        ],
        batch_size=500,
    )
    if table.target in gone:
        table.target = None
