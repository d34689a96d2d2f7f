"""Correcting a table's columns: another kind, another name, the target."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from core.errors import Conflict, InvalidInput, NotFound, StaleRevision
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import BlobRef, blob_put_file, blobs_register
from core.services.scratch import scratch_dir
from datasets.models import Dataset, Table, TableColumn, TablePart
from datasets.selectors.tables import as_columns, columns_of, part_paths, parts_of
from datasets.services.counters import dataset_locked
from datasets.services.table_describe import description_of, description_write, target_totals
from datasets.services.table_import import PART_TYPE
from datasets.tables.kinds import Column
from datasets.tables.staging import OWN
from datasets.tables.worker import worked


class ColumnNameTaken(Conflict):
    """Another column of the table has this name."""

    code = "column_name_taken"


def table_update(*, actor: User, dataset: Dataset, target: int | None, revision: int | None) -> Table:
    """Choose the target column, None for none. Raises InvalidInput and StaleRevision."""
    with transaction.atomic():
        dataset_locked(dataset.pk)
        table = _locked(dataset, revision)
        if target is not None and not TableColumn.objects.filter(table=table, index=target).exists():
            raise InvalidInput("no column of this table has that number", field="target")
        table.target = target
        _revised(table)
        table.save(update_fields=["target", "revision", "described_revision"])
        target_totals(table)
        audit.record(actor, "datasets.table.target", dataset, project=dataset.project_id, target=target)
    return table


def _locked(dataset: Dataset, revision: int | None) -> Table:
    """The table's row, nobody else's till the transaction ends. Raises StaleRevision."""
    table = Table.objects.select_for_update().get(pk=dataset.pk)
    if revision is not None and revision != table.revision:
        raise StaleRevision("the table was changed meanwhile", current={"revision": table.revision})
    return table


def _revised(table: Table) -> None:
    """The next revision; statistics that told of the last one tell of this one too."""
    is_described = table.described_revision == table.revision
    table.revision += 1
    if is_described:
        table.described_revision = table.revision


def column_rename(
    *, actor: User, dataset: Dataset, index: int, name: str, revision: int | None = None
) -> TableColumn:
    """Give a column another name. `revision` is that of the table the caller saw, None to overwrite.

    Raises NotFound, InvalidInput, StaleRevision, ColumnNameTaken.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= 200:
        raise InvalidInput("a name has 1 to 200 characters", field="name")
    if name.lower() in OWN:
        raise InvalidInput(f"versions write a column {name} of their own; choose another name", field="name")
    try:
        with transaction.atomic():
            dataset_locked(dataset.pk)
            column = _column(dataset, index)
            table = _locked(dataset, revision)
            # Exports cannot hold two names that differ in case alone.
            if (
                TableColumn.objects.filter(table_id=dataset.pk, name__iexact=name)
                .exclude(index=index)
                .exists()
            ):
                raise ColumnNameTaken("another column of this table has that name", field="name")
            column.name = name
            column.save(update_fields=["name"])
            _revised(table)
            table.save(update_fields=["revision", "described_revision"])
            audit.record(actor, "datasets.column.renamed", dataset, project=dataset.project_id, column=index)
    except IntegrityError as exc:
        raise ColumnNameTaken("another column of this table has that name", field="name") from exc
    return column


def column_retype_submit(
    *,
    actor: User,
    dataset: Dataset,
    index: int,
    kind: str,
    params: dict[str, Any],
    revision: int | None = None,
) -> Job:
    """Queue the reading of a column as another kind. Raises NotFound, InvalidInput and StaleRevision."""
    column = _column(dataset, index)
    new = Column(index, column.name, kind, {"code": "corrected"}, params)
    with transaction.atomic():
        _locked(dataset, revision)
        job = job_submit(
            "datasets.retype",
            project=dataset.project,
            actor=actor,
            params={"dataset": str(dataset.pk), "column": index, "kind": new.kind, "params": new.params},
        )
        audit.record(
            actor, "datasets.column.corrected", dataset, project=dataset.project_id, column=index, kind=kind
        )
    return job


def column_retype_run(ctx: JobContext) -> dict[str, Any]:
    """Read the column anew from what the file said; the result of the job."""
    dataset = Dataset.objects.get(pk=UUID(ctx.params["dataset"]))
    while True:
        with TemporaryDirectory(dir=scratch_dir(), prefix="retype-") as folder:
            result = _retyped(ctx, dataset, Path(folder))
        if result is not None:
            return result


def _retyped(ctx: JobContext, dataset: Dataset, folder: Path) -> dict[str, Any] | None:
    """None when the table changed meanwhile."""
    table = Table.objects.get(pk=dataset.pk)
    rows = columns_of(table)
    column = next((row for row in rows if row.index == ctx.params["column"]), None)
    if column is None:
        raise NotFound("no such column")
    old = [each.to_json() for each in as_columns(rows)]
    new = Column(column.index, column.name, ctx.params["kind"], {"code": "corrected"}, ctx.params["params"])
    parts = parts_of(table)
    paths = part_paths(parts)
    refs: dict[int, BlobRef] = {}

    def kept(line: dict[str, Any]) -> None:
        if line["path"] is not None:
            refs[line["number"]] = blob_put_file(Path(line["path"]), PART_TYPE)
            paths[line["number"]] = Path(line["path"])
        ctx.progress(line["number"] + 1, len(parts), "parts")

    spec = {"parts": [str(path) for path in paths], "columns": old, "new": new.to_json()}
    worked("retype", folder, spec, check=ctx.check, told=kept)
    column.kind, column.params, column.reason = new.kind, new.params, new.reason
    made = _described_as(ctx, table, column, paths, parts, folder)
    with ctx.fenced() as job:
        dataset_locked(dataset.pk)
        now = Table.objects.select_for_update().get(pk=dataset.pk)
        if now.revision != table.revision:
            return None
        blobs_register(refs.values())
        for number, ref in refs.items():
            TablePart.objects.filter(pk=parts[number].pk).update(sha256=ref.sha256, size_bytes=ref.size_bytes)
        column.save(update_fields=["kind", "params", "reason"])
        now.revision += 1
        description_write(now, made)
        misfits = made["columns"][str(column.index)]["misfits"]
        result = {"dataset": str(dataset.pk), "column": column.index, "kind": new.kind, "misfits": misfits}
        ctx.finish(job, result)
    return result


def _described_as(
    ctx: JobContext,
    table: Table,
    column: TableColumn,
    paths: list[Path],
    parts: list[TablePart],
    folder: Path,
) -> dict[str, Any]:
    rows = [column if row.index == column.index else row for row in columns_of(table)]
    total = sum(part.rows for part in parts)
    return description_of(ctx, as_columns(rows), paths, total, folder)


def _column(dataset: Dataset, index: int) -> TableColumn:
    column = TableColumn.objects.filter(table_id=dataset.pk, index=index).first()
    if column is None:
        raise NotFound("no such column")
    return column
