"""What a version freezes, read in two streams."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from datasets.manifest import ManifestObject, ManifestSample, ManifestSpan
from datasets.models import Dataset, LabelClass, Sample, Shape, ShapeKind, Task
from datasets.selectors.samples import samples_filtered

_SEVERAL: Final = (Task.IMAGE_MULTILABEL, Task.TEXT_MULTILABEL)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A sample to freeze, with its hint in `sample.split`; `labels` are class indices, each once."""

    sample: ManifestSample
    labels: tuple[int, ...]
    imported_at: datetime


def version_rows(dataset: Dataset, conditions: Mapping[str, str]) -> list[VersionRow]:
    """Samples that meet the conditions, with what is said about them, ordered by id. Raises InvalidInput."""
    rows = samples_filtered(Sample.objects.filter(dataset=dataset), conditions, task=dataset.task)
    index = dict(LabelClass.objects.filter(dataset=dataset).values_list("pk", "index"))
    said = _shapes(rows.order_by().values("pk"), index)
    columns = ("pk", "sha256", "name", "media_type", "payload", "split", "group", "imported_at")
    frozen: list[VersionRow] = []
    for pk, sha256, name, media_type, payload, split, group, imported_at in rows.order_by("pk").values_list(
        *columns
    ):
        one = said.get(pk, _NOTHING)
        sample = ManifestSample(
            str(pk),
            sha256,
            name,
            media_type,
            payload.get("width", 0),
            payload.get("height", 0),
            split,
            group,
            one.labels[0] if one.labels else None,
            tuple(one.objects),
            tuple(one.labels) if dataset.task in _SEVERAL else (),
            tuple(one.spans),
        )
        frozen.append(VersionRow(sample, sample.carried, imported_at))
    return frozen


@dataclass(slots=True)
class _SaidOf:
    """The shapes of one sample."""

    labels: list[int] = field(default_factory=list)
    objects: list[ManifestObject] = field(default_factory=list)
    spans: list[ManifestSpan] = field(default_factory=list)


_NOTHING: Final = _SaidOf()


def _shapes(samples: QuerySet[Sample, Any], index: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, _SaidOf]:
    said: dict[uuid.UUID, _SaidOf] = defaultdict(_SaidOf)
    shapes = Shape.objects.filter(sample_id__in=samples).order_by("sample_id", "position", "pk")
    columns = ("sample_id", "label_class_id", "kind", "x", "y", "w", "h", "geometry")
    for sample_id, label_class, kind, x, y, w, h, geometry in shapes.values_list(*columns).iterator(5_000):
        one, label = said[sample_id], index[label_class]
        if kind == ShapeKind.CLASS:
            one.labels.append(label)
        elif kind == ShapeKind.SPAN:
            one.spans.append(ManifestSpan(label, geometry["start"], geometry["end"]))
        else:
            row = {"label": label, "box": (x, y, w, h), **(geometry or {})}
            one.objects.append(ManifestObject.from_json(row))
    return said
