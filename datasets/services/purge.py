"""The job that lets deleted things go for good; the collector then removes the bytes that nobody names any more.

Frozen versions keep what they hold: before a sample goes, its bytes are written down with every version that has it.
Whether an entry may go is asked under its locks again and again: once when it begins, and with every batch.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.db.models import QuerySet

from core.clock import utc_now
from core.errors import DomainError
from core.faults import fault
from core.jobs.context import JobContext
from datasets.models import (
    BucketSync,
    BulkEdit,
    Cleaning,
    CleaningRow,
    Dataset,
    DatasetVersion,
    EmbeddingMap,
    EmbeddingPart,
    EmbeddingProjection,
    ImportBatch,
    Merge,
    Sample,
    Stage,
    TableChange,
    TablePart,
)
from datasets.selectors.bin import bin_entries, change_of
from datasets.selectors.in_use import is_read, versions_needed, versions_of
from datasets.selectors.undoables import Change, bins_of
from datasets.services.bins import change_locked, samples_end
from datasets.services.counters import dataset_locked
from datasets.services.undo_ends import is_at_rest, undos_end
from datasets.services.version_hold import names_of, versions_hold

BATCH: Final = 500
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What goes: the samples that a change took out, or without a change a deleted data set with its bins."""

    id: uuid.UUID
    change: Change | None
    before: datetime

    @property
    def dataset_id(self) -> uuid.UUID:
        """The data set that the samples were in."""
        return self.change.dataset_id if self.change else self.id

    def versions(self) -> set[uuid.UUID]:
        """Those that stay."""
        return versions_of(self.dataset_id) if self.change else versions_needed(self.id)

    def may_go(self) -> bool:
        """Asked inside the fence: whether it waits since so long and nobody works with it. Leaves it locked."""
        if self.change and not is_at_rest(change_locked(type(self.change), self.change.pk)):
            return False
        entry = dataset_locked(self.id)
        is_due = entry.deleted_at is not None and entry.deleted_at <= self.before
        return is_due and entry.purged_at is None and not is_read(self.dataset_id)


def purge_run(ctx: JobContext) -> dict[str, Any]:
    """Purge what is due; safe to repeat. What somebody works with right now is left for the next time."""
    counts: Counter[str] = Counter()
    project_id = uuid.UUID(ctx.params["project"])
    before = datetime.fromisoformat(ctx.params["before"])
    rows = bin_entries([project_id]).filter(deleted_at__lte=before)
    if ctx.params["entries"] is not None:
        rows = rows.filter(pk__in=ctx.params["entries"])
    for row in list(rows):
        _entry_purged(ctx, _Entry(row.pk, change_of(row), before), counts)
    if ctx.params.get("undos"):
        counts["undos"] = undos_end(ctx, project_id, before)
    return {name: counts[name] for name in ("entries", "samples", "size_bytes", "left", "undos")}


def _entry_purged(ctx: JobContext, entry: _Entry, counts: "Counter[str]") -> None:
    """One that fails does not keep the others."""
    try:
        is_gone = _begun(ctx, entry) and _ended(ctx, entry, counts)
    except ObjectDoesNotExist:
        return  # It went with its data set, or somebody else's job was faster.
    except (IntegrityError, DomainError, ValueError):
        log.exception("bin entry %s is left", entry.id)
        ctx.log("an entry could not be removed and is left; the log of the server says why")
        is_gone = False
    counts["entries" if is_gone else "left"] += 1


def _begun(ctx: JobContext, entry: _Entry) -> bool:
    """From here on a deleted data set cannot be brought back, also when this job ends half-way."""
    with ctx.fenced():
        if not entry.may_go():
            return False
        if entry.change is None:
            Dataset.objects.filter(pk=entry.id).update(stage=Stage.PURGING)
        fault("purge.before-begin")
    return True


def _ended(ctx: JobContext, entry: _Entry, counts: "Counter[str]") -> bool:
    if entry.change:
        return _emptied(ctx, entry, entry.id, counts)
    holders = [*bins_of(entry.id), entry.id]
    return all(_emptied(ctx, entry, pk, counts) for pk in holders) and _dataset_ended(ctx, entry)


def _emptied(ctx: JobContext, entry: _Entry, holder: uuid.UUID, counts: "Counter[str]") -> bool:
    """Remove the samples of `holder`, batch by batch, and a bin once it is empty; False when somebody needs them.

    Only what versions were asked about goes: what was moved there or frozen since waits for the next time.
    """
    there = Sample.objects.filter(dataset=holder)
    names = _names(there, CleaningRow.objects.filter(sample__dataset=holder))
    held = versions_hold(ctx, entry.versions(), names)
    while True:
        ctx.check()
        with ctx.fenced():
            if not entry.may_go():
                return False
            dataset_locked(holder)
            samples = list(there.select_for_update().order_by("pk")[:BATCH])
            rows = CleaningRow.objects.filter(sample__in=samples)
            named = chain((sample.sha256 for sample in samples), names_of(rows))
            if not held.covers(entry.versions(), named):
                return False
            if not samples:
                _bin_removed(entry, holder)
                return True
            samples_end(holder, samples)
            fault("purge.before-commit")
        ctx.milestone()
        counts["samples"] += len(samples)
        counts["size_bytes"] += sum(sample.size_bytes for sample in samples)
        ctx.progress(counts["samples"], 0, "samples")


def _names(samples: QuerySet[Sample], rows: QuerySet[CleaningRow]) -> Iterator[str]:
    """The bytes that these samples have, and had around a cleaning."""
    now: Iterable[str] = samples.order_by().values_list("sha256", flat=True).iterator()
    return chain(now, names_of(rows))


def _bin_removed(entry: _Entry, holder: uuid.UUID) -> None:
    if entry.change or holder != entry.id:
        Dataset.objects.filter(pk=holder).delete()


def _dataset_ended(ctx: JobContext, entry: _Entry) -> bool:
    """The rest of a deleted data set; of one whose versions others stand on, these stay."""
    with ctx.fenced():
        if not entry.may_go() or Sample.objects.filter(dataset__in=[entry.id, *bins_of(entry.id)]).exists():
            return False
        needed = entry.versions()
        if not needed:
            Dataset.objects.filter(pk=entry.id).delete()
            return True
        DatasetVersion.objects.filter(dataset=entry.id).exclude(pk__in=needed).delete()
        TablePart.objects.filter(table__dataset=entry.id).delete()
        TableChange.objects.filter(table__dataset=entry.id).delete()
        vectors = (EmbeddingPart, EmbeddingProjection, EmbeddingMap)
        for model in (BucketSync, *vectors, ImportBatch, Merge, BulkEdit, Cleaning):
            model._default_manager.filter(dataset=entry.id).delete()
        Dataset.objects.filter(pk=entry.id).update(purged_at=utc_now())
    return True
