"""Quality checks: the newest findings of a data set, written whole."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from core.clock import utc_now
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.sql import as_json, is_postgresql
from datasets.models import Dataset, Finding, ImportBatch, Modality, Sample, SampleFinding
from datasets.quality.kinds import FROM_VECTORS
from datasets.quality.label_stats import ClassCount, Found, labels_findings
from datasets.selectors.counters import counts_of, totals_of
from datasets.selectors.schema import classes_of
from datasets.services.bulk import rows_insert
from datasets.services.quality_scan import features_fill, samples_scan, scan_findings
from datasets.services.table_checks import table_findings

_MAX_NAMED = 10_000
_MAX_FILES = 100
_MARK_CHUNK = 5_000
_DAMAGED = ("file_damaged", "decoder_died", "decoder_timeout")
_REMEDIES: Final = {"unreadable_files": "replace_files", "boxes_left_out": "redraw_boxes"}


def quality_submit(*, actor: User, dataset: Dataset) -> Job:
    """Queue the checks."""
    with transaction.atomic():
        job = job_submit(
            "datasets.quality", project=dataset.project, actor=actor, params={"dataset": str(dataset.pk)}
        )
        audit.record(actor, "datasets.quality.submitted", dataset, project=dataset.project_id)
    return job


def quality_run(ctx: JobContext, dataset_id: uuid.UUID) -> dict[str, object]:
    """Measure what nobody measured yet, check everything, and replace the findings."""
    dataset = Dataset.objects.get(pk=dataset_id)
    if dataset.modality == Modality.TABULAR:
        return _table_run(ctx, dataset)
    features_fill(ctx, dataset)
    scan = samples_scan(ctx, dataset_id)
    named = scan_findings(ctx, dataset, scan)
    found = [
        *findings_now(dataset),
        _import_problems(dataset_id, "unreadable_files", _is_damage),
        _import_problems(dataset_id, "boxes_left_out", "box_outside".__eq__),
        _duplicates(dataset_id),
        *(row.found(code) for code, row in named.items()),
    ]
    ids = {code: [scan.ids[row] for row in rows.rows[:_MAX_NAMED]] for code, rows in named.items()}
    with ctx.fenced() as job:
        findings_write(dataset_id, found, ids | {"unlabeled": _unlabeled_ids(dataset_id)})
        result: dict[str, object] = {row.code: row.count for row in found if row.count}
        ctx.finish(job, {"findings": result})
    return {"findings": result}


def _table_run(ctx: JobContext, dataset: Dataset) -> dict[str, object]:
    found = table_findings(ctx, dataset)
    with ctx.fenced() as job:
        findings_write(dataset.pk, found, {})
        result: dict[str, object] = {row.code: row.count for row in found if row.count}
        ctx.finish(job, {"findings": result})
    return {"findings": result}


def findings_now(dataset: Dataset) -> list[Found]:
    """What the counters say, at once; of a table they say nothing."""
    if dataset.modality == Modality.TABULAR:
        return []
    counts = counts_of([dataset.pk])[dataset.pk]
    carried = totals_of(dataset.pk, ("class",)).get("class", {})
    classes = [
        ClassCount(str(row.pk), row.name, carried.get(str(row.pk), 0)) for row in classes_of(dataset.pk)
    ]
    return labels_findings(counts["samples"], counts["labeled"], classes)


def findings_write(
    dataset_id: uuid.UUID,
    found: Iterable[Found],
    named: Mapping[str, list[uuid.UUID]],
    *,
    from_vectors: bool = False,
) -> None:
    """Replace the findings of the checks, or those `from_vectors`, in the caller's transaction.

    `named` lists the samples of a code.
    """
    marked = _marked(dataset_id)
    mine = Q(code__in=FROM_VECTORS) if from_vectors else ~Q(code__in=FROM_VECTORS)
    Finding.objects.filter(mine, dataset_id=dataset_id).delete()
    SampleFinding.objects.filter(mine, dataset_id=dataset_id).delete()
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
    _mark_samples(named, marked, from_vectors=from_vectors)


def _marked(dataset_id: uuid.UUID) -> dict[uuid.UUID, list[str]]:
    """The codes that samples carry now."""
    named = SampleFinding.objects.filter(dataset_id=dataset_id).exclude(code="unlabeled")
    rows = Sample.objects.filter(pk__in=named.values("sample_id"), dataset_id=dataset_id)
    return dict(rows.values_list("pk", "findings"))


def _mark_samples(
    named: Mapping[str, list[uuid.UUID]], marked: Mapping[uuid.UUID, list[str]], *, from_vectors: bool
) -> None:
    """The codes on the samples themselves, which lists show; being unlabeled is its own column already."""
    codes: dict[uuid.UUID, list[str]] = {
        sample_id: [code for code in before if (code in FROM_VECTORS) != from_vectors]
        for sample_id, before in marked.items()
    }
    for code, ids in named.items():
        for sample_id in ids if code != "unlabeled" else ():
            codes.setdefault(sample_id, []).append(code)
    # The text that Django writes: SQLite compares JSON by its text.
    changed = sorted((pk.hex, json.dumps(now)) for pk, now in codes.items() if now != marked.get(pk, []))
    if is_postgresql():
        said = "jsonb_to_recordset(%s::jsonb) AS said(id uuid, findings text)"
        sql = f"UPDATE datasets_sample AS s SET findings = said.findings::jsonb FROM {said} WHERE s.id = said.id"  # noqa: S608
    else:
        sql = (
            "UPDATE datasets_sample AS s SET findings = json_extract(said.value, '$.findings') "
            "FROM json_each(%s) AS said WHERE s.id = json_extract(said.value, '$.id')"
        )
    with connection.cursor() as cursor:
        for start in range(0, len(changed), _MARK_CHUNK):
            part = changed[start : start + _MARK_CHUNK]
            cursor.execute(sql, [as_json([{"id": pk, "findings": now} for pk, now in part])])


def _import_problems(dataset_id: uuid.UUID, finding: str, is_meant: Callable[[str], bool]) -> Found:
    """What imports could not read or take, with the names of the first files."""
    count = 0
    listed: list[dict[str, str]] = []
    batches = _batches(dataset_id).order_by("pk").values_list("problems", "problem_samples")
    for problems, samples in batches.iterator(100):
        count += sum(n for code, n in problems.items() if is_meant(code))
        listed = [*listed, *(row for row in samples if is_meant(row["code"]))][:_MAX_FILES]
    return Found(finding, "warning", count, _REMEDIES[finding], {"files": listed})


def _is_damage(code: str) -> bool:
    return code.startswith(("image_", "text_", "audio_")) or code in _DAMAGED


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


def _unlabeled_ids(dataset_id: uuid.UUID) -> list[uuid.UUID]:
    rows = Sample.objects.filter(dataset_id=dataset_id, state="unlabeled").order_by("pk")
    return list(rows.values_list("pk", flat=True)[:_MAX_NAMED])
