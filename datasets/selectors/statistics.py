"""Numbers for looking at a data set, all from counters."""

import uuid
from typing import Any, Final

from django.db.models import QuerySet

from core.prepared import Prepared
from datasets.models import Finding, ImportBatch, LabelClass, SampleState, Split
from datasets.quality.kinds import KINDS
from datasets.selectors.counters import totals_of
from datasets.size_bins import histogram


def _living(dataset_id: uuid.UUID) -> QuerySet[LabelClass, Any]:
    rows = LabelClass.objects.filter(dataset_id=dataset_id, deleted_at__isnull=True).order_by("index")
    return rows.values_list("pk", "name", "name_zh", "color")


_CLASSES: Final = Prepared(_living, uuid.UUID)


def dataset_statistics(dataset_id: uuid.UUID) -> dict[str, Any]:
    """Two statements, whatever the size."""
    totals = totals_of(dataset_id)
    carried, objects = totals.get("class", {}), totals.get("objects", {})
    classes = [
        {
            "id": pk,
            "name": name,
            "name_zh": name_zh,
            "color": color,
            "count": carried.get(str(pk), 0),
            "objects": objects.get(str(pk), 0),
        }
        for pk, name, name_zh, color in _CLASSES.rows(dataset_id)
    ]
    splits = totals.get("split", {})
    return {
        "samples": totals.get("samples", {}).get("", 0),
        "objects": sum(objects.values()),
        "classes": classes,
        "states": {state: totals.get("state", {}).get(state, 0) for state in SampleState.values},
        "splits": {split or "none": splits.get(split, 0) for split in Split.values},
        "media_types": {key: value for key, value in totals.get("media_type", {}).items() if value},
        "sizes": {
            kind: _bins(totals.get(kind, {})) for kind in ("width", "height", "characters", "duration")
        },
        "rates": {key: value for key, value in totals.get("rate", {}).items() if value},
    }


def import_render(batch: ImportBatch) -> dict[str, Any]:
    """One import; counts and problems also while it runs."""
    return {
        "id": batch.pk,
        "dataset": batch.dataset_id,
        "job": batch.job_id,
        "format": batch.format,
        "reason": batch.reason,
        "source_name": batch.source_name,
        "options": batch.options,
        "result": batch.result,
        "counts": batch.counts,
        "problems": batch.problems,
        "problem_samples": batch.problem_samples,
        "created_by": batch.created_by.username,
        "created_at": batch.created_at,
        "finished_at": batch.finished_at,
    }


def finding_render(row: Finding) -> dict[str, Any]:
    """One finding; `samples_url` is None where it is not about samples that are here."""
    return {
        "code": row.code,
        "severity": row.severity,
        "count": row.count,
        "remedy": row.remedy,
        "params": row.params,
        "checked_at": row.checked_at,
        "samples_url": f"/api/v1/datasets/{row.dataset_id}/samples/?finding={row.code}"
        if row.code in KINDS
        else None,
    }


def _bins(counts: dict[str, int]) -> list[dict[str, int]]:
    bins = histogram({int(key): value for key, value in counts.items()})
    return [{"from_px": least, "to_px": most, "count": count} for least, most, count in bins]
