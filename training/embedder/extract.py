"""Vectors of pictures, in parts, as its own process: `python -m training.embedder.extract JOB_DIR`.

JOB_DIR/pictures.jsonl lists [id, path, offset, length] of our own thumbnails, never of a stranger's file. Part k
is of the lines from k * `part` of the spec on; a part that is there is not made again. Cost: 9 ms a picture on one core.
"""

import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Final

import numpy as np
import torch

from core.errors import DomainError
from core.imaging import decode
from datasets.embeddings.parts import Floats, part_packed
from training.embedder.spec import EmbedderSpec
from training.engine.failures import Stopped
from training.engine.features import BATCH, Extract, extractor_of
from training.engine.lite0 import Lite0, pretrained_state
from training.engine.preprocess import Preprocess, Squared, square_of
from training.trainer.events import EventWriter
from training.trainer.process import die_with_parent, job_dir_from_argv, limit, run_to_exit, stop_on_signals

SIDE: Final = 160
Line = tuple[bytes, Squared]


def extract(job_dir: Path, spec: EmbedderSpec, events: EventWriter) -> None:
    """Write JOB_DIR/parts/<number>.vectors and say so after each. Raises Stopped."""
    stop = stop_on_signals()
    torch.set_num_threads(spec.threads)
    parts = job_dir / "parts"
    parts.mkdir(exist_ok=True)
    made = len(list(parts.glob("*.done")))
    vectors_of = pictures_extractor(spec, spec.pictures - made * spec.part)
    with (job_dir / "pictures.jsonl").open("rb") as lines:
        for number, part in enumerate(_parts(lines, spec.part)):
            if number < made:
                continue
            if stop.is_set():
                raise Stopped
            ids, vectors = _vectors(part, vectors_of)
            if ids:
                part_put(parts / f"{number:07d}.vectors", part_packed(ids, vectors))
                events.say("part", name=f"{number:07d}.vectors", count=len(ids))
            (parts / f"{number:07d}.done").touch()
            events.progress(min((number + 1) * spec.part, spec.pictures), spec.pictures, "pictures", None)


def pictures_extractor(spec: EmbedderSpec, expected: int) -> Extract:
    """The network that makes vectors, for about so many pictures."""
    body = Lite0()
    body.load_state_dict(pretrained_state())
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return extractor_of(body, SIDE, device, spec.threads, expected)


def _parts(lines: IO[bytes], size: int) -> Iterator[list[bytes]]:
    while part := list(islice(lines, size)):
        yield part


def _vectors(lines: list[bytes], vectors_of: Extract) -> tuple[list[bytes], Floats]:
    preprocess = Preprocess(SIDE)
    ids: list[bytes] = []
    made: list[Floats] = []
    waiting: list[Squared] = []
    for line in lines:
        name, path, offset, length = json.loads(line)
        square = _square(path, offset, length, preprocess)
        if square is None:
            continue
        ids.append(bytes.fromhex(name))
        waiting.append(square)
        if len(waiting) == BATCH:
            made.append(vectors_of(np.stack(waiting)))
            waiting = []
    if waiting:
        made.append(vectors_of(np.stack(waiting)))
    return ids, np.concatenate(made) if made else np.empty((0, 0), np.float32)


def _square(path: str, offset: int, length: int, preprocess: Preprocess) -> Squared | None:
    """None for a thumbnail that is gone or damaged; it is tried again by the next job."""
    try:
        with Path(path).open("rb") as file:
            file.seek(offset)
            return square_of(decode(file.read(length)), preprocess)
    except (DomainError, FileNotFoundError):
        return None


def part_put(target: Path, content: bytes) -> None:
    """Write a part whole or not at all."""
    aside = target.with_suffix(".tmp")
    aside.write_bytes(content)
    aside.replace(target)


def main() -> int:
    """The process."""
    job_dir = job_dir_from_argv()
    spec = EmbedderSpec.read(job_dir)
    die_with_parent(spec.parent_pid)
    os.nice(5)
    limit(memory_mb=spec.memory_mb, file_mb=256)
    events = EventWriter(job_dir / "events.jsonl")
    return run_to_exit(job_dir, lambda: extract(job_dir, spec, events))


if __name__ == "__main__":
    raise SystemExit(main())
