"""The job that lets deleted things go for good; the collector then removes the bytes that nobody names any more.

Frozen versions keep what they hold: before a sample goes, its bytes are written down with every version that has it.
"""

import uuid
from collections import Counter
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db.models import RESTRICT, Exists, OuterRef, Q, QuerySet

from core.clock import utc_now
from core.faults import fault
from core.jobs.context import JobContext
from core.models import Job
from core.services.blobs import blob_open
from datasets.manifest import manifest_read
from datasets.models import (
    BucketSync,
    BulkEdit,
    Cleaning,
    Dataset,
    DatasetVersion,
    EmbeddingMap,
    EmbeddingPart,
    ImportBatch,
    Modality,
    Sample,
    TablePart,
    VersionPicture,
)
from datasets.selectors.bin import bin_entries, owner_of
from datasets.services.counters import counters_add, dataset_locked
from datasets.services.sample_deltas import deltas_of

BATCH: Final = 500


def purge_run(ctx: JobContext) -> dict[str, Any]:
    """Purge what is due; safe to repeat. What somebody works with right now is left for the next time."""
    counts: Counter[str] = Counter()
    before = datetime.fromisoformat(ctx.params["before"])
    rows = bin_entries([uuid.UUID(ctx.params["project"])]).filter(deleted_at__lte=before)
    if ctx.params["entries"] is not None:
        rows = rows.filter(pk__in=ctx.params["entries"])
    for entry in list(rows):
        # A bin goes with the data set that it belongs to.
        if Dataset.objects.filter(pk=entry.pk).exists():
            _entry_purged(ctx, entry, counts)
    return {name: counts[name] for name in ("entries", "samples", "size_bytes", "left")}


def _entry_purged(ctx: JobContext, entry: Dataset, counts: "Counter[str]") -> None:
    owner = owner_of(entry)
    origin = owner.dataset_id if owner else entry.pk
    if _is_read(origin):
        counts["left"] += 1
        return
    for bin_id in [] if owner else _bins_of(entry):
        _emptied(ctx, Dataset.objects.get(pk=bin_id), None, origin, counts)
        _row_removed(ctx, bin_id)
    if not _emptied(ctx, entry, owner, origin, counts):
        counts["left"] += 1
        return
    if owner:
        _row_removed(ctx, entry.pk)
    else:
        _dataset_ended(ctx, entry)
    counts["entries"] += 1


def _bins_of(dataset: Dataset) -> list[uuid.UUID]:
    return [
        pk
        for model in (BulkEdit, Cleaning)
        for pk in model._default_manager.filter(dataset=dataset).values_list("bin_id", flat=True)
        if pk is not None
    ]


def _is_read(dataset_id: uuid.UUID) -> bool:
    """Whether a job works with the data set: it may name bytes of samples only when it ends."""
    at_work = Job.objects.filter(kind__startswith="datasets.", finished_at__isnull=True)
    return at_work.exclude(kind="datasets.purge").filter(params__dataset=str(dataset_id)).exists()


def _emptied(
    ctx: JobContext,
    holder: Dataset,
    owner: BulkEdit | Cleaning | None,
    origin: uuid.UUID,
    counts: "Counter[str]",
) -> bool:
    """Remove the samples of `holder`, batch by batch; False when it was restored meanwhile."""
    _held_by_versions(ctx, holder, _versions_of(origin, all_of_them=owner is not None))
    while True:
        ctx.check()
        with ctx.fenced():
            if owner and _is_at_work(owner):
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


def _is_at_work(owner: BulkEdit | Cleaning) -> bool:
    """Whether it is being done or taken back; who begins that holds the same row."""
    rows = type(owner)._default_manager.select_for_update(of=("self",)).select_related("job")
    job = rows.get(pk=owner.pk).job
    return job is not None and job.finished_at is None


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
    """Names the bytes of `holder`'s samples that versions hold; memory is that of a batch, whatever the sizes."""
    if not Sample.objects.filter(dataset=holder).exists():
        return
    for version in versions:
        with blob_open(version.manifest_sha256) as source:
            named = (sample.sha256 for sample in manifest_read(source)[1])
            while part := list(islice(named, BATCH)):
                ctx.check()
                going = Sample.objects.filter(dataset=holder, sha256__in=part)
                rows = [
                    VersionPicture(version=version, sha256=sha256)
                    for sha256 in going.values_list("sha256", flat=True)
                ]
                with ctx.fenced():
                    VersionPicture.objects.bulk_create(rows, ignore_conflicts=True)
        fault("purge.after-held")


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
        for model in (BucketSync, EmbeddingPart, EmbeddingMap, ImportBatch, BulkEdit, Cleaning):
            model._default_manager.filter(dataset=dataset.pk).delete()
        Dataset.objects.filter(pk=dataset.pk).update(purged_at=utc_now())
