"""What a version freezes, read in two streams."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from datasets.manifest import ManifestObject, ManifestSample
from datasets.models import Dataset, LabelClass, Sample, Shape, ShapeKind
from datasets.selectors.samples import samples_filtered


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
        label, objects = said.get(pk, (None, ()))
        width, height = payload.get("width", 0), payload.get("height", 0)
        sample = ManifestSample(
            str(pk), sha256, name, media_type, width, height, split, group, label, tuple(objects)
        )
        labels = {item.label for item in objects} | ({label} if label is not None else set())
        frozen.append(VersionRow(sample, tuple(sorted(labels)), imported_at))
    return frozen


def _shapes(
    samples: QuerySet[Sample, Any], index: Mapping[uuid.UUID, int]
) -> dict[uuid.UUID, tuple[int | None, list[ManifestObject]]]:
    labels: dict[uuid.UUID, int] = {}
    objects: dict[uuid.UUID, list[ManifestObject]] = defaultdict(list)
    shapes = Shape.objects.filter(sample_id__in=samples).order_by("sample_id", "position", "pk")
    columns = ("sample_id", "label_class_id", "kind", "x", "y", "w", "h", "geometry")
    for sample_id, label_class, kind, x, y, w, h, geometry in shapes.values_list(*columns).iterator(5_000):
        if kind == ShapeKind.CLASS:
            labels.setdefault(sample_id, index[label_class])
        else:
            row = {"label": index[label_class], "box": (x, y, w, h), **(geometry or {})}
            objects[sample_id].append(ManifestObject.from_json(row))
    return {key: (labels.get(key), objects.get(key, [])) for key in labels.keys() | objects.keys()}
