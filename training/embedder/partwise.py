"""Vectors in parts, as every child that makes them leaves them: one file a part, said when it is whole. Pure.

JOB_DIR/contents.jsonl lists [id, path, offset, length, content]. Part k is of the lines from k * `part` of the spec
on; a part that is there is not made again.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Final, NamedTuple

import numpy as np

from datasets.embeddings.parts import Floats, part_packed
from training.embedder.spec import EmbedderSpec
from training.engine.failures import Stopped
from training.trainer.events import EventWriter

LISTED: Final = "contents.jsonl"


class Line(NamedTuple):
    """One sample of the list: where its bytes lie."""

    id: str
    path: str
    offset: int
    length: int
    content: str

    def read(self) -> bytes:
        """Raises FileNotFoundError."""
        with Path(self.path).open("rb") as file:
            file.seek(self.offset)
            return file.read(self.length)


# Of some lines the places of those that got a vector, and these (n, D).
Made = tuple[list[int], Floats]


def parts_make(
    job_dir: Path,
    spec: EmbedderSpec,
    events: EventWriter,
    is_stopped: Callable[[], bool],
    vectors_of: Callable[[Sequence[Line]], Made],
    unit: str,
) -> None:
    """Write JOB_DIR/parts/<number>.vectors and say so after each. Raises Stopped."""
    parts = job_dir / "parts"
    made = parts_made(job_dir)
    with (job_dir / LISTED).open("rb") as listed:
        for number, part in enumerate(_parts(listed, spec.part)):
            if number < made:
                continue
            if is_stopped():
                raise Stopped
            lines = [line_of(one) for one in part]
            rows, vectors = vectors_of(lines)
            if rows:
                ids = [bytes.fromhex(lines[row].id) for row in rows]
                contents = [bytes.fromhex(lines[row].content) for row in rows]
                put(parts / f"{number:07d}.vectors", part_packed(ids, vectors, contents))
                events.say("part", name=f"{number:07d}.vectors", count=len(ids))
            (parts / f"{number:07d}.done").touch()
            events.progress(min((number + 1) * spec.part, spec.pictures), spec.pictures, unit, None)


def parts_made(job_dir: Path) -> int:
    """How many parts an earlier life of the child has made; their folder is there afterwards."""
    parts = job_dir / "parts"
    parts.mkdir(exist_ok=True)
    return len(list(parts.glob("*.done")))


def line_of(written: bytes) -> Line:
    """Raises ValueError and TypeError for what is no line of the list."""
    return Line(*json.loads(written))


def put(target: Path, content: bytes) -> None:
    """Whole or not at all."""
    aside = target.with_suffix(".tmp")
    aside.write_bytes(content)
    aside.replace(target)


def no_vectors() -> Floats:
    """For a part without any."""
    return np.empty((0, 0), np.float32)


def _parts(lines: IO[bytes], size: int) -> Iterator[list[bytes]]:
    while part := list(islice(lines, size)):
        yield part
