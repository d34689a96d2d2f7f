"""What a version freezes, read as a stream."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from datasets.manifest import Attributes, ManifestObject, ManifestRegion, ManifestSample, ManifestSpan
from datasets.models import Dataset, LabelClass, Sample, Shape, ShapeKind
from datasets.models.dataset import SEVERAL_CLASSES_TASKS
from datasets.origins import Origin
from datasets.selectors.counters import LABELED_STATES
from datasets.selectors.histories import origins_at
from datasets.selectors.samples import samples_filtered

_CHUNK: Final = 1_000
_COLUMNS: Final = (
    *(
        "pk",
        "sha256",
        "name",
        "media_type",
        "payload",
        "split",
        "group",
        "imported_at",
        "state",
        "annotation_revision",
    ),
)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A sample to freeze, with its hint in `sample.split`; `labels` are class indices, each once."""

    sample: ManifestSample
    labels: tuple[int, ...]
    imported_at: datetime
    is_labeled: bool = True


def version_rows(dataset: Dataset, conditions: Mapping[str, str]) -> Iterator[VersionRow]:
    """Samples that meet the conditions, with what is said about them, as a stream ordered by id.

    Three statements a thousand samples. Raises InvalidInput at once.
    """
    rows = samples_filtered(dataset.pk, conditions, task=dataset.task).order_by("pk")
    index = dict(LabelClass.objects.filter(dataset=dataset).values_list("pk", "index"))
    return _streamed(rows.values_list(*_COLUMNS), index, takes_several=dataset.task in SEVERAL_CLASSES_TASKS)


def _streamed(
    rows: "QuerySet[Sample, Any]", index: Mapping[uuid.UUID, int], *, takes_several: bool
) -> Iterator[VersionRow]:
    last: uuid.UUID | None = None
    while chunk := list((rows if last is None else rows.filter(pk__gt=last))[:_CHUNK]):
        said = _shapes([row[0] for row in chunk], index)
        origins = origins_at({row[0]: row[-1] for row in chunk})
        for row in chunk:
            yield _row(row, said.get(row[0], _NOTHING), origins.get(row[0]), takes_several=takes_several)
        last = chunk[-1][0]


def _row(row: Sequence[Any], said: "_SaidOf", origin: Origin | None, *, takes_several: bool) -> VersionRow:
    pk, sha256, name, media_type, payload, split, group, imported_at, state, _ = row
    sample = ManifestSample(
        str(pk),
        sha256,
        name,
        media_type,
        payload.get("width", 0),
        payload.get("height", 0),
        split,
        group,
        said.labels[0] if said.labels else None,
        tuple(said.objects),
        tuple(said.labels) if takes_several else (),
        tuple(said.spans),
        origin,
        tuple(said.about),
        tuple(said.regions),
    )
    return VersionRow(sample, sample.carried, imported_at, state in LABELED_STATES)


@dataclass(slots=True)
class _SaidOf:
    """The shapes of one sample."""

    labels: list[int] = field(default_factory=list)
    objects: list[ManifestObject] = field(default_factory=list)
    spans: list[ManifestSpan] = field(default_factory=list)
    regions: list[ManifestRegion] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # of the spans, by their ids
    about: list[tuple[int, Attributes]] = field(default_factory=list)


_NOTHING: Final = _SaidOf()


def _shapes(samples: Sequence[uuid.UUID], index: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, _SaidOf]:
    said: dict[uuid.UUID, _SaidOf] = defaultdict(_SaidOf)
    shapes = Shape.objects.filter(sample_id__in=samples).order_by("sample_id", "position", "pk")
    columns = ("sample_id", "pk", "label_class_id", "kind", "x", "y", "w", "h", "geometry")
    linked: list[tuple[_SaidOf, int, Any]] = []
    for sample_id, pk, label_class, kind, x, y, w, h, geometry in shapes.values_list(*columns).iterator(
        5_000
    ):
        one, label = said[sample_id], index[label_class]
        if kind == ShapeKind.CLASS:
            one.labels.append(label)
            if more := (geometry or {}).get("attributes"):
                one.about.append((label, tuple(sorted(more.items()))))
        elif kind == ShapeKind.SPAN:
            place = {name: value for name, value in geometry.items() if name != "relations"}
            if relations := geometry.get("relations"):
                linked.append((one, len(one.spans), relations))
            one.places[str(pk)] = len(one.spans)
            one.spans.append(ManifestSpan.from_json({"label": label, **place}))
        elif kind == ShapeKind.REGION:
            one.regions.append(ManifestRegion.from_json({"label": label, **geometry}))
        else:
            row = {"label": label, "box": (x, y, w, h), **(geometry or {})}
            one.objects.append(ManifestObject.from_json(row))
    for one, at, relations in linked:
        places = [(link["type"], one.places[link["to"]]) for link in relations if link["to"] in one.places]
        one.spans[at] = replace(one.spans[at], relations=tuple(sorted(places)))
    return said
