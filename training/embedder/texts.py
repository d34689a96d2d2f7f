"""Vectors of texts, in parts, as its own process: `python -m training.embedder.texts JOB_DIR`.

Without a projection in the spec it makes one first, of a sample drawn from the list, leaves it as
JOB_DIR/projection.safetensors and says so. Cost: 0.7 ms a text of three hundred characters on one core.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from core.errors import InvalidInput
from datasets.embeddings import meanings
from datasets.embeddings.meanings import Projector
from datasets.embeddings.ngrams import CHARACTERS
from datasets.embeddings.projections import SEED, Made, meanings_packed, meanings_unpacked
from training.embedder import partwise
from training.embedder.partwise import LISTED, Line, line_of, no_vectors, parts_make, put
from training.embedder.process import run_as_process
from training.embedder.spec import EmbedderSpec
from training.engine.failures import Stopped
from training.trainer.events import EventWriter
from training.trainer.process import stop_on_signals

PROJECTION: Final = "projection.safetensors"
# A character of UTF-8 takes four bytes at most.
_BYTES: Final = 4 * CHARACTERS


def embed(job_dir: Path, spec: EmbedderSpec, events: EventWriter) -> None:
    """Write JOB_DIR/parts, and the projection where there was none. Raises Stopped."""
    stop = stop_on_signals()

    def step() -> None:
        if stop.is_set():
            raise Stopped

    content = _projection(job_dir, spec, events, step)
    if content is None:
        return
    projector = Projector(meanings_unpacked(content))

    def vectors_of(lines: Sequence[Line]) -> partwise.Made:
        found = [(row, _vector(line, projector)) for row, line in enumerate(lines)]
        made = [(row, vector) for row, vector in found if vector is not None]
        return [row for row, _ in made], np.stack([one for _, one in made]) if made else no_vectors()

    parts_make(job_dir, spec, events, stop.is_set, vectors_of, "texts")


def _projection(
    job_dir: Path, spec: EmbedderSpec, events: EventWriter, step: Callable[[], None]
) -> bytes | None:
    if spec.projection is not None:
        path, offset, length = spec.projection
        return Line("", path, offset, length, "").read()
    kept = job_dir / PROJECTION
    if not kept.exists():
        if spec.made is None:
            raise InvalidInput("the spec says neither which projection to use nor which to make")
        fitted = meanings.fitted_to(_drawn(job_dir, spec.pictures), SEED, step)
        if fitted is None:
            return None
        put(kept, meanings_packed(fitted, Made(**spec.made)))
    # Said again by another life: what was said may not have been heard, and hearing it twice does nothing.
    events.say("projection", name=PROJECTION)
    return kept.read_bytes()


def _drawn(job_dir: Path, count: int) -> Iterator[str]:
    """Some of the listed texts in a drawn order, so that whatever bound is met first, those before it are a fair sample."""
    draw = np.random.default_rng(SEED)
    chosen = draw.permutation(count)[: 2 * meanings.FITTED]
    order = {int(number): place for place, number in enumerate(chosen)}
    lines: list[Line | None] = [None] * len(chosen)
    with (job_dir / LISTED).open("rb") as listed:
        for number, written in enumerate(listed):
            if (place := order.get(number)) is not None:
                lines[place] = line_of(written)
    for line in lines:
        if line is not None and (text := _text(line)):
            yield text


def _vector(line: Line, projector: Projector) -> meanings.Floats | None:
    text = _text(line)
    return projector.vector(text) if text else None


def _text(line: Line) -> str | None:
    """As much of a text as is looked at; None for one whose file is gone: the next job tries it again."""
    try:
        return line._replace(length=min(line.length, _BYTES)).read().decode(errors="ignore")
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    raise SystemExit(run_as_process(embed))
