"""The job of importing a table: read in a child, parts stored one by one, seen by readers all at once."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from core.clock import utc_now
from core.errors import Conflict
from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import blob_put_file, blobs_register
from core.services.scratch import scratch_dir
from datasets.formats.base import Problem
from datasets.models import (
    BulkAction,
    BulkEdit,
    DatasetVersion,
    ImportBatch,
    Table,
    TableChange,
    TableColumn,
    TablePart,
)
from datasets.selectors.tables import as_columns, columns_of
from datasets.services.counters import dataset_locked
from datasets.services.import_source import source_local, source_release
from datasets.services.import_sql import FORMAT, REASON, sql_problem
from datasets.services.import_tally import MAX_LISTED, Tally
from datasets.services.imports import ImportAborted, ImportOptions
from datasets.services.table_describe import description_made, description_write
from datasets.tables.worker import TableWorkerDied, worked

PART_TYPE: Final = "application/vnd.apache.parquet"
_NO_ROWS: Final = "there is no row in it, so its columns are left out too; send it with its rows"
_NOTICES: Final = ("column_renamed", "sheets_left_out")
_TARGET_NAMES: Final = ("target", "label", "class", "y", "outcome", "标签", "类别")


class TableChanged(Conflict):
    """Columns were corrected while the import was reading."""

    code = "table_changed"


def table_import_run(ctx: JobContext, batch: ImportBatch, options: ImportOptions) -> dict[str, Any]:
    """Do the import from the part where the last attempt stopped; the result of the job.

    Raises TableRefused, TableWorkerDied, ImportAborted, TableChanged.
    """
    path = source_local(ctx, batch)
    with TemporaryDirectory(dir=scratch_dir(), prefix="table-") as name:
        return _TableImport(ctx, batch, options, Path(name)).run(path)


class _TableImport:
    """One attempt."""

    def __init__(self, ctx: JobContext, batch: ImportBatch, options: ImportOptions, folder: Path) -> None:
        self._ctx, self._batch, self._options, self._folder = ctx, batch, options, folder
        self._table = Table.objects.get(dataset=batch.dataset)

    def run(self, path: Path) -> dict[str, Any]:
        """Everything."""
        sha256 = _sha256(path)
        plan = self._worked("stage", self._stage_spec(path))
        tally = _tally(plan)
        if "sql" in self._batch.source:
            plan["format"], plan["reason"] = FORMAT, REASON
            if more := sql_problem(self._batch):
                tally.met(more)
        self._batch.format, self._batch.reason = plan["format"], plan["reason"][:300]
        if self._is_known(sha256):
            tally.counts["duplicates"] = plan["rows"]
            return self._ended(plan, tally)
        tally.counts["created"] = plan["rows"]
        if not plan["rows"]:
            tally.met(Problem("table_without_rows", self._batch.source_name, _NO_ROWS))
        if self._options.dry_run:
            return self._ended(plan, tally)
        if self._options.on_problem == "abort" and self._batch.cursor == 0:
            self._refuse_problems(tally)
        if not plan["rows"]:
            return self._ended(plan, tally)
        try:
            columns, first_row = self._reserved(plan, sha256)
            fault("import.after-begin")
            self._write(plan, columns, first_row)
            return self._published(plan, tally, columns)
        except (TableChanged, TableWorkerDied) as exc:
            self._given_up(keeps_columns=isinstance(exc, TableChanged))
            raise

    def _stage_spec(self, path: Path) -> dict[str, Any]:
        known = [column.to_json() for column in as_columns(columns_of(self._table))]
        asked = self._batch.source.get("sql", {})
        return {
            "path": str(path),
            "name": "rows.jsonl" if asked else self._batch.source_name,
            "format": self._options.format,
            "known": known,
            "declared": asked.get("kinds", {}),
        }

    def _worked(self, step: str, spec: dict[str, Any], **more: Any) -> dict[str, Any]:
        return worked(step, self._folder, spec, check=self._ctx.check, **more)

    def _is_known(self, sha256: str) -> bool:
        """Whether another import brought the same bytes and their rows, or what a cleaning made of them, are here."""
        others = ImportBatch.objects.filter(
            dataset=self._batch.dataset, source__sha256=sha256, finished_at__isnull=False
        ).exclude(pk=self._batch.pk)
        parts = TablePart.objects.filter(source__in=others)
        if parts.filter(is_live=True).exists():
            return True
        kept = others.filter(pk__in=parts.filter(retired_by__isnull=False).values("source"))
        return any(not _is_restored_away(self._table, batch) for batch in kept)

    def _reserved(self, plan: dict[str, Any], sha256: str) -> tuple[list[dict[str, Any]], int]:
        """Columns with their numbers and a range of row ids that nobody else gets; the same for every attempt."""
        with self._ctx.fenced():
            dataset_locked(self._batch.dataset_id)
            table = Table.objects.select_for_update().get(pk=self._table.pk)
            columns = _columns_ensured(table, plan["columns"])
            if "first_row" not in self._batch.source:
                self._batch.source = {
                    **self._batch.source,
                    "sha256": sha256,
                    "first_row": table.next_row,
                }
                table.next_row += plan["rows"]
            table.save()
            self._batch.total = plan["rows"]
            self._batch.save(update_fields=["format", "reason", "total", "source"])
        self._table = table
        return columns, int(self._batch.source["first_row"])

    def _write(self, plan: dict[str, Any], columns: Sequence[dict[str, Any]], first_row: int) -> None:
        spec = {
            "columns": list(columns),
            "rows": plan["rows"],
            "done": self._batch.cursor,
            "first_id": first_row,
        }

        def kept(line: dict[str, Any]) -> None:
            path = Path(line["path"])
            ref = blob_put_file(path, PART_TYPE)
            path.unlink()
            with self._ctx.fenced():
                blobs_register([ref])
                TablePart.objects.create(
                    table=self._table,
                    source=self._batch,
                    sha256=ref.sha256,
                    size_bytes=ref.size_bytes,
                    first_row=first_row + line["start"],
                    rows=line["rows"],
                )
                self._batch.cursor = line["start"] + line["rows"]
                self._batch.save(update_fields=["cursor"])
                fault("import.before-commit")
            fault("import.after-commit")
            self._ctx.milestone()
            self._ctx.progress(self._batch.cursor, plan["rows"], "rows")

        self._worked("write", spec, told=kept)

    def _published(
        self, plan: dict[str, Any], tally: Tally, columns: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        """Show the parts, with statistics that count them, and end the job, in one transaction."""
        while True:
            table = Table.objects.get(pk=self._table.pk)
            made = description_made(self._ctx, table, self._folder, also=self._batch)
            with self._ctx.fenced() as job:
                dataset_locked(self._batch.dataset_id)
                now = Table.objects.select_for_update().get(pk=table.pk)
                if now.revision != table.revision:
                    continue
                _check_kinds(now, columns)
                TablePart.objects.filter(source=self._batch).update(is_live=True)
                now.revision += 1
                tally.counts["annotated"] = description_write(now, made)
                result = self._close(plan, tally)
                fault("import.before-finish")
                self._ctx.finish(job, result)
                return result

    def _ended(self, plan: dict[str, Any], tally: Tally) -> dict[str, Any]:
        """A rehearsal, or nothing new."""
        with self._ctx.fenced() as job:
            result = self._close(plan, tally)
            self._ctx.finish(job, result)
        return result

    def _close(self, plan: dict[str, Any], tally: Tally) -> dict[str, Any]:
        result = {
            **tally.result(),
            "format": plan["format"],
            "reason": plan["reason"],
            "also": [],
            "classes": [],
            "notes": plan["notes"],
            "columns": [
                {name: row[name] for name in ("name", "kind", "reason", "params")} for row in plan["columns"]
            ],
            "dry_run": self._options.dry_run,
            "source": self._batch.source_name,
            "dataset": str(self._batch.dataset_id),
            "import": str(self._batch.pk),
        }
        if self._options.dry_run:
            result["rows"] = plan["preview"]
        source_release(self._batch, is_kept=self._options.dry_run)
        tally.write(self._batch)
        self._batch.result, self._batch.finished_at = result, utc_now()
        self._batch.save()
        return result

    def _refuse_problems(self, tally: Tally) -> None:
        first = tally.first_fault
        if first is None:
            return
        with self._ctx.fenced():
            tally.counts["created"] = 0
            tally.write(self._batch)
            source_release(self._batch)
            self._batch.finished_at = utc_now()
            self._batch.save()
        remedy = "mend it, or import again and have what has a problem skipped"
        raise ImportAborted(f"nothing was imported: {first.where}: {first.detail}. To go on, {remedy}")

    def _given_up(self, *, keeps_columns: bool) -> None:
        """Nobody will show the parts of this import, nor columns of its own; its source may be sent again."""
        with self._ctx.fenced():
            dataset_locked(self._batch.dataset_id)
            TablePart.objects.filter(source=self._batch, is_live=False).delete()
            source_release(self._batch)
            self._batch.cursor, self._batch.finished_at = 0, utc_now()
            self._batch.save()
            if not keeps_columns:
                _columns_unused(self._table)


def _is_restored_away(table: Table, batch: ImportBatch) -> bool:
    """Whether the table has since been brought back to a version from before the import."""
    versions = DatasetVersion.objects.filter(dataset=table.dataset_id, created_at__lt=batch.finished_at)
    applied = TableChange.objects.filter(table=table, state=TableChange.State.APPLIED)
    return BulkEdit.objects.filter(
        pk__in=applied.values("pk"),
        action=BulkAction.RESTORE,
        created_at__gt=batch.finished_at,
        value__in=[str(pk) for pk in versions.values_list("pk", flat=True)],
    ).exists()


def _tally(plan: dict[str, Any]) -> Tally:
    """Rows that could not be read are skipped; a cell that does not fit stays as text."""
    tally = Tally()
    for code, where, detail, count in plan["problems"]:
        tally.problems[code] += count
        tally.counts["skipped"] += count if code.startswith("row_") else 0
        if tally.first_fault is None and code not in _NOTICES:
            tally.first_fault = Problem(code, where, detail, count)
        if len(tally.listed) < MAX_LISTED:
            tally.listed.append({"code": code, "where": where, "detail": detail})
    return tally


def _columns_ensured(table: Table, planned: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows for new names; known names keep their kind. Changes `table`, unsaved. Raises TableChanged."""
    known = {row.name: row for row in columns_of(table)}
    is_first = not known
    cases = {name.lower() for name in known}
    fresh: list[TableColumn] = []
    for each in planned:
        if each["name"] not in known:
            # The names were matched when the file was read; another import has brought this one since.
            if each["name"].lower() in cases:
                raise TableChanged("a column was added while the file was read; import it again")
            row = TableColumn(
                table=table,
                index=table.next_column,
                name=each["name"],
                kind=each["kind"],
                reason=each["reason"],
                params=each["params"],
            )
            table.next_column += 1
            known[row.name] = row
            fresh.append(row)
    TableColumn.objects.bulk_create(fresh, batch_size=500)
    if is_first and table.target is None:
        named = (row.index for row in fresh if row.name.lower() in _TARGET_NAMES)
        table.target = next(named, None)
    columns = as_columns([known[each["name"]] for each in planned])
    return [
        {**column.to_json(), "place": each["place"]} for column, each in zip(columns, planned, strict=True)
    ]


def _columns_unused(table: Table) -> None:
    """A table that has no rows, never had any and gets none just now goes back to having no columns.

    The data set must be locked: columns are given to an import under that lock.
    """
    is_used = table.parts.exists() or TableChange.objects.filter(table=table).exists()
    others = ImportBatch.objects.filter(
        dataset=table.dataset_id,
        finished_at__isnull=True,
        job__finished_at__isnull=True,
        source__has_key="first_row",
    )
    if not is_used and not others.exists():
        TableColumn.objects.filter(table=table).delete()
        Table.objects.filter(pk=table.pk).update(target=None)


def _check_kinds(table: Table, written: Sequence[dict[str, Any]]) -> None:
    """The parts must have been written with the kinds that hold now."""
    now = {column.index: (column.kind, column.params) for column in as_columns(columns_of(table))}
    if any(now.get(row["index"]) != (row["kind"], row["params"]) for row in written):
        raise TableChanged("a column was corrected or cleaned while the file was read; import it again")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
