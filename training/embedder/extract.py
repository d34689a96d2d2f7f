"""Vectors of pictures, in parts, as its own process: `python -m training.embedder.extract JOB_DIR`.

The list is of our own thumbnails, never of a stranger's file. Cost: 9 ms a picture on one core.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch

from core.errors import DomainError
from core.imaging import decode
from datasets.embeddings.parts import Floats
from training.embedder.partwise import Line, Made, no_vectors, parts_made, parts_make
from training.embedder.process import run_as_process
from training.embedder.spec import EmbedderSpec
from training.engine.features import BATCH, Extract, extractor_of
from training.engine.lite0 import Lite0, pretrained_state
from training.engine.preprocess import Preprocess, Squared, square_of
from training.trainer.events import EventWriter
from training.trainer.process import stop_on_signals

SIDE: Final = 160


def extract(job_dir: Path, spec: EmbedderSpec, events: EventWriter) -> None:
    """Write JOB_DIR/parts. Raises Stopped."""
    stop = stop_on_signals()
    torch.set_num_threads(spec.threads)
    extractor = pictures_extractor(spec, spec.pictures - parts_made(job_dir) * spec.part)
    parts_make(job_dir, spec, events, stop.is_set, lambda lines: _vectors(lines, extractor), "pictures")


def pictures_extractor(spec: EmbedderSpec, expected: int) -> Extract:
    """The network that makes vectors, for about so many pictures."""
    body = Lite0()
    body.load_state_dict(pretrained_state())
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return extractor_of(body, SIDE, device, spec.threads, expected)


def _vectors(lines: Sequence[Line], vectors_of: Extract) -> Made:
    preprocess = Preprocess(SIDE)
    rows: list[int] = []
    made: list[Floats] = []
    waiting: list[Squared] = []
    for row, line in enumerate(lines):
        square = _square(line, preprocess)
        if square is None:
            continue
        rows.append(row)
        waiting.append(square)
        if len(waiting) == BATCH:
            made.append(vectors_of(np.stack(waiting)))
            waiting = []
    if waiting:
        made.append(vectors_of(np.stack(waiting)))
    return rows, np.concatenate(made) if made else no_vectors()


def _square(line: Line, preprocess: Preprocess) -> Squared | None:
    """None for a thumbnail that is gone or damaged; it is tried again by the next job."""
    try:
        return square_of(decode(line.read()), preprocess)
    except (DomainError, FileNotFoundError):
        return None


if __name__ == "__main__":
    raise SystemExit(run_as_process(extract))
