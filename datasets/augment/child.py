"""The process that makes augmented copies: `python -m datasets.augment.child FOLDER`. Pure.

FOLDER holds spec.json, `{steps, seed, copies}`, and manifest.jsonl, whose samples say where their bytes are.
For every copy of every training sample, in the order of the manifest, it writes a line of JSON, `{id, copy,
width, height, objects, bytes}`, and that many bytes of JPEG. `{problem, id}` is about a picture that cannot be
read, `{done}` the end. It limits itself before it opens the first picture and ends with whoever reads it.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final

import simplejpeg

from core.errors import DomainError
from core.imaging import decode
from datasets.augment import Picture, Shape, pipeline_from

MEMORY_BYTES: Final = 4 * 1024**3
CPU_PER_SAMPLE_S: Final = 120
QUALITY: Final = 95
_NICE: Final = 10
_PARTNERS_KEPT: Final = 16
Row = dict[str, Any]


def main() -> None:
    """Write every copy to standard output."""
    folder = Path(sys.argv[1])
    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    _limit()
    sink = sys.stdout.buffer
    for line, content in copies_made(train_rows(folder / "manifest.jsonl"), spec):
        _send(sink, line, content)
    _send(sink, {"done": True}, b"")


def train_rows(manifest: Path) -> list[Row]:
    """The training samples of a materialized version."""
    with manifest.open(encoding="utf-8") as lines:
        next(lines)
        return [row for row in map(json.loads, lines) if row["split"] == "train"]


def copies_made(rows: Sequence[Row], spec: Row) -> Iterator[tuple[Row, bytes]]:
    """Each copy as its line and its JPEG. The same rows and spec give the same bytes."""
    pipeline = pipeline_from(spec["steps"])

    @lru_cache(maxsize=_PARTNERS_KEPT)
    def partner(index: int) -> Picture:
        return picture_of(rows[index])

    for row in rows:
        _allow_cpu()
        try:
            picture = picture_of(row)
            for copy in range(1, spec["copies"] + 1):
                made = pipeline.apply(
                    picture,
                    seed=spec["seed"],
                    sample=row["id"],
                    copy=copy,
                    partners=lambda draw: partner(int(draw * len(rows))),
                )
                yield _copy(row, copy, made)
        except DomainError as exc:
            yield {"problem": exc.code, "id": row["id"]}, b""
        except MemoryError:
            yield {"problem": "image_too_large", "id": row["id"]}, b""


def picture_of(row: Row) -> Picture:
    """A sample's pixels and boxes. Raises ImageRefused, OSError."""
    handle = os.open(row["path"], os.O_RDONLY | os.O_CLOEXEC)
    try:
        encoded = os.pread(handle, row["length"], row["offset"])
    finally:
        os.close(handle)
    shapes = (
        Shape(each["label"], (each["box"][0], each["box"][1], each["box"][2], each["box"][3]))
        for each in row["objects"]
    )
    return Picture(decode(encoded), tuple(shapes))


def _copy(row: Row, copy: int, made: Picture) -> tuple[Row, bytes]:
    encoded: bytes = simplejpeg.encode_jpeg(made.pixels, QUALITY, "RGB", "444")
    objects = [
        {"label": shape.label, "box": [round(number, 4) for number in shape.box]}
        for shape in made.shapes
        if shape.box is not None
    ]
    width, height = made.size
    line = {"id": row["id"], "copy": copy, "width": width, "height": height, "objects": objects}
    return line, encoded


def _send(sink: IO[bytes], line: Row, content: bytes) -> None:
    sink.write(json.dumps({**line, "bytes": len(content)}).encode() + b"\n" + content)
    sink.flush()


def _limit() -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_PER_SAMPLE_S
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
