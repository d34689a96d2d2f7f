"""The job that analyzes pictures: vectors for those that have none, then what all of them tell."""

import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any, Final

from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import blob_put_file
from datasets.selectors.embeddings import analyzed_dataset, parts_of
from datasets.selectors.mark_labels import marks_compared
from datasets.services.embeddings import (
    MAP_TYPE,
    embedding_part_keep,
    embedding_results_keep,
    known_write,
    labels_comparable,
    pictures_write,
)
from datasets.services.suspicions import Suspect
from training.embedder.spec import EmbedderSpec
from training.services.children import Event, supervise, threads_granted
from training.services.directories import directory_of, directory_remove
from training.services.mark_vectors import BEFORE, labels_compare, mark_vectors_make

# Of the whole, in hundredths: making vectors takes nearly all of the time.
_VECTORS: Final = 90
# A part that is lost with its worker costs five seconds; a million pictures are two thousand files.
PART: Final = 512


def embeddings_run(ctx: JobContext, dataset_id: uuid.UUID) -> dict[str, Any]:
    """Make what is missing and look at all of it; the job's result. Raises ChildFailed, LeaseLost, JobCancelled.

    Every part of vectors is kept as soon as it is made, so an attempt that dies costs a part at most.
    """
    made = _vectors_make(ctx, dataset_id)
    marks = mark_vectors_make(ctx, dataset_id, _empty(ctx.job_id))
    fault("embeddings.before-look")
    result = _look(ctx, dataset_id, {"pictures": made, "marks": marks})
    directory_remove(ctx.job_id)
    return result


def _vectors_make(ctx: JobContext, dataset_id: uuid.UUID) -> int:
    job_dir = _empty(ctx.job_id)
    count = pictures_write(dataset_id, job_dir / "pictures.jsonl")
    if not count:
        return 0
    _spec(pictures=count, part=PART).write(job_dir)
    share = BEFORE if marks_compared(analyzed_dataset(dataset_id)) else _VECTORS
    made = 0

    def hear(events: list[Event]) -> None:
        nonlocal made
        for event in events:
            if event["type"] == "part":
                path = job_dir / "parts" / event["name"]
                embedding_part_keep(ctx, dataset_id, path.read_bytes(), event["count"])
                path.unlink()
                made += event["count"]
            elif event["type"] == "progress":
                ctx.progress(round(share * event["done"] / event["total"]), 100, "%")

    supervise(ctx, "training.embedder.extract", job_dir, threads_granted(), hear)
    return made


def _look(ctx: JobContext, dataset_id: uuid.UUID, made: dict[str, int]) -> dict[str, Any]:
    dataset = analyzed_dataset(dataset_id)
    job_dir = _empty(ctx.job_id)
    classes = known_write(ctx, dataset, job_dir / "known.npy")
    places = [(str(place.path), place.offset, place.length) for place in parts_of(dataset_id)]
    compared = max(classes, default=-1) + 1 if labels_comparable(dataset) else 0
    _spec(parts=places, classes=compared).write(job_dir)

    def hear(events: list[Event]) -> None:
        if any(event["type"] == "progress" for event in events):
            ctx.progress((100 + _VECTORS) // 2, 100, "%")

    supervise(ctx, "training.embedder.analyze", job_dir, threads_granted(), hear)
    out = job_dir / "out"
    facts = json.loads((out / "result.json").read_text(encoding="utf-8"))
    suspects = _suspects(out / "suspects.jsonl") if facts["compared"] else None
    if not compared:
        facts["compared"], suspects = labels_compare(ctx, dataset_id, classes, job_dir)
    outliers = [uuid.UUID(hex=one) for one in _lines(out / "outliers.jsonl")]
    drawn = (blob_put_file(out / "map.bin", MAP_TYPE), facts["drawn"]) if facts["drawn"] else None
    with ctx.fenced() as job:
        counts = embedding_results_keep(
            dataset, classes=classes, suspects=suspects, outliers=outliers, drawn=drawn
        )
        result = {**made, "compared": facts["compared"], "findings": counts}
        fault("embeddings.before-finish")
        ctx.finish(job, result)
    return result


def _suspects(path: Path) -> list[Suspect]:
    return [
        Suspect(uuid.UUID(hex=sample), given, suggested, margin, revision)
        for sample, given, suggested, margin, revision in _lines(path)
    ]


def _lines(path: Path) -> list[Any]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _spec(**fields: Any) -> EmbedderSpec:
    return EmbedderSpec(threads=threads_granted(), parent_pid=os.getpid(), **fields)


def _empty(name: uuid.UUID) -> Path:
    """The folder of this job with nothing of an earlier attempt in it."""
    shutil.rmtree(directory_of(name))
    return directory_of(name)
