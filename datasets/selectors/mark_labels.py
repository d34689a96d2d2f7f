"""The marks of pictures whose classes can be compared with what they show, and the vectors of their cuttings."""

import hashlib
import struct
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from core.services.blobs import blobs_locations
from datasets.embeddings.parts import ID, Ids, Place, part_ids
from datasets.models import Dataset, EmbeddingPart, LabelClass, SampleState, Shape, Task
from datasets.models.dataset import SEVERAL_CLASSES_TASKS
from datasets.quality.boxes import AREAS

# As for pictures, and what the network sees: the square around a mark, with some of what is around it.
MARK_MODEL: Final = "efficientnet-lite0/160/mark110"
TASKS: Final = (Task.OBJECT_DETECTION, Task.INSTANCE_SEGMENTATION)
# What is smaller shows nothing that one class has and another has not.
LEAST_SIDE_PX: Final = 12
DONE: Final = (SampleState.LABELED, SampleState.REVIEWED)
_CHUNK: Final = 2_000
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of a labeled picture; `key` names its vector: another box or other bytes, another key."""

    shape: uuid.UUID
    sample: uuid.UUID
    label: uuid.UUID
    box: Box
    sha256: str
    revision: int

    @property
    def key(self) -> bytes:
        """Sixteen bytes, of which the last is not zero: `ID` takes a zero at the end for none."""
        told = self.shape.bytes + bytes.fromhex(self.sha256) + struct.pack("<4d", *self.box)
        digest = hashlib.blake2b(told, digest_size=16).digest()
        return digest[:15] + bytes([digest[15] or 1])


def marks_compared(dataset: Dataset) -> bool:
    """Whether the classes of marks are looked at."""
    return dataset.task in TASKS


def carried_compared(dataset: Dataset) -> bool:
    """Whether each of several classes of one sample is looked at."""
    return dataset.task in SEVERAL_CLASSES_TASKS


def marks_read(dataset: Dataset) -> Iterator[Mark]:
    """The marks with an area of the labeled pictures, picture by picture, at most a few thousand in memory."""
    classes = LabelClass.objects.filter(dataset=dataset).values_list("pk", flat=True)
    shapes = Shape.objects.filter(
        label_class_id__in=list(classes),
        kind__in=AREAS,
        w__gte=LEAST_SIDE_PX,
        h__gte=LEAST_SIDE_PX,
        sample__state__in=DONE,
    )
    columns = ("pk", "sample_id", "label_class_id", "x", "y", "w", "h")
    of_sample = ("sample__sha256", "sample__annotation_revision")
    rows = shapes.order_by("sample_id", "position", "pk").values_list(*columns, *of_sample)
    for pk, sample, label, x, y, w, h, sha256, revision in rows.iterator(_CHUNK):
        yield Mark(pk, sample, label, (x, y, w, h), sha256, revision)


def mark_parts(dataset_id: uuid.UUID) -> list[Place]:
    """Where the vectors of marks lie, oldest first. Two statements."""
    rows = EmbeddingPart.objects.filter(dataset_id=dataset_id, model=MARK_MODEL).order_by("pk")
    names = list(rows.values_list("sha256", flat=True))
    found = blobs_locations(names)
    return [Place(*found[name]) for name in names]


def marks_missing(dataset: Dataset) -> Iterator[list[Mark]]:
    """The marks without a vector, a few thousand at a time."""
    known = _known(mark_parts(dataset.pk))
    marks = marks_read(dataset)
    while chunk := list(islice(marks, _CHUNK)):
        there = np.isin(np.array([mark.key for mark in chunk], ID), known)
        if missing := [mark for mark, has_vector in zip(chunk, there, strict=True) if not has_vector]:
            yield missing


def _known(places: Sequence[Place]) -> Ids:
    ids = [part_ids(place) for place in places]
    return np.concatenate(ids) if ids else np.empty(0, ID)
