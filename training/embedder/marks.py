"""Vectors of the cuttings around marks, in parts, as its own process: `python -m training.embedder.marks JOB_DIR`.

JOB_DIR/marks.jsonl lists [path, offset, length, [[key, x, y, w, h], …]] of whole pictures, in pixels of the upright
picture. A picture that does not open, and a mark outside of its picture, have no vector. In memory are one picture, one
batch of cuttings and the vectors of one part. Part k is made once, however often the process begins again.
"""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import DomainError
from core.imaging import decode
from datasets.embeddings.parts import part_packed
from training.embedder.extract import SIDE, pictures_extractor
from training.embedder.partwise import no_vectors, parts_made, put
from training.embedder.process import run_as_process
from training.embedder.spec import EmbedderSpec
from training.engine.failures import Stopped
from training.engine.features import BATCH, Extract
from training.engine.preprocess import Preprocess, Squared, square_of
from training.trainer.events import EventWriter
from training.trainer.process import stop_on_signals

# What is around a mark says something of it, so much of its sides at each of them.
MARGIN: Final = 0.1
Pixels = NDArray[np.uint8]
Vectors = NDArray[np.float32]


def extract_marks(job_dir: Path, spec: EmbedderSpec, events: EventWriter) -> None:
    """Write JOB_DIR/parts/<number>.vectors and say so after each. Raises Stopped."""
    stop = stop_on_signals()
    torch.set_num_threads(spec.threads)
    parts = job_dir / "parts"
    made = parts_made(job_dir)
    batches = -(-spec.part // BATCH)
    size = batches * BATCH
    vectors_of = pictures_extractor(spec, spec.pictures - made * size)
    with (job_dir / "marks.jsonl").open("rb") as lines:
        cuttings = _cuttings(lines, made * size)
        number = made
        while part := list(islice(_batched(cuttings, vectors_of), batches)):
            if stop.is_set():
                raise Stopped
            _keep(parts, number, part, events)
            number += 1
            events.progress(min(number * size, spec.pictures), spec.pictures, "marks", None)


def _keep(parts: Path, number: int, part: list[tuple[list[bytes], Vectors]], events: EventWriter) -> None:
    keys = [key for names, _ in part for key in names]
    if keys:
        vectors = np.concatenate([rows for names, rows in part if names])
        put(parts / f"{number:07d}.vectors", part_packed(keys, vectors))
        events.say("part", name=f"{number:07d}.vectors", count=len(keys))
    (parts / f"{number:07d}.done").touch()


def _batched(
    cuttings: Iterator[tuple[bytes, Squared | None]], vectors_of: Extract
) -> Iterator[tuple[list[bytes], Vectors]]:
    """The keys and vectors of BATCH marks after BATCH marks; of those without a cutting nothing."""
    while batch := list(islice(cuttings, BATCH)):
        there = [(key, square) for key, square in batch if square is not None]
        if not there:
            yield [], no_vectors()
            continue
        yield [key for key, _ in there], vectors_of(np.stack([square for _, square in there]))


def _cuttings(lines: IO[bytes], skipped: int) -> Iterator[tuple[bytes, Squared | None]]:
    preprocess = Preprocess(SIDE)
    for line in lines:
        path, offset, length, marks = json.loads(line)
        if skipped >= len(marks):
            skipped -= len(marks)
            continue
        pixels = _picture(path, offset, length)
        for key, *box in marks[skipped:]:
            piece = None if pixels is None else cutting(pixels, box)
            yield bytes.fromhex(key), None if piece is None else square_of(piece, preprocess)
        skipped = 0


def _picture(path: str, offset: int, length: int) -> Pixels | None:
    """None for a file that is gone or damaged; it is tried again by the next job."""
    try:
        with Path(path).open("rb") as file:
            file.seek(offset)
            pixels: Pixels = decode(file.read(length))
    except (DomainError, FileNotFoundError):
        return None
    return pixels


def cutting(pixels: Pixels, box: list[Any]) -> Pixels | None:
    """The (h, w, 3) part of a picture within x, y, w, h and MARGIN around it; None where nothing of it is there."""
    x, y, w, h = box
    height, width = pixels.shape[:2]
    left, right = max(0, round(x - MARGIN * w)), min(width, round(x + (1 + MARGIN) * w))
    top, bottom = max(0, round(y - MARGIN * h)), min(height, round(y + (1 + MARGIN) * h))
    if left >= right or top >= bottom:
        return None
    return np.ascontiguousarray(pixels[top:bottom, left:right])


if __name__ == "__main__":
    raise SystemExit(run_as_process(extract_marks))
