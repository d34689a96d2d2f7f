"""Samples in lists and alone, in as few statements at a million as at ten."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.errors import InvalidInput
from datasets.models import Sample, SampleFinding, SampleState, Shape, Split
from datasets.quality.kinds import KINDS
from datasets.selectors.counters import totals_of
from datasets.selectors.regions import region_ids
from datasets.selectors.sample_query import (
    UNLABELED,
    ClassNames,
    assignee_condition,
    finding_condition,
    labels_condition,
    query_condition,
    query_simple,
    score_condition,
    tags_condition,
    text_condition,
)
from datasets.shape_json import ShapesJson, shapes_from_rows
from datasets.tags import NO_TAG, tag_form

ORDERINGS: Final = ("imported_at", "name", "size", "id")
FILTERS: Final = (
    *("label", "state", "split", "text", "finding", "tag", "assignee", "imported_after"),
    *("has_prediction", "min_confidence", "max_confidence", "filter", "region"),
)
# Counting further than this tells nobody anything.
COUNT_LIMIT: Final = 10_000
_MOST_WORDS: Final = 2_000
_COUNTERS: Final = MappingProxyType({"state": "state", "split": "split", "label": "class", "tag": "tag"})
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
    "tags",
    "annotation_revision",
    "annotation_source",
    "imported_at",
    "dataset__modality",
)
Conditions = Mapping[str, str]


def samples_rows(dataset_id: uuid.UUID) -> QuerySet[Sample, dict[str, Any]]:
    """Plain rows with their shapes; which of them, `samples_filtered` says."""
    rows: QuerySet[Sample, dict[str, Any]] = Sample.objects.filter(dataset_id=dataset_id).values(
        *_COLUMNS, said=ShapesJson("id")
    )
    return rows


def samples_filtered(
    dataset_id: uuid.UUID, conditions: Conditions, *, task: str, names: ClassNames | None = None
) -> QuerySet[Sample]:
    """The samples that meet FILTERS; an empty value is no condition. Raises InvalidInput, FilterInvalid.

    `names` are the classes of the data set, where the caller knows them.
    """
    rows = Sample.objects.filter(dataset_id=dataset_id)
    for name, value in conditions.items():
        if name not in FILTERS:
            raise InvalidInput("unknown filter", field=name, known=list(FILTERS))
        if value:
            rows = rows.filter(_condition(name, value, dataset_id, task, names))
    return rows


def samples_count(dataset_id: uuid.UUID, conditions: Conditions, *, task: str, exactly: bool = False) -> int:
    """How many there are: from counters where one answers it, else counted, up to COUNT_LIMIT + 1 or `exactly`."""
    narrowed = {name: value for name, value in conditions.items() if value}
    if set(narrowed) == {"filter"}:
        simple = query_simple(narrowed["filter"], dataset_id=dataset_id, task=task)
        narrowed = dict([simple]) if simple else narrowed
    if not narrowed:
        return totals_of(dataset_id, ("samples",)).get("samples", {}).get("", 0)
    if len(narrowed) == 1:
        ((name, value),) = narrowed.items()
        if name in _COUNTERS and "," not in value and (name, value) != ("tag", NO_TAG):
            return (
                totals_of(dataset_id, (_COUNTERS[name],)).get(_COUNTERS[name], {}).get(_key(name, value), 0)
            )
        if name == "finding" and value != UNLABELED:
            return SampleFinding.objects.filter(dataset_id=dataset_id, code=value).count()
    rows = samples_filtered(dataset_id, narrowed, task=task)
    return rows.order_by().count() if exactly else rows.order_by()[: COUNT_LIMIT + 1].count()


def _key(name: str, value: str) -> str:
    """What the counters of a condition call its value."""
    if name == "tag":
        return tag_form(value)
    return "" if name == "split" and value == "none" else value


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
        "tags": row["tags"],
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


def _condition(name: str, value: str, dataset_id: uuid.UUID, task: str, names: ClassNames | None) -> Q:
    if name == "filter":
        return query_condition(value, dataset_id=dataset_id, task=task, names=names)
    if name == "label":
        return labels_condition([_uuid("label", part) for part in value.split(",")], task)
    if name == "region":
        return Q(pk__in=region_ids(dataset_id, value))
    if name == "text":
        return text_condition(value[:100], task)
    return _CONDITIONS[name](value)


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
    return finding_condition(value)


def _prediction_condition(value: str) -> Q:
    if value not in ("true", "false", "1", "0"):
        raise InvalidInput("true or false was expected", field="has_prediction", known=["true", "false"])
    predicted = Q(Exists(Shape.objects.filter(sample_id=OuterRef("pk"), source="model")))
    return predicted if value in ("true", "1") else ~predicted


def _confidence_condition(field: str, comparison: str, value: str) -> Q:
    try:
        wanted = float(value)
    except ValueError as exc:
        raise InvalidInput("a number was expected", field=field) from exc
    if not 0 <= wanted <= 1:
        raise InvalidInput("a confidence is between 0 and 1", field=field)
    return score_condition(comparison, wanted)


def _after_condition(value: str) -> Q:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as exc:
        raise InvalidInput(
            "a time such as 2026-01-31T12:00:00Z was expected", field="imported_after"
        ) from exc
    if moment.tzinfo is None:
        raise InvalidInput("the time needs its offset from UTC", field="imported_after")
    try:
        return Q(imported_at__gt=moment.astimezone(UTC))
    except OverflowError as exc:
        raise InvalidInput("the time is out of range", field="imported_after") from exc


_CONDITIONS: Final[Mapping[str, Callable[[str], Q]]] = {
    "state": lambda value: _choices("state", value, SampleState.values),
    "split": lambda value: _choices("split", value, [*filter(None, Split.values), "none"]),
    "finding": _finding_condition,
    "tag": lambda value: tags_condition(value[:_MOST_WORDS].split(",")),
    "assignee": assignee_condition,
    "has_prediction": _prediction_condition,
    "min_confidence": partial(_confidence_condition, "min_confidence", "gte"),
    "max_confidence": partial(_confidence_condition, "max_confidence", "lte"),
    "imported_after": _after_condition,
}
