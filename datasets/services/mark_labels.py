"""Cuttings around marks to be made vectors of, and what is known of marks and of several classes, for a child."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from core.clock import utc_now
from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import blob_put, blobs_found, blobs_register
from datasets.embeddings.parts import ID
from datasets.models import Dataset, EmbeddingPart, LabelClass, Sample, Shape, ShapeKind
from datasets.selectors.mark_labels import DONE, MARK_MODEL, Mark, marks_missing, marks_read
from datasets.services.embeddings import KNOWN
from datasets.services.suspicions import Suspect
from datasets.services.vectors import PART_TYPE

# A picture of very many marks is opened several times, so that no line is long.
_MARKS_A_LINE: Final = 500
_STEP: Final = 5_000
_UUID: Final = np.dtype("V16")
Line = Sequence[Any]


def marks_write(ctx: JobContext, dataset: Dataset, target: Path) -> int:
    """A JSON line for each picture with marks without a vector: path, offset, length, [[key, x, y, w, h], …]."""
    count = 0
    with target.open("wb") as out:
        for chunk in marks_missing(dataset):
            ctx.check()
            places = blobs_found([mark.sha256 for mark in chunk], target.with_name("outside"))
            for sha256, same in groupby(chunk, key=lambda mark: mark.sha256):
                if sha256 not in places:
                    continue  # An original that lies outside and is gone: it is tried again by the next job.
                marks = list(same)
                for start in range(0, len(marks), _MARKS_A_LINE):
                    out.write(_line(places[sha256], marks[start : start + _MARKS_A_LINE]))
            count += len(chunk)
    return count


def _line(place: tuple[Path, int, int], marks: Sequence[Mark]) -> bytes:
    path, offset, length = place
    return orjson.dumps([str(path), offset, length, [[mark.key.hex(), *mark.box] for mark in marks]]) + b"\n"


def mark_part_keep(ctx: JobContext, dataset_id: uuid.UUID, content: bytes, count: int) -> None:
    """Store the vectors of some marks; they are not computed again. Raises LeaseLost."""
    ref = blob_put(content, PART_TYPE)
    fault("embeddings.marks.after-blob")
    with ctx.fenced():
        blobs_register([ref])
        EmbeddingPart.objects.create(
            dataset_id=dataset_id, model=MARK_MODEL, count=count, sha256=ref.sha256, made_at=utc_now()
        )
    fault("embeddings.marks.after-part")
    ctx.milestone()


@dataclass(frozen=True, slots=True)
class MarkTable:
    """M marks as columns, in the order they were read: 16 bytes of each mark and sample, and the revision."""

    shapes: NDArray[np.void]
    samples: NDArray[np.void]
    revisions: NDArray[np.int32]

    def suspect(self, row: int, given: int, suggested: int, margin: float) -> Suspect:
        """The mark in that row, whose class does not fit."""
        sample, shape = (uuid.UUID(bytes=column[row].tobytes()) for column in (self.samples, self.shapes))
        return Suspect(sample, given, suggested, margin, int(self.revisions[row]), shape)


def marks_known_write(
    ctx: JobContext, dataset: Dataset, classes: Mapping[int, uuid.UUID], samples: Path, target: Path
) -> MarkTable:
    """What is known of each mark as an array of KNOWN by key, whose `revision` is the row of the table.

    `samples` is what `known_write` wrote: marks of one picture, and of pictures that look the same, are of one group.
    """
    number = {pk: index for index, pk in classes.items()}
    known = np.load(samples)
    names: list[bytes] = []
    table: list[tuple[int, int]] = []
    keys: list[bytes] = []
    for mark in marks_read(dataset):
        if len(keys) % _STEP == 0:
            ctx.check()
        if (index := number.get(mark.label)) is None:
            continue
        names.append(mark.shape.bytes + mark.sample.bytes)
        keys.append(mark.key)
        table.append((index, mark.revision))
    said = np.array(table, np.int32).reshape(-1, 2)
    pairs = np.frombuffer(b"".join(names), _UUID).reshape(-1, 2)
    rows = np.zeros(len(keys), KNOWN)
    rows["id"], rows["label"] = np.array(keys, ID), said[:, 0]
    rows["group"] = _groups(known, pairs[:, 1])
    rows["revision"] = np.arange(len(keys))
    np.save(target, np.sort(rows, order="id"))
    return MarkTable(np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1]), said[:, 1])


def _groups(known: NDArray[Any], samples: NDArray[np.void]) -> NDArray[np.int32]:
    """The group of each sample; of one that came in after `known` was read, one of its own."""
    ids = np.ascontiguousarray(samples).view(ID)
    if not len(known):
        return np.arange(len(ids), dtype=np.int32)
    at = np.minimum(np.searchsorted(known["id"], ids), len(known) - 1)
    fresh = len(known) + np.arange(len(ids))
    return np.where(known["id"][at] == ids, known["group"][at], fresh).astype(np.int32)


def carried_write(dataset: Dataset, classes: Mapping[int, uuid.UUID], samples: Path, target: Path) -> None:
    """Which classes each labeled sample carries: `rows` of `known_write`, `indices` of classes beside them, `done` rows."""
    number = {pk: index for index, pk in classes.items()}
    ids = np.load(samples)["id"]
    done = Sample.objects.filter(dataset=dataset, state__in=DONE).order_by("pk").values_list("pk", flat=True)
    shapes = Shape.objects.filter(
        label_class__in=LabelClass.objects.filter(dataset=dataset),
        kind=ShapeKind.CLASS,
        sample__state__in=DONE,
    )
    pairs = shapes.values_list("sample_id", "label_class_id").iterator(_STEP)
    said = [(pk.bytes, number[label]) for pk, label in pairs if label in number]
    rows = _rows_of(ids, (pk for pk, _ in said))
    there = rows >= 0
    indices = np.array([index for _, index in said], np.int32)
    finished = _rows_of(ids, (pk.bytes for pk in done.iterator(_STEP)))
    np.savez(target, rows=rows[there], indices=indices[there], done=finished[finished >= 0])


def _rows_of(ids: NDArray[Any], wanted: Iterable[bytes]) -> NDArray[np.int64]:
    asked = np.array(list(wanted), ID)
    if not len(ids) or not len(asked):
        return np.full(len(asked), -1)
    at = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
    return np.where(ids[at] == asked, at, -1)
