"""The end of a way back: what a change keeps for it goes when the period of the bin is over; the change stays."""

import logging
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet

from core.clock import utc_now
from core.errors import DomainError
from core.faults import fault
from core.jobs.context import JobContext
from core.models import Job
from datasets.models import CleaningRow, Sample, TablePart
from datasets.selectors.in_use import is_read, versions_of
from datasets.selectors.undoables import KINDS, Change, parts_kept, rows_kept, undos_due
from datasets.services.bins import change_locked
from datasets.services.version_hold import Held, versions_hold

BATCH: Final = 500
log = logging.getLogger(__name__)


def undos_end(ctx: JobContext, project_id: uuid.UUID, before: datetime) -> int:
    """End what is due, safe to repeat; how many. What somebody works with right now is left for the next time."""
    done = 0
    for change in undos_due(before, [project_id]):
        try:
            done += _closed(ctx, change) and _ended(ctx, change)
        except (IntegrityError, DomainError, ValueError):
            log.exception("the way back of %s is left", change.pk)
            ctx.log("what one change keeps could not be removed and is left; the log of the server says why")
    return done


def _ended(ctx: JobContext, change: Change) -> bool:
    """False when somebody began to work with the data set; what is left is let go the next time."""
    held = versions_hold(ctx, versions_of(change.dataset_id), _names(change.dataset_id, rows_kept(change.pk)))
    while (gone := _let_go(ctx, change, held)) > 0:
        ctx.milestone()
    return gone == 0


def way_back_begin(change: Change, undoing: str) -> None:
    """Before its job is queued; nothing is saved. One that stopped half-way goes on from there, and after one that
    left something only that is gone through."""
    if change.state != undoing:
        change.state, change.cursor = undoing, ""
        change.counts = {name: count for name, count in change.counts.items() if name != "kept"}


def is_at_rest(change: Change) -> bool:
    """Whether no job does it or takes it back; asked under its lock, in a statement of its own."""
    at_work = Job.objects.filter(pk=change.job_id, finished_at__isnull=True) if change.job_id else None
    return at_work is None or not at_work.exists()


def _closed(ctx: JobContext, change: Change) -> bool:
    """From here on nobody takes it back; False while somebody does, or may still take back what it built on."""
    with ctx.fenced():
        held = change_locked(type(change), change.pk)
        if not is_at_rest(held) or _builds_on_open(held) or is_read(held.dataset_id):
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


def _names(dataset_id: uuid.UUID, kept: QuerySet[CleaningRow]) -> Iterator[str]:
    """Bytes that nothing else names. What a sample has now is held when that goes or is cleaned once more."""
    for column in ("before_sha256", "after_sha256"):
        living = Sample.objects.filter(dataset=dataset_id, sha256=OuterRef(column))
        names = kept.exclude(Exists(living)).order_by().values_list(column, flat=True)
        yield from filter(None, names.iterator())


def _let_go(ctx: JobContext, change: Change, held: Held) -> int:
    """The next rows or parts that it keeps; how many went, -1 when they are needed."""
    ctx.check()
    with ctx.fenced():
        dataset_id = change_locked(type(change), change.pk).dataset_id
        rows = rows_kept(change.pk)
        going = rows.filter(pk__in=list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]))
        if is_read(dataset_id) or not held.covers(versions_of(dataset_id), _names(dataset_id, going)):
            return -1
        parts = parts_kept(change.pk)
        parts = parts.filter(pk__in=list(parts.order_by("pk").values_list("pk", flat=True)[:BATCH]))
        gone = going.delete()[0] + parts.delete()[0]
        if gone:
            fault("purge.before-undo-gone")
    return gone
