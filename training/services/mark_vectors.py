"""The steps of the analysis of pictures that look at marks, and at several classes of one picture."""

import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any, Final

from core.jobs.context import JobContext
from datasets.selectors.embeddings import analyzed_dataset
from datasets.selectors.mark_labels import carried_compared, mark_parts, marks_compared
from datasets.selectors.vectors import parts_of
from datasets.services.mark_labels import (
    MarkTable,
    carried_write,
    mark_part_keep,
    marks_known_write,
    marks_write,
)
from datasets.services.suspicions import Suspect
from training.embedder.spec import EmbedderSpec
from training.services.children import Event, supervise, threads_granted

PART: Final = 512
# Of the whole, in hundredths: where marks are looked at, there are more of them than pictures.
BEFORE: Final = 30
BEHIND: Final = 90


def mark_vectors_make(ctx: JobContext, dataset_id: uuid.UUID, job_dir: Path) -> int:
    """Vectors of the marks that have none, kept part by part; how many. Raises ChildFailed, LeaseLost, JobCancelled."""
    dataset = analyzed_dataset(dataset_id)
    if not marks_compared(dataset):
        return 0
    count = marks_write(ctx, dataset, job_dir / "marks.jsonl")
    if not count:
        return 0
    _spec(pictures=count, part=PART).write(job_dir)
    made = 0

    def hear(events: list[Event]) -> None:
        nonlocal made
        for event in events:
            if event["type"] == "part":
                path = job_dir / "parts" / event["name"]
                mark_part_keep(ctx, dataset_id, path.read_bytes(), event["count"])
                path.unlink()
                made += event["count"]
            elif event["type"] == "progress":
                share = event["done"] / max(event["total"], 1)
                ctx.progress(round(BEFORE + (BEHIND - BEFORE) * share), 100, "%")

    supervise(ctx, "training.embedder.marks", job_dir, threads_granted(), hear)
    return made


def labels_compare(
    ctx: JobContext, dataset_id: uuid.UUID, classes: dict[int, uuid.UUID], job_dir: Path
) -> tuple[int, list[Suspect] | None]:
    """How many marks, or pictures of several classes, were compared, and what does not fit; None for too few.

    `job_dir` is where `known.npy` of the pictures lies.
    """
    dataset = analyzed_dataset(dataset_id)
    mine = job_dir / "labels"
    shutil.rmtree(mine, ignore_errors=True)
    mine.mkdir()
    known, table = job_dir / "known.npy", None
    if marks_compared(dataset):
        table = marks_known_write(ctx, dataset, classes, known, mine / "known.npy")
        places = mark_parts(dataset.pk)
    elif carried_compared(dataset):
        carried_write(dataset, classes, known, mine / "carried.npz")
        shutil.copyfile(known, mine / "known.npy")
        places = parts_of(dataset.pk)
    else:
        return 0, None
    parts = [(str(place.path), place.offset, place.length) for place in places]
    _spec(parts=parts, classes=max(classes, default=-1) + 1).write(mine)
    supervise(ctx, "training.embedder.compare", mine, threads_granted(), lambda _events: None)
    compared = json.loads((mine / "out" / "result.json").read_text(encoding="utf-8"))["compared"]
    return compared, _suspects(mine / "out" / "suspects.jsonl", table) if compared else None


def _suspects(path: Path, table: MarkTable | None) -> list[Suspect]:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    if table is not None:
        return [table.suspect(row, given, suggested, margin) for _, given, suggested, margin, row in rows]
    return [
        Suspect(uuid.UUID(hex=sample), given, suggested, margin, revision)
        for sample, given, suggested, margin, revision in rows
    ]


def _spec(**fields: Any) -> EmbedderSpec:
    return EmbedderSpec(threads=threads_granted(), parent_pid=os.getpid(), **fields)
