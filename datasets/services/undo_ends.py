"""The end of a way back: what a change keeps for it goes when the period of the bin is over; the change stays."""

import uuid
from datetime import datetime
from typing import Final

from core.clock import utc_now
from core.faults import fault
from core.jobs.context import JobContext
from core.models import Job
from datasets.models import DatasetVersion, Modality, Sample, TablePart
from datasets.selectors.undoables import KINDS, Change, parts_kept, rows_kept, undos_due
from datasets.services.bins import change_locked
from datasets.services.version_hold import named_by, versions_hold

BATCH: Final = 500


def undos_end(ctx: JobContext, project_id: uuid.UUID, before: datetime) -> int:
    """End what is due, safe to repeat; how many. What somebody works with right now is left for the next time."""
    done = 0
    for change in undos_due(before, [project_id]):
        if is_read(change.dataset_id) or not _closed(ctx, change):
            continue
        _held(ctx, change)
        while _let_go(ctx, change) > 0:
            ctx.milestone()
        done += 1
    return done


def is_read(dataset_id: uuid.UUID) -> bool:
    """Whether a job works with the data set: it may name bytes of samples only when it ends."""
    at_work = Job.objects.filter(kind__startswith="datasets.", finished_at__isnull=True)
    return at_work.exclude(kind="datasets.purge").filter(params__dataset=str(dataset_id)).exists()


def is_at_rest(change: Change) -> bool:
    """Whether no job does it or takes it back; asked under its lock, in a statement of its own."""
    at_work = Job.objects.filter(pk=change.job_id, finished_at__isnull=True) if change.job_id else None
    return at_work is None or not at_work.exists()


def _closed(ctx: JobContext, change: Change) -> bool:
    """From here on nobody takes it back; False while somebody does, or may still take back what it built on."""
    with ctx.fenced():
        held = change_locked(type(change), change.pk)
        if not is_at_rest(held) or _builds_on_open(held):
            return False
        if held.undo_ended_at is None:
            held.undo_ended_at = utc_now()
            held.save(update_fields=["undo_ended_at"])
            fault("purge.before-close")
    return True


def _builds_on_open(change: Change) -> bool:
    """Rows that a change of the table retired tell an earlier one that it was taken further; they go after it."""
    parts = TablePart.objects.filter(retired_by=change.pk)
    earlier = {pk for pk in parts.values_list("made_by_id", flat=True) if pk is not None}
    return any(kind.objects.filter(pk__in=earlier, undo_ended_at=None).exists() for kind in KINDS)


def _held(ctx: JobContext, change: Change) -> None:
    rows, dataset = rows_kept(change.pk), change.dataset_id
    if not rows.exists():
        return

    def going(part: list[str]) -> set[str]:
        named = named_by(rows, part)
        # What a sample has now is named by it, and held when that goes or is cleaned once more.
        living = Sample.objects.filter(dataset=dataset, sha256__in=named)
        return named - set(living.values_list("sha256", flat=True))

    versions = DatasetVersion.objects.filter(dataset=dataset).exclude(dataset__modality=Modality.TABULAR)
    versions_hold(ctx, list(versions), going)


def _let_go(ctx: JobContext, change: Change) -> int:
    """The next rows or parts that it keeps; how many went."""
    ctx.check()
    gone = 0
    with ctx.fenced():
        change_locked(type(change), change.pk)
        for kept in (rows_kept(change.pk), parts_kept(change.pk)):
            batch = kept.filter(pk__in=list(kept.order_by("pk").values_list("pk", flat=True)[:BATCH]))
            gone += batch.delete()[0]
        if gone:
            fault("purge.before-undo-gone")
    return gone
