"""Buckets that are kept in sync: a listing is compared with the one that is in, and what is new is imported."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from django.db import transaction

from core.clock import utc_now
from core.errors import InvalidInput
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import blob_put, blob_read, blobs_register
from core.services.uploads import upload_from
from datasets.formats.limits import ArchiveRefused
from datasets.formats.names import shown
from datasets.models import BucketSync, Dataset, ImportBatch, Modality
from datasets.models.sync import PERIODS, SyncEvery
from datasets.services.import_bucket import bucket_of, bucket_source, listing_lines, listing_without
from datasets.services.import_run import import_run
from datasets.services.import_source import LOST, MOST_LOST
from datasets.services.imports import ImportOptions, bucket_keep_check, import_tags_check

LISTING_TYPE: Final = "application/x-studio-listing"
MAX_SYNCS: Final = 20


def sync_create(
    *, actor: User, dataset: Dataset, bucket: Mapping[str, str], every: str, options: ImportOptions
) -> BucketSync:
    """Keep a bucket in sync from now on; the first run begins at once.

    Raises InvalidInput, OutgoingRefused, OutgoingFailed.
    """
    if dataset.modality == Modality.TABULAR:
        raise InvalidInput("a table is not read from a bucket", field="s3")
    bucket_keep_check(dataset, bucket)
    import_tags_check(dataset, options)
    source = bucket_source(bucket)
    with transaction.atomic():
        if BucketSync.objects.filter(dataset=dataset).count() >= MAX_SYNCS:
            raise InvalidInput(f"a data set has at most {MAX_SYNCS} syncs; remove one first", field="s3")
        sync = BucketSync.objects.create(
            dataset=dataset,
            source=source,
            options=asdict(options),
            every=every,
            next_run_at=utc_now(),
            created_by=actor,
        )
        _begin(sync, actor)
        audit.record(
            actor, "datasets.sync.created", sync, project=dataset.project_id, every=every, dataset=dataset.pk
        )
    return sync


def sync_change(
    *, actor: User, sync_id: uuid.UUID, every: str | None = None, paused: bool | None = None
) -> BucketSync:
    """Another rhythm, or a pause; one that goes on again is due at once."""
    with transaction.atomic():
        sync = _locked(sync_id)
        if every is not None:
            sync.every, sync.next_run_at = every, utc_now() + PERIODS[SyncEvery(every)]
        if paused is not None and paused != sync.paused:
            sync.paused, sync.next_run_at = paused, utc_now()
        sync.save(update_fields=["every", "paused", "next_run_at"])
        audit.record(
            actor, "datasets.sync.changed", sync, project=sync.dataset.project_id, every=sync.every,
            paused=sync.paused,
        )  # fmt: skip
    return sync


def sync_delete(*, actor: User, sync_id: uuid.UUID) -> None:
    """Look no more, and forget the secret; what came in stays."""
    with transaction.atomic():
        sync = _locked(sync_id)
        audit.record(actor, "datasets.sync.deleted", sync, project=sync.dataset.project_id)
        sync.delete()


def sync_run_now(*, actor: User, sync_id: uuid.UUID) -> Job:
    """The job of a run that begins now, or of the one that is at work."""
    with transaction.atomic():
        sync = _locked(sync_id)
        job = _begin(sync, actor)
        audit.record(actor, "datasets.sync.run", sync, project=sync.dataset.project_id, job=str(job.pk))
    return job


def syncs_due() -> int:
    """Begin what is due; how many. Whatever is at work is not begun again."""
    due = BucketSync.objects.filter(
        paused=False, next_run_at__lte=utc_now(),
        dataset__deleted_at__isnull=True, dataset__project__deleted_at__isnull=True,
    )  # fmt: skip
    begun = 0
    for pk in list(due.order_by("next_run_at").values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            sync = _locked(pk)
            if not sync.paused and sync.next_run_at <= utc_now():
                _begin(sync, None)
                begun += 1
    return begun


def sync_run(ctx: JobContext) -> dict[str, Any]:
    """List, compare, import what is new; goes on with the same listing after a crash.

    Raises what an import raises, BucketRefused, OutgoingFailed, SecretLost.
    """
    sync = BucketSync.objects.select_related("dataset", "last_batch").filter(pk=ctx.params["sync"]).first()
    if sync is None:
        return _nothing(ctx)
    batch = sync.last_batch
    if batch is None or batch.job_id != ctx.job_id:
        batch = _compared(ctx, sync)
    return import_run(ctx, batch.pk) if batch else _nothing(ctx)


def _begin(sync: BucketSync, actor: User | None) -> Job:
    sync.next_run_at = utc_now() + PERIODS[SyncEvery(sync.every)]
    if sync.job is None or sync.job.finished_at is not None:
        params = {"sync": str(sync.pk), "dataset": str(sync.dataset_id)}
        sync.job = job_submit("datasets.sync", project=sync.dataset.project, actor=actor, params=params)
    sync.save(update_fields=["next_run_at", "job"])
    return sync.job


def _locked(sync_id: uuid.UUID) -> BucketSync:
    """The sync under its row lock.

    Its job is a statement of its own: who waits for the row would see it joined to none, if it got another meanwhile.
    """
    rows = BucketSync.objects.select_for_update(of=("self",)).select_related("dataset__project")
    return rows.get(pk=sync_id)


def _nothing(ctx: JobContext) -> dict[str, Any]:
    counts = dict.fromkeys(("created", "duplicates", "annotated", "skipped", "tagged"), 0)
    return {**counts, "problems": {}, "problem_samples": [], "dataset": ctx.params["dataset"]}


def _compared(ctx: JobContext, sync: BucketSync) -> ImportBatch | None:
    """An import of the objects that are new or changed, None without any; the listing is durable before it is named."""
    seen_lines = _seen(sync)
    seen = frozenset(seen_lines)
    listing = _listed(ctx, sync)
    fresh = [line for line in listing if line not in seen]
    listed = blob_put(b"".join(listing), LISTING_TYPE)
    kept = blob_put(b"".join(seen_lines), LISTING_TYPE) if seen_lines else None
    upload = upload_from(sync.created_by, filename="listing.jsonl", chunks=fresh) if fresh else None
    with ctx.fenced():
        blobs_register([one for one in (listed, kept) if one is not None])
        if upload is None:
            sync.seen_sha256, sync.pending_sha256, batch = listed.sha256, "", None
        else:
            batch = ImportBatch.objects.create(
                dataset=sync.dataset,
                created_by=sync.created_by,
                job_id=ctx.job_id,
                source={"s3": sync.source, "upload_id": str(upload.pk)},
                source_name=shown(f"{sync.source['bucket']}/{sync.source['prefix']}"),
                options=sync.options,
            )
            sync.seen_sha256, sync.pending_sha256 = kept.sha256 if kept else "", listed.sha256
        sync.last_batch = batch
        sync.save(update_fields=["seen_sha256", "pending_sha256", "last_batch"])
    return batch


def _seen(sync: BucketSync) -> list[bytes]:
    """The lines of what is in: not of what the last run should have brought, or found and could not have."""
    lost = sync.last_batch.source.get(LOST, []) if sync.last_batch else []
    if _succeeded(sync.last_batch) and len(lost) <= MOST_LOST:
        return listing_without(_lines(sync.pending_sha256), sync.source["prefix"], frozenset(lost))
    return _lines(sync.seen_sha256)


def _lines(sha256: str) -> list[bytes]:
    return blob_read(sha256).splitlines(keepends=True) if sha256 else []


def _succeeded(batch: ImportBatch | None) -> bool:
    return batch is not None and batch.finished_at is not None and batch.result is not None


def _listed(ctx: JobContext, sync: BucketSync) -> list[bytes]:
    """At most 50,000 lines; none for a bucket that is empty."""
    try:
        return list(listing_lines(bucket_of(sync.source), sync.source["prefix"], ctx.check))
    except ArchiveRefused as exc:
        if exc.code == "archive_empty":
            return []
        raise
