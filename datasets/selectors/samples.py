"""Samples in lists and alone, in as few statements at a million as at ten."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.errors import InvalidInput
from datasets.formats.decoding.texts import search_form
from datasets.models import Sample, SampleFinding, SampleState, Shape, Split
from datasets.models.dataset import ONE_CLASS_TASKS, TEXT_TASKS
from datasets.quality.kinds import KINDS
from datasets.selectors.counters import totals_of
from datasets.shape_json import ShapesJson, shapes_from_rows

ORDERINGS: Final = ("imported_at", "name", "size", "id")
FILTERS: Final = ("label", "state", "split", "text", "finding", "assignee", "imported_after")
# Counting further than this tells nobody anything.
COUNT_LIMIT: Final = 10_000
_COLUMNS: Final = (
    "id",
    "dataset_id",
    "name",
    "sha256",
    "thumb_sha256",
    "media_type",
    "size_bytes",
    "payload",
    "state",
    "split",
    "group",
    "labels",
    "findings",
    "annotation_revision",
    "annotation_source",
    "imported_at",
    "dataset__modality",
)
Conditions = Mapping[str, str]


def samples_rows(
    dataset_id: uuid.UUID, conditions: Conditions, *, task: str
) -> QuerySet[Sample, dict[str, Any]]:
    """Plain rows with their shapes, narrowed by FILTERS. Raises InvalidInput."""
    rows = samples_filtered(Sample.objects.filter(dataset_id=dataset_id), conditions, task=task)
    narrowed: QuerySet[Sample, dict[str, Any]] = rows.values(*_COLUMNS, said=ShapesJson("id"))
    return narrowed


def samples_filtered(rows: QuerySet[Sample], conditions: Conditions, *, task: str) -> QuerySet[Sample]:
    """Narrow by FILTERS; an empty value is no condition. Raises InvalidInput."""
    for name, value in conditions.items():
        if name not in FILTERS:
            raise InvalidInput("unknown filter", field=name, known=list(FILTERS))
        if value:
            rows = rows.filter(_condition(name, value, task))
    return rows


def samples_count(dataset_id: uuid.UUID, conditions: Conditions, *, task: str) -> int:
    """How many there are: from counters where one answers it, else counted up to COUNT_LIMIT."""
    narrowed = {name: value for name, value in conditions.items() if value}
    if not narrowed:
        return totals_of(dataset_id, ("samples",)).get("samples", {}).get("", 0)
    if len(narrowed) == 1:
        (name, value), counters = (
            next(iter(narrowed.items())),
            {"state": "state", "split": "split", "label": "class"},
        )
        if name in counters and "," not in value:
            key = "" if name == "split" and value == "none" else value
            return totals_of(dataset_id, (counters[name],)).get(counters[name], {}).get(key, 0)
    rows = samples_filtered(Sample.objects.filter(dataset_id=dataset_id), narrowed, task=task)
    return rows.order_by()[: COUNT_LIMIT + 1].count()


def sample_render(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row of `samples_rows` as the API shows it."""
    return {
        "id": row["id"],
        "dataset": row["dataset_id"],
        "name": row["name"],
        "modality": row["dataset__modality"],
        "media_type": row["media_type"],
        "payload": row["payload"],
        "state": row["state"],
        "split": row["split"],
        "group": row["group"],
        "labels": row["labels"],
        "annotation": {
            "revision": row["annotation_revision"],
            "shapes": shapes_from_rows(row["said"]),
            "source": row["annotation_source"],
        },
        "findings": row["findings"],
        "imported_at": row["imported_at"],
        "size_bytes": row["size_bytes"],
        "sha256": row["sha256"],
        "thumb_url": f"/media/t/{row['thumb_sha256']}" if row["thumb_sha256"] else None,
        "media_url": f"/media/b/{row['sha256']}?s={row['id']}",
    }


def sample_row(sample_id: uuid.UUID) -> dict[str, Any]:
    """One sample, rendered. One statement."""
    row = Sample.objects.filter(pk=sample_id).values(*_COLUMNS, said=ShapesJson("id")).get()
    return sample_render(row)


def annotation_of(sample: Sample) -> dict[str, Any]:
    """`{revision, shapes, source, state}` as it stands now."""
    row = Sample.objects.filter(pk=sample.pk).values_list(ShapesJson("id"), flat=True).get()
    return {
        "revision": sample.annotation_revision,
        "shapes": shapes_from_rows(row),
        "source": sample.annotation_source,
        "state": sample.state,
    }


def _condition(name: str, value: str, task: str) -> Q:
    if name == "label":
        return _label_condition(value, task)
    if name == "text":
        return _text_condition(value[:100], task)
    return _CONDITIONS[name](value)


def _label_condition(value: str, task: str) -> Q:
    labels = [_uuid("label", part) for part in value.split(",")]
    if task in ONE_CLASS_TASKS:
        return Q(label_class_id__in=labels)
    return Q(Exists(Shape.objects.filter(sample_id=OuterRef("pk"), label_class_id__in=labels)))


def _text_condition(value: str, task: str) -> Q:
    """By name, and of texts by what they say as well."""
    named = Q(name__icontains=value)
    return named | Q(search_text__contains=search_form(value)) if task in TEXT_TASKS else named


def _uuid(field: str, value: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError as exc:
        raise InvalidInput("an id was expected", field=field) from exc


def _choices(field: str, value: str, known: list[str]) -> Q:
    wanted = value.split(",")
    if not set(wanted) <= set(known):
        raise InvalidInput("unknown value", field=field, known=known)
    return Q(**{f"{field}__in": ["" if part == "none" else part for part in wanted]})


def _finding_condition(value: str) -> Q:
    if value not in KINDS:
        raise InvalidInput("no finding of this code names samples", field="finding", known=sorted(KINDS))
    return Q(Exists(SampleFinding.objects.filter(sample_id=OuterRef("pk"), code=value)))


def _assignee_condition(value: str) -> Q:
    """Who has the sample to label; labeling's rows are reached by the relation, never imported."""
    return Q(pk__in=Sample.objects.filter(items__assignee__username=value).order_by().values("pk"))


def _after_condition(value: str) -> Q:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as exc:
        raise InvalidInput(
            "a time such as 2026-01-31T12:00:00Z was expected", field="imported_after"
        ) from exc
    if moment.tzinfo is None:
        raise InvalidInput("the time needs its offset from UTC", field="imported_after")
    return Q(imported_at__gt=moment)


_CONDITIONS: Final[Mapping[str, Callable[[str], Q]]] = {
    "state": lambda value: _choices("state", value, SampleState.values),
    "split": lambda value: _choices("split", value, [*filter(None, Split.values), "none"]),
    "finding": _finding_condition,
    "assignee": _assignee_condition,
    "imported_after": _after_condition,
}
