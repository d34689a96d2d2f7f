"""Quality checks: the newest findings of a data set, written whole."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, QuerySet

from core.clock import utc_now
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from datasets.models import Dataset, Finding, ImportBatch, Sample, SampleFinding
from datasets.quality.label_stats import ClassCount, Found, labels_findings
from datasets.selectors.counters import counts_of, totals_of
from datasets.selectors.schema import classes_of
from datasets.services.bulk import rows_insert

_MAX_NAMED = 10_000
_MAX_FILES = 100
_DAMAGED = ("file_damaged", "decoder_died", "decoder_timeout")


def quality_submit(*, actor: User, dataset: Dataset) -> Job:
    """Queue the checks."""
    with transaction.atomic():
        job = job_submit(
            "datasets.quality", project=dataset.project, actor=actor, params={"dataset": str(dataset.pk)}
        )
        audit.record(actor, "datasets.quality.submitted", dataset, project=dataset.project_id)
    return job


def quality_run(ctx: JobContext, dataset_id: uuid.UUID) -> dict[str, object]:
    """Check and replace the findings."""
    dataset = Dataset.objects.get(pk=dataset_id)
    found = [
        *findings_now(dataset),
        _damaged(dataset_id),
        _duplicates(dataset_id),
        lookalikes := _lookalikes(dataset_id),
    ]
    named = {lookalikes.code: _lookalike_ids(dataset_id), "unlabeled": _unlabeled_ids(dataset_id)}
    with ctx.fenced() as job:
        findings_write(dataset_id, found, named)
        result: dict[str, object] = {row.code: row.count for row in found if row.count}
        ctx.finish(job, {"findings": result})
    return {"findings": result}


def findings_now(dataset: Dataset) -> list[Found]:
    """What the counters say, at once."""
    counts = counts_of([dataset.pk])[dataset.pk]
    carried = totals_of(dataset.pk, ("class",)).get("class", {})
    classes = [
        ClassCount(str(row.pk), row.name, carried.get(str(row.pk), 0)) for row in classes_of(dataset.pk)
    ]
    return labels_findings(counts["samples"], counts["labeled"], classes)


def findings_write(dataset_id: uuid.UUID, found: Iterable[Found], named: dict[str, list[uuid.UUID]]) -> None:
    """Replace all findings in the caller's transaction; `named` lists the samples of a code."""
    Finding.objects.filter(dataset_id=dataset_id).delete()
    SampleFinding.objects.filter(dataset_id=dataset_id).delete()
    now = utc_now()
    Finding.objects.bulk_create(
        Finding(
            dataset_id=dataset_id,
            code=row.code,
            severity=row.severity,
            count=row.count,
            params=row.params,
            remedy=row.remedy,
            checked_at=now,
        )
        for row in found
    )
    rows = [(dataset_id, code, sample_id) for code, ids in named.items() for sample_id in ids]
    rows_insert(SampleFinding, ("dataset_id", "code", "sample_id"), rows)
    _mark_samples(dataset_id, named)


def _mark_samples(dataset_id: uuid.UUID, named: dict[str, list[uuid.UUID]]) -> None:
    """The codes on the samples themselves, which lists show; being unlabeled is its own column already."""
    codes: dict[uuid.UUID, list[str]] = {}
    for code, ids in named.items():
        for sample_id in ids if code != "unlabeled" else ():
            codes.setdefault(sample_id, []).append(code)
    Sample.objects.filter(dataset_id=dataset_id).exclude(findings=[]).exclude(pk__in=codes).update(
        findings=[]
    )
    changed = [Sample(pk=sample_id, findings=found) for sample_id, found in codes.items()]
    Sample.objects.bulk_update(changed, ["findings"], batch_size=500)


def _damaged(dataset_id: uuid.UUID) -> Found:
    """Files that imports could not read."""
    count = 0
    listed: list[dict[str, str]] = []
    batches = _batches(dataset_id).order_by("pk").values_list("problems", "problem_samples")
    for problems, samples in batches.iterator(100):
        count += sum(n for code, n in problems.items() if _is_damage(code))
        listed = [*listed, *(row for row in samples if _is_damage(row["code"]))][:_MAX_FILES]
    return Found("unreadable_files", "warning", count, "replace_files", {"files": listed})


def _is_damage(code: str) -> bool:
    return code.startswith("image_") or code in _DAMAGED


def _duplicates(dataset_id: uuid.UUID) -> Found:
    """Byte-for-byte copies that imports left out."""
    count = sum(
        counts.get("duplicates", 0) for counts in _batches(dataset_id).values_list("counts", flat=True)
    )
    return Found("exact_duplicates", "info", count, "none_needed")


def _batches(dataset_id: uuid.UUID) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(
        dataset_id=dataset_id, finished_at__isnull=False, options__dry_run=False
    )


def _lookalikes(dataset_id: uuid.UUID) -> Found:
    groups = _same_hash(dataset_id)
    extra = sum(count - 1 for _, count in groups)
    return Found("same_looking", "warning", extra, "group_or_remove", {"groups": len(groups)})


def _same_hash(dataset_id: uuid.UUID) -> list[tuple[int, int]]:
    rows = Sample.objects.filter(dataset_id=dataset_id, dhash64__isnull=False).order_by()
    counted = rows.values_list("dhash64").annotate(n=Count("pk")).filter(n__gt=1)
    return [(int(dhash or 0), count) for dhash, count in counted.order_by("dhash64")[:_MAX_NAMED]]


def _lookalike_ids(dataset_id: uuid.UUID) -> list[uuid.UUID]:
    hashes = [dhash for dhash, _ in _same_hash(dataset_id)]
    ids: list[uuid.UUID] = []
    for start in range(0, len(hashes), 500):
        rows = Sample.objects.filter(dataset_id=dataset_id, dhash64__in=hashes[start : start + 500])
        ids += rows.order_by("dhash64", "pk").values_list("pk", flat=True)
    return ids[:_MAX_NAMED]


def _unlabeled_ids(dataset_id: uuid.UUID) -> list[uuid.UUID]:
    rows = Sample.objects.filter(dataset_id=dataset_id, state="unlabeled").order_by("pk")
    return list(rows.values_list("pk", flat=True)[:_MAX_NAMED])
