"""The job that lets deleted things go for good; the collector then removes the bytes that nobody names any more.

Frozen versions keep what they hold: before a sample goes, its bytes are written down with every version that has it.
"""

import uuid
from collections import Counter
from datetime import datetime
from typing import Any, Final

from django.db.models import RESTRICT, Exists, OuterRef, Q, QuerySet

from core.clock import utc_now
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
    ImportBatch,
    Merge,
    Modality,
    Sample,
    TableChange,
    TablePart,
)
from datasets.selectors.bin import bin_entries, change_of
from datasets.selectors.undoables import Change, bins_of
from datasets.services.bins import change_locked
from datasets.services.counters import counters_add, dataset_locked
from datasets.services.sample_deltas import deltas_of
from datasets.services.undo_ends import is_at_rest, is_read, undos_end
from datasets.services.version_hold import named_by, versions_hold

BATCH: Final = 500


def purge_run(ctx: JobContext) -> dict[str, Any]:
    """Purge what is due; safe to repeat. What somebody works with right now is left for the next time."""
    counts: Counter[str] = Counter()
    project_id = uuid.UUID(ctx.params["project"])
    before = datetime.fromisoformat(ctx.params["before"])
    rows = bin_entries([project_id]).filter(deleted_at__lte=before)
    if ctx.params["entries"] is not None:
        rows = rows.filter(pk__in=ctx.params["entries"])
    for entry in list(rows):
        # A bin goes with the data set that it belongs to.
        if Dataset.objects.filter(pk=entry.pk).exists():
            _entry_purged(ctx, entry, counts)
    if ctx.params.get("undos"):
        counts["undos"] = undos_end(ctx, project_id, before)
    return {name: counts[name] for name in ("entries", "samples", "size_bytes", "left", "undos")}


def _entry_purged(ctx: JobContext, entry: Dataset, counts: "Counter[str]") -> None:
    change = change_of(entry)
    origin = change.dataset_id if change else entry.pk
    if is_read(origin):
        counts["left"] += 1
        return
    for bin_id in [] if change else bins_of(entry.pk):
        _emptied(ctx, Dataset.objects.get(pk=bin_id), None, origin, counts)
        _row_removed(ctx, bin_id)
    if not _emptied(ctx, entry, change, origin, counts):
        counts["left"] += 1
        return
    if change:
        _row_removed(ctx, entry.pk)
    else:
        _dataset_ended(ctx, entry)
    counts["entries"] += 1


def _emptied(
    ctx: JobContext, holder: Dataset, change: Change | None, origin: uuid.UUID, counts: "Counter[str]"
) -> bool:
    """Remove the samples of `holder`, batch by batch; False when it was restored meanwhile."""
    _held_by_versions(ctx, holder, _versions_of(origin, all_of_them=change is not None))
    while True:
        ctx.check()
        with ctx.fenced():
            if change and not is_at_rest(change_locked(type(change), change.pk)):
                return False
            if dataset_locked(holder.pk).deleted_at is None:
                return False
            samples = list(Sample.objects.select_for_update().filter(dataset=holder).order_by("pk")[:BATCH])
            if not samples:
                return True
            counters_add(holder.pk, {pair: -value for pair, value in deltas_of(samples).items()})
            Sample.objects.filter(pk__in=[sample.pk for sample in samples]).delete()
            fault("purge.before-commit")
        counts["samples"] += len(samples)
        counts["size_bytes"] += sum(sample.size_bytes for sample in samples)
        ctx.progress(counts["samples"], 0, "samples")


def _versions_of(dataset_id: uuid.UUID, *, all_of_them: bool) -> list[DatasetVersion]:
    """Those that stay: of a deleted data set only what runs, models and evaluations were made from."""
    rows = DatasetVersion.objects.filter(dataset=dataset_id).exclude(dataset__modality=Modality.TABULAR)
    return list(rows if all_of_them else rows.filter(pk__in=_needed(dataset_id).values("pk")))


def _needed(dataset_id: uuid.UUID) -> QuerySet[DatasetVersion]:
    """Versions that rows of other apps stand on, found by their restricting references, and their parents."""
    rows = DatasetVersion.objects.filter(dataset=dataset_id)
    needed = Q()
    for link in DatasetVersion._meta.related_objects:
        if link.on_delete is RESTRICT and link.related_model is not DatasetVersion:
            users = link.related_model._default_manager.filter(**{link.field.attname: OuterRef("pk")})
            needed |= Q(Exists(users))
    if not needed:
        return rows.none()
    parents = rows.filter(needed).exclude(parent=None).values("parent")
    return rows.filter(needed | Q(pk__in=parents))


def _held_by_versions(ctx: JobContext, holder: Dataset, versions: list[DatasetVersion]) -> None:
    """Names the bytes that versions hold of `holder`'s samples: what these have now, and had around a cleaning."""
    samples, rows = Sample.objects.filter(dataset=holder), CleaningRow.objects.filter(sample__dataset=holder)

    def going(part: list[str]) -> set[str]:
        return named_by(rows, part) | set(samples.filter(sha256__in=part).values_list("sha256", flat=True))

    if samples.exists():
        versions_hold(ctx, versions, going)


def _row_removed(ctx: JobContext, dataset_id: uuid.UUID) -> None:
    with ctx.fenced():
        Dataset.objects.filter(pk=dataset_id, deleted_at__isnull=False).delete()


def _dataset_ended(ctx: JobContext, dataset: Dataset) -> None:
    """The rest of a deleted data set; of one that models were made from, the versions they need stay."""
    with ctx.fenced():
        needed = list(_needed(dataset.pk).values_list("pk", flat=True))
        if not needed:
            Dataset.objects.filter(pk=dataset.pk, deleted_at__isnull=False).delete()
            return
        DatasetVersion.objects.filter(dataset=dataset.pk).exclude(pk__in=needed).delete()
        TablePart.objects.filter(table__dataset=dataset.pk).delete()
        TableChange.objects.filter(table__dataset=dataset.pk).delete()
        for model in (BucketSync, EmbeddingPart, EmbeddingMap, ImportBatch, Merge, BulkEdit, Cleaning):
            model._default_manager.filter(dataset=dataset.pk).delete()
        Dataset.objects.filter(pk=dataset.pk).update(purged_at=utc_now())
