"""Vectors of pictures: asked for here, made by a job of training, kept here with what they tell."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import orjson
from django.db import transaction

from core.clock import utc_now
from core.errors import InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import BlobRef, blob_put, blobs_locations, blobs_register
from datasets.embeddings.parts import ID, ids_packed
from datasets.models import (
    Dataset,
    EmbeddingMap,
    EmbeddingPart,
    LabelClass,
    Modality,
    Sample,
    SampleState,
    Task,
)
from datasets.quality.kinds import KINDS
from datasets.quality.label_stats import Found
from datasets.selectors.embeddings import KIND, MODEL, pictures_missing
from datasets.services.counters import counters_add, dataset_locked
from datasets.services.quality import findings_write
from datasets.services.quality_scan import features_fill, look_alikes, samples_scan
from datasets.services.suspicions import Suspect, suspicions_replace

PART_TYPE: Final = "application/x-studio-vectors"
MAP_TYPE: Final = "application/x-studio-map"
_CHUNK: Final = 1_000
_DONE: Final = (SampleState.LABELED, SampleState.REVIEWED)
# What the child reads of each sample: class -1 is none, samples of one group are never told from one another.
KNOWN: Final = np.dtype([("id", ID), ("label", "<i4"), ("group", "<i4"), ("revision", "<i4")])


def embeddings_submit(*, actor: User, dataset: Dataset) -> Job:
    """Queue the analysis of the pictures, or the job of it that is still open: two would make every vector twice.

    Raises InvalidInput for a data set of something else.
    """
    if dataset.modality != Modality.IMAGE:
        raise InvalidInput("only pictures can be analyzed this way", field="dataset")
    with transaction.atomic():
        dataset_locked(dataset.pk)
        params = {"dataset": str(dataset.pk)}
        of_dataset = Job.objects.filter(
            kind=KIND, project_id=dataset.project_id, params__dataset=params["dataset"]
        )
        open_jobs = of_dataset.filter(finished_at__isnull=True, cancel_requested_at__isnull=True)
        if (under_way := open_jobs.order_by("pk").first()) is not None:
            return under_way
        job = job_submit(KIND, project=dataset.project, actor=actor, params=params)
        audit.record(actor, "datasets.embeddings.submitted", dataset, project=dataset.project_id)
    return job


def pictures_write(dataset_id: uuid.UUID, target: Path) -> int:
    """One JSON line for each picture without a vector: id, path, offset, length; how many."""
    count = 0
    with target.open("wb") as out:
        for chunk in _chunked(pictures_missing(dataset_id)):
            places = blobs_locations([thumb for _, thumb in chunk])
            for pk, thumb in chunk:
                path, offset, length = places[thumb]
                out.write(orjson.dumps([pk.hex, str(path), offset, length]) + b"\n")
            count += len(chunk)
    return count


def embedding_part_keep(ctx: JobContext, dataset_id: uuid.UUID, content: bytes, count: int) -> None:
    """Store the vectors of some samples; they are not computed again. Raises LeaseLost."""
    ref = blob_put(content, PART_TYPE)
    fault("embeddings.after-blob")
    with ctx.fenced():
        blobs_register([ref])
        EmbeddingPart.objects.create(
            dataset_id=dataset_id, model=MODEL, count=count, sha256=ref.sha256, made_at=utc_now()
        )
        vectors_counted(ids_packed(content))
    fault("embeddings.after-part")
    ctx.milestone()


def vectors_counted(ids: Sequence[uuid.UUID]) -> None:
    """Mark samples that have a vector now, wherever they wait by now, in their totals too; in the caller's transaction."""
    for start in range(0, len(ids), _CHUNK):
        rows = Sample.objects.select_for_update().filter(pk__in=ids[start : start + _CHUNK], has_vector=False)
        found = list(rows.order_by("pk").values_list("pk", "dataset_id"))
        Sample.objects.filter(pk__in=[pk for pk, _ in found]).update(has_vector=True)
        for holder, more in sorted(Counter(holder for _, holder in found).items()):
            counters_add(holder, {("embedded", ""): more})


def known_write(ctx: JobContext, dataset: Dataset, target: Path) -> dict[int, uuid.UUID]:
    """What is known of each sample as an array of KNOWN, by id; the classes by the index that stands there.

    Samples of one given group, and those that look the same, are in one group.
    """
    features_fill(ctx, dataset)
    classes = dict(LabelClass.objects.filter(dataset=dataset).values_list("index", "pk"))
    number = {pk: index for index, pk in classes.items()}
    scan = samples_scan(ctx, dataset.pk)
    twin_of = {row: group[0] for group in look_alikes(ctx, scan) for row in group}
    known = np.zeros(len(scan.ids), KNOWN)
    groups: dict[str, int] = {}
    given = Sample.objects.filter(dataset=dataset).order_by("pk")
    columns = given.values_list("pk", "group", "annotation_revision", "state", "label_class_id")
    place = {pk: row for row, pk in enumerate(scan.ids)}
    for pk, group, revision, state, label in columns.iterator(5_000):
        if (row := place.get(pk)) is None:
            continue
        together = groups.setdefault(group, -len(groups) - 1) if group else twin_of.get(row, row)
        said = number.get(label, -1) if state in _DONE else -1
        known[row] = (pk.bytes, said, together, revision)
    np.save(target, known)
    return classes


def embedding_results_keep(
    dataset: Dataset,
    *,
    classes: Mapping[int, uuid.UUID],
    suspects: Sequence[Suspect] | None,
    outliers: Sequence[uuid.UUID],
    drawn: tuple[BlobRef, int] | None,
) -> dict[str, int]:
    """Replace what the vectors told, in the caller's transaction; how many of what.

    `suspects` is None where there was too little to compare; `drawn` is the stored map
    and how many pictures are on it.
    """
    alive = _alive(dataset.pk, [*(row.sample for row in suspects or ()), *outliers])
    kept = [row for row in suspects or () if row.sample in alive]
    named = {
        "label_suspicious": list(dict.fromkeys(row.sample for row in kept)),
        "outlier": [pk for pk in outliers if pk in alive],
    }
    marks = sum(row.shape is not None for row in kept)
    figures = {"label_suspicious": {"boxes": marks} if marks else {}}
    counts = {code: len(ids) for code, ids in named.items()}
    found = [
        Found(code, KINDS[code].severity, n, KINDS[code].remedy, figures.get(code, {}))
        for code, n in counts.items()
    ]
    if suspects is None:
        found = found[1:]
    pairs = ((code, pk) for code, ids in named.items() for pk in ids)
    findings_write(dataset.pk, found, pairs, from_vectors=True)
    suspicions_replace(dataset, kept, classes)
    if drawn is not None:
        ref, count = drawn
        blobs_register([ref])
        fields = {"count": count, "sha256": ref.sha256, "made_at": utc_now()}
        EmbeddingMap.objects.update_or_create(dataset=dataset, defaults=fields)
    return counts


def labels_comparable(dataset: Dataset) -> bool:
    """Whether each picture has one class, so that one can be compared with what it looks like."""
    return dataset.task == Task.IMAGE_CLASSIFICATION


def _alive(dataset_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    for start in range(0, len(ids), _CHUNK):
        part = Sample.objects.filter(dataset_id=dataset_id, pk__in=ids[start : start + _CHUNK])
        found.update(part.values_list("pk", flat=True))
    return found


def _chunked(rows: Iterator[tuple[uuid.UUID, str]]) -> Iterator[list[tuple[uuid.UUID, str]]]:
    chunk: list[tuple[uuid.UUID, str]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
