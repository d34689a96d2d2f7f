"""Quality checks: the newest findings of a data set, written whole."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from core.clock import utc_now
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.sql import bind, is_postgresql
from datasets.models import Dataset, Finding, ImportBatch, Modality, SampleFinding, Table
from datasets.quality.kinds import FROM_VECTORS
from datasets.quality.label_stats import ClassCount, Found, labels_findings
from datasets.selectors.counters import counts_of, totals_of
from datasets.selectors.schema import classes_of
from datasets.selectors.tables import table_of
from datasets.services.bulk import rows_insert
from datasets.services.quality_scan import features_fill, samples_scan, scan_findings
from datasets.services.table_checks import against_check, table_findings

_MAX_FILES = 100
_DAMAGED = ("file_damaged", "decoder_died", "decoder_timeout")
# The codes on the samples themselves, which lists show. The database does it in one statement, so that memory is flat
# in the number of samples; rows are locked in the order of their ids.
_MARK_POSTGRESQL: Final = (
    "WITH said AS (SELECT sample_id, jsonb_agg(code ORDER BY id) AS codes FROM datasets_samplefinding "
    "WHERE dataset_id = %s GROUP BY sample_id) "
    "UPDATE datasets_sample AS s SET findings = new.codes FROM (SELECT o.id AS id, "
    "coalesce(said.codes, '[]'::jsonb) AS codes FROM datasets_sample AS o LEFT JOIN said ON said.sample_id = o.id "
    "WHERE o.dataset_id = %s AND o.findings IS DISTINCT FROM coalesce(said.codes, '[]'::jsonb) "
    "ORDER BY o.id FOR UPDATE OF o) AS new WHERE s.id = new.id"
)
# The text that Django writes: SQLite compares JSON by its text.
_MARK_SQLITE: Final = (
    "WITH listed AS (SELECT sample_id, code FROM datasets_samplefinding "
    "WHERE dataset_id = %s ORDER BY id), "
    "said AS (SELECT sample_id, replace(json_group_array(code), '\",\"', '\", \"') AS codes FROM listed GROUP BY 1) "
    "UPDATE datasets_sample AS s SET findings = new.codes FROM (SELECT o.id AS id, "
    "coalesce(said.codes, '[]') AS codes FROM datasets_sample AS o LEFT JOIN said ON said.sample_id = o.id "
    "WHERE o.dataset_id = %s) AS new WHERE s.id = new.id AND s.findings <> new.codes"
)
_REMEDIES: Final = {"unreadable_files": "replace_files", "boxes_left_out": "redraw_boxes"}


def quality_submit(*, actor: User, dataset: Dataset, against: uuid.UUID | None = None) -> Job:
    """Queue the checks; a table is compared with that version, or with its newest. Raises InvalidInput."""
    against_check(dataset, against)
    params = {"dataset": str(dataset.pk)} | ({} if against is None else {"against": str(against)})
    with transaction.atomic():
        job = job_submit("datasets.quality", project=dataset.project, actor=actor, params=params)
        audit.record(actor, "datasets.quality.submitted", dataset, project=dataset.project_id)
    return job


def quality_run(ctx: JobContext, dataset_id: uuid.UUID) -> dict[str, object]:
    """Measure what nobody measured yet, check everything, and replace the findings."""
    dataset = Dataset.objects.get(pk=dataset_id)
    if dataset.modality == Modality.TABULAR:
        return _table_run(ctx, dataset)
    features_fill(ctx, dataset)
    began = utc_now()
    scan = samples_scan(ctx, dataset_id)
    named = scan_findings(ctx, dataset, scan)
    found = [
        *findings_now(dataset),
        _import_problems(dataset_id, "unreadable_files", _is_damage),
        _import_problems(dataset_id, "boxes_left_out", "box_outside".__eq__),
        _duplicates(dataset_id),
        *(row.found(code, scan.ids) for code, row in named.items()),
    ]
    with ctx.fenced() as job:
        rows = ((code, scan.ids[row]) for code, about in named.items() for row in about.rows)
        findings_write(dataset_id, found, rows, at=began)
        result: dict[str, object] = {row.code: row.count for row in found if row.count}
        ctx.finish(job, {"findings": result})
    return {"findings": result}


def _table_run(ctx: JobContext, dataset: Dataset) -> dict[str, object]:
    began, revision = utc_now(), table_of(dataset).revision
    found = table_findings(ctx, dataset)
    with ctx.fenced() as job:
        findings_write(dataset.pk, found, (), at=began)
        Table.objects.filter(dataset=dataset).update(checked_revision=revision)
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
    named: Iterable[tuple[str, uuid.UUID]],
    *,
    from_vectors: bool = False,
    at: datetime | None = None,
) -> None:
    """Replace the findings of the checks, or those `from_vectors`, in the caller's transaction.

    `named` are all samples of each code, walked once. Which are unlabeled their state says, and no row is written for it.
    `at` is when the data was read, now where it was not said: what changes from then on, they have not seen.
    """
    mine = Q(code__in=FROM_VECTORS) if from_vectors else ~Q(code__in=FROM_VECTORS)
    Finding.objects.filter(mine, dataset_id=dataset_id).delete()
    SampleFinding.objects.filter(mine, dataset_id=dataset_id).delete()
    now = at or utc_now()
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
    columns = ("dataset_id", "code", "sample_id")
    rows_insert(SampleFinding, columns, ((dataset_id, code, sample_id) for code, sample_id in named))
    with connection.cursor() as cursor:
        cursor.execute(_MARK_POSTGRESQL if is_postgresql() else _MARK_SQLITE, [bind(dataset_id)] * 2)


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
    """Byte-for-byte copies that imports left out: none of them is here to be opened, but the import tells of them."""
    count = 0
    listed: list[dict[str, Any]] = []
    rows = _batches(dataset_id).order_by("-pk").values_list("counts", "source_name", "job_id")
    for counts, name, job in rows.iterator(100):
        if not (left_out := counts.get("duplicates", 0)):
            continue
        count += left_out
        if len(listed) < _MAX_FILES:
            listed.append({"name": name, "job": None if job is None else str(job), "count": left_out})
    return Found("exact_duplicates", "info", count, "none_needed", {"imports": listed} if listed else {})


def _batches(dataset_id: uuid.UUID) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(
        dataset_id=dataset_id, finished_at__isnull=False, options__dry_run=False
    )
