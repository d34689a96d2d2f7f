"""The job that analyzes a data set: vectors for what has none, then what all of them tell."""

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import blob_location, blob_put_file
from datasets.embeddings.projections import Made, made_of_texts
from datasets.selectors.embeddings import analyzed_dataset
from datasets.selectors.mark_labels import marks_compared
from datasets.selectors.vectors import parts_of
from datasets.services.embeddings import (
    MAP_TYPE,
    embedding_results_keep,
    known_write,
    labels_comparable,
)
from datasets.services.suspicions import Suspect
from datasets.services.vector_sounds import sound_vectors_make
from datasets.services.vectors import (
    contents_write,
    embedding_part_keep,
    projection_current,
    projection_keep,
    stale_vectors_drop,
)
from training.embedder.partwise import LISTED
from training.embedder.spec import EmbedderSpec, Strange
from training.services.children import Event, supervise, threads_granted
from training.services.directories import directory_of, directory_remove
from training.services.mark_vectors import BEFORE, labels_compare, mark_vectors_make

# Of the whole, in hundredths: making vectors takes nearly all of the time.
_VECTORS: Final = 90
# A part that is lost with its worker costs five seconds; a million pictures are two thousand files.
PART: Final = 512

_STRANGE: Final[Mapping[str, Strange]] = {"text": "cosine", "audio": "distance"}


def embeddings_run(ctx: JobContext, dataset_id: uuid.UUID) -> dict[str, Any]:
    """Make what is missing and look at all of it; the job's result. Raises ChildFailed, LeaseLost, JobCancelled.

    Every part of vectors is kept as soon as it is made, so an attempt that dies costs a part at most.
    """
    dataset = analyzed_dataset(dataset_id)
    stale_vectors_drop(ctx, dataset)
    made = _vectors_make(ctx, dataset)
    marks = mark_vectors_make(ctx, dataset_id, _empty(ctx.job_id))
    fault("embeddings.before-look")
    result = _look(ctx, dataset, {"pictures": made, "marks": marks})
    directory_remove(ctx.job_id)
    return result


def _vectors_make(ctx: JobContext, dataset: Any) -> int:
    """How many samples got a vector. Strangers' recordings are opened by the decoding children alone."""
    if dataset.modality == "audio":
        return sound_vectors_make(ctx, dataset, PART)
    return _texts_make(ctx, dataset) if dataset.modality == "text" else _pictures_make(ctx, dataset)


def _pictures_make(ctx: JobContext, dataset: Any) -> int:
    job_dir = _empty(ctx.job_id)
    count = contents_write(dataset, job_dir / LISTED)
    if not count:
        return 0
    _spec(pictures=count, part=PART).write(job_dir)
    return _parts_keep(ctx, dataset, "training.embedder.extract", job_dir)


def _texts_make(ctx: JobContext, dataset: Any) -> int:
    """All texts get another vector where another projection is due."""
    job_dir = _empty(ctx.job_id)
    known = projection_current(dataset)
    count = contents_write(dataset, job_dir / LISTED, every=known is None)
    if not count:
        return 0
    if known is None:
        spec = _spec(pictures=count, part=PART, made=asdict(made_of_texts(count)))
    else:
        path, offset, length = blob_location(known.sha256)
        spec = _spec(pictures=count, part=PART, projection=(str(path), offset, length))
    spec.write(job_dir)
    return _parts_keep(ctx, dataset, "training.embedder.texts", job_dir)


def _parts_keep(ctx: JobContext, dataset: Any, module: str, job_dir: Path) -> int:
    """Keep what the child leaves; how many vectors."""
    share = BEFORE if marks_compared(dataset) else _VECTORS
    made = 0

    def hear(events: list[Event]) -> None:
        nonlocal made
        for event in events:
            if event["type"] == "projection":
                content = (job_dir / event["name"]).read_bytes()
                said = EmbedderSpec.read(job_dir).made or {}
                projection_keep(ctx, dataset, content, Made(**said))
            elif event["type"] == "part":
                path = job_dir / "parts" / event["name"]
                embedding_part_keep(ctx, dataset.pk, path.read_bytes(), event["count"])
                path.unlink()
                made += event["count"]
            elif event["type"] == "progress":
                ctx.progress(round(share * event["done"] / event["total"]), 100, "%")

    supervise(ctx, module, job_dir, threads_granted(), hear)
    return made


def _look(ctx: JobContext, dataset: Any, made: dict[str, int]) -> dict[str, Any]:
    job_dir = _empty(ctx.job_id)
    classes = known_write(ctx, dataset, job_dir / "known.npy")
    places = [(str(place.path), place.offset, place.length) for place in parts_of(dataset.pk)]
    compared = max(classes, default=-1) + 1 if labels_comparable(dataset) else 0
    _spec(parts=places, classes=compared, strange=_STRANGE.get(dataset.modality, "")).write(job_dir)

    def hear(events: list[Event]) -> None:
        if any(event["type"] == "progress" for event in events):
            ctx.progress((100 + _VECTORS) // 2, 100, "%")

    supervise(ctx, "training.embedder.analyze", job_dir, threads_granted(), hear)
    out = job_dir / "out"
    facts = json.loads((out / "result.json").read_text(encoding="utf-8"))
    suspects = _suspects(out / "suspects.jsonl") if facts["compared"] else None
    if not compared:
        facts["compared"], suspects = labels_compare(ctx, dataset.pk, classes, job_dir)
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
