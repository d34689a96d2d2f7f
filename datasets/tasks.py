"""Kinds of jobs of datasets. No logic: each names a service."""

import uuid
from typing import Any

from celery import shared_task

from core.jobs.context import JobContext
from core.jobs.kinds import job_kind
from datasets.services.augmented_versions import augmented_run
from datasets.services.branches import branch_run
from datasets.services.bucket_syncs import sync_run, syncs_due
from datasets.services.bulk_edits import bulk_run
from datasets.services.cleanings import clean_run, clean_undo_run
from datasets.services.exports import export_run
from datasets.services.import_run import import_run
from datasets.services.merge_apply import merge_run
from datasets.services.merges import merge_plan_run
from datasets.services.purge import purge_run
from datasets.services.quality import quality_run
from datasets.services.reference_checks import references_check_run
from datasets.services.table_balance import balance_run
from datasets.services.table_columns import column_retype_run
from datasets.services.table_restore import is_table_undo, table_restore_undo
from datasets.services.version_restore import restore_run
from datasets.services.versions import version_run


@job_kind("datasets.import", queue="import")
def datasets_import(ctx: JobContext) -> dict[str, Any]:
    """Import one batch of files."""
    return import_run(ctx, uuid.UUID(ctx.params["import"]))


@job_kind("datasets.version", queue="import")
def datasets_version(ctx: JobContext) -> dict[str, Any]:
    """Freeze a data set."""
    return version_run(ctx)


@job_kind("datasets.restore", queue="import")
def datasets_restore(ctx: JobContext) -> dict[str, Any]:
    """Bring a data set back to a version, or count what that would change."""
    return restore_run(ctx)


@job_kind("datasets.branch", queue="import")
def datasets_branch(ctx: JobContext) -> dict[str, Any]:
    """Make a data set from a version."""
    return branch_run(ctx)


@job_kind("datasets.merge_plan", queue="import")
def datasets_merge_plan(ctx: JobContext) -> dict[str, Any]:
    """Look at what a merge would change."""
    return merge_plan_run(ctx)


@job_kind("datasets.merge", queue="import")
def datasets_merge(ctx: JobContext) -> dict[str, Any]:
    """Bring a version into another data set."""
    return merge_run(ctx)


@job_kind("datasets.augment", queue="import")
def datasets_augment(ctx: JobContext) -> dict[str, Any]:
    """Freeze a version with augmented copies."""
    return augmented_run(ctx)


@job_kind("datasets.balance", queue="import")
def datasets_balance(ctx: JobContext) -> dict[str, Any]:
    """Freeze a version of a table with made-up rows of rare classes."""
    return balance_run(ctx)


@job_kind("datasets.export", queue="import")
def datasets_export(ctx: JobContext) -> dict[str, Any]:
    """Write a version as an archive."""
    return export_run(ctx)


@job_kind("datasets.quality", queue="import")
def datasets_quality(ctx: JobContext) -> dict[str, Any]:
    """Check a data set."""
    return quality_run(ctx, uuid.UUID(ctx.params["dataset"]))


@job_kind("datasets.bulk_edit", queue="import")
def datasets_bulk_edit(ctx: JobContext) -> dict[str, Any]:
    """Change many samples, or take such a change back."""
    return table_restore_undo(ctx) if is_table_undo(ctx) else bulk_run(ctx)


@job_kind("datasets.retype", queue="import")
def datasets_retype(ctx: JobContext) -> dict[str, Any]:
    """Read a column of a table as another kind."""
    return column_retype_run(ctx)


@job_kind("datasets.clean", queue="import")
def datasets_clean(ctx: JobContext) -> dict[str, Any]:
    """Apply a cleaning."""
    return clean_run(ctx)


@job_kind("datasets.clean_undo", queue="import")
def datasets_clean_undo(ctx: JobContext) -> dict[str, Any]:
    """Take a cleaning back."""
    return clean_undo_run(ctx)


@job_kind("datasets.purge", queue="import")
def datasets_purge(ctx: JobContext) -> dict[str, Any]:
    """Let deleted samples and data sets go for good."""
    return purge_run(ctx)


@job_kind("datasets.sync", queue="import")
def datasets_sync(ctx: JobContext) -> dict[str, Any]:
    """Import what is new in a bucket."""
    return sync_run(ctx)


@job_kind("datasets.references", queue="import")
def datasets_references(ctx: JobContext) -> dict[str, Any]:
    """Look whether what samples refer to is still there."""
    return references_check_run(ctx)


@shared_task(name="datasets.sync_due", ignore_result=True, expires=60)
def sync_due() -> None:
    """Begin the syncs whose time has come."""
    syncs_due()
