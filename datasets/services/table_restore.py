"""Versions of tables compared, and a table brought back to what one of them holds, by a job that can be taken back."""

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.errors import InvalidInput
from core.jobs.context import JobContext
from core.services.blobs import blob_location
from core.services.scratch import scratch_dir
from datasets.models import BulkEdit, Dataset, DatasetVersion, Modality, Table
from datasets.selectors.tables import part_paths, parts_of, query_connection, table_of
from datasets.services.bulk_edits import edit_locked
from datasets.services.table_swap import Content, Plan, change_of, table_swap
from datasets.services.table_undo import table_undo
from datasets.tables.diff import table_diff
from datasets.tables.engine import deadline
from datasets.tables.freeze import frozen_columns
from datasets.tables.worker import worked


def table_versions_diff(version: DatasetVersion, against: DatasetVersion, key: int | None) -> dict[str, Any]:
    """See `tables.diff`. Raises InvalidInput and QueryTooLong."""
    newer, older = (blob_location(one.manifest_sha256)[0] for one in (version, against))
    connection = query_connection([newer, older])
    try:
        with deadline(connection):
            made = table_diff(connection, newer, older, key)
    finally:
        connection.close()
    return {
        "version": str(version.pk),
        "against": str(against.pk),
        "same_content": version.content_hash == against.content_hash,
        "counts": made.pop("counts"),
        "samples": {},
        "classes": {},
        "table": made,
    }


def table_restore_preview(ctx: JobContext, version: DatasetVersion) -> dict[str, Any]:
    """How many rows would come back, stay and go; equal rows are the same row."""
    table = table_of(version.dataset)
    spec = {
        "frozen": str(blob_location(version.manifest_sha256)[0]),
        "parts": [str(path) for path in part_paths(parts_of(table))],
    }
    with TemporaryDirectory(dir=scratch_dir(), prefix="restore-") as name:
        return {"preview": True, **worked("restore_counts", Path(name), spec, check=ctx.check)}


def table_restore_run(ctx: JobContext, version: DatasetVersion) -> dict[str, Any]:
    """The rows and columns of the version in the place of the table's; the result of the job."""
    edit = BulkEdit.objects.get(pk=ctx.params["edit"])
    frozen, _, _ = blob_location(version.manifest_sha256)
    connection = query_connection([frozen])
    try:
        columns = frozen_columns(connection, frozen)
    finally:
        connection.close()
    change = change_of(version.dataset, edit.pk)

    def planned(table: Table, folder: Path) -> Plan:
        return Plan(parts_of(table), Content([frozen], columns))

    def told(made: dict[str, Any]) -> None:
        _ended(
            edit.pk,
            BulkEdit.State.DONE,
            {"returned": made["rows"], "set_aside": made["before"], "changed": 1},
        )

    table_swap(ctx, change, planned, told)
    edit.refresh_from_db()
    return {"edit": str(edit.pk), "action": edit.action, **edit.counts}


def is_table_undo(ctx: JobContext) -> bool:
    """Whether the job takes a restored table back; only a restore changes a table by such an edit."""
    return Dataset.objects.filter(pk=ctx.params["dataset"], modality=Modality.TABULAR).exists()


def table_restore_undo(ctx: JobContext) -> dict[str, Any]:
    """The rows of before the restore again. Raises TableTakenFurther."""
    edit = BulkEdit.objects.select_related("dataset").get(pk=ctx.params["edit"])
    change = change_of(edit.dataset, edit.pk)

    def told(made: dict[str, Any]) -> None:
        _ended(edit.pk, BulkEdit.State.UNDONE, {**edit.counts, "restored": made["rows"]})

    table_undo(ctx, change, told)
    edit.refresh_from_db()
    if edit.state != BulkEdit.State.UNDONE:
        with ctx.fenced():
            _ended(edit.pk, BulkEdit.State.UNDONE, edit.counts)
    return {"edit": str(edit.pk), "action": edit.action, **edit.counts}


def _ended(edit_id: uuid.UUID, state: str, counts: dict[str, Any]) -> None:
    edit = edit_locked(edit_id)
    edit.state, edit.counts = state, counts
    edit.save(update_fields=["state", "counts"])


def key_of(text: str) -> int | None:
    """The number of a column, from what a client sent; nothing is None. Raises InvalidInput."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise InvalidInput("the number of a column was expected", field="key")
    return int(text)
