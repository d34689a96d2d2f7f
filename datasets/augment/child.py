"""The process that makes augmented copies: `python -m datasets.augment.child FOLDER`. Pure.

FOLDER holds spec.json, `{steps, seed, copies, done}`, and manifest.jsonl, whose samples say where their bytes
are. `done` names the copies of a sample that need not be made again, 0 all of them.
For every copy of every training sample, in the order of the manifest, it writes a line of JSON, `{id, copy,
width, height, objects, bytes}`, and that many bytes of JPEG. `{problem, id}` is about a picture that cannot be
read, `{done}` the end. It limits itself before it opens the first picture and ends with whoever reads it.
"""

import json
import os
import resource
import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Final

import cv2
import simplejpeg

from core.errors import DomainError
from core.imaging import ImageRefused, decode
from datasets.augment import Picture, Shape, pipeline_from
from datasets.geometry.forms import Form
from datasets.geometry.rle import rle_of
from datasets.geometry.skeleton import skeleton_from
from datasets.manifest import ManifestObject

MEMORY_BYTES: Final = 4 * 1024**3
CPU_PER_SAMPLE_S: Final = 120
QUALITY: Final = 95
_NICE: Final = 10
_PARTNER_BYTES: Final = 256 << 20
# Of a picture, not of the program: OpenCV and simplejpeg refuse sizes they cannot handle, files go away.
_REFUSED: Final = (DomainError, MemoryError, OSError, ValueError, cv2.error)
Row = dict[str, Any]
Mirrors = Mapping[int, tuple[int, ...]]


def main() -> None:
    """Write every copy to standard output."""
    folder = Path(sys.argv[1])
    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    _limit()
    sink = sys.stdout.buffer
    rows = train_rows(folder / "manifest.jsonl")
    for line, content in copies_made(rows, spec, mirrors_of(folder / "manifest.jsonl")):
        _send(sink, line, content)
    _send(sink, {"done": True}, b"")


def train_rows(manifest: Path) -> list[Row]:
    """The training samples of a materialized version."""
    with manifest.open(encoding="utf-8") as lines:
        next(lines)
        return [row for row in map(json.loads, lines) if row["split"] == "train"]


def mirrors_of(manifest: Path) -> Mirrors:
    """Of the classes with key points, which of them change sides in a mirror."""
    with manifest.open(encoding="utf-8") as lines:
        classes = json.loads(next(lines))["classes"]
    return {row["index"]: skeleton_from(row["skeleton"]).mirror for row in classes if row.get("skeleton")}


def copies_made(
    rows: Sequence[Row], spec: Row, mirrors: Mirrors = MappingProxyType({})
) -> Iterator[tuple[Row, bytes]]:
    """Each copy as its line and its JPEG. The same rows and spec give the same bytes."""
    pipeline = pipeline_from(spec["steps"])

    partners = Partners(rows, mirrors=mirrors)
    for row in rows:
        wanted = _wanted(row, spec)
        if not wanted:
            continue
        _allow_cpu()
        try:
            picture = picture_of(row, mirrors)
            for copy in wanted:
                made = pipeline.apply(
                    picture, seed=spec["seed"], sample=row["id"], copy=copy, partners=partners.drawn
                )
                yield _copy(row, copy, made)
        except _REFUSED as exc:
            yield {"problem": _problem(exc), "id": row["id"]}, b""


class Partners:
    """Other pictures of the training part, the newest kept up to `keep_bytes` of pixels.

    One that cannot be read is passed over for the next one of the manifest and is named when its own turn
    comes: the picture it was drawn for is not to blame.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        keep_bytes: int = _PARTNER_BYTES,
        mirrors: Mirrors = MappingProxyType({}),
    ) -> None:
        self._rows, self._keep_bytes, self._mirrors = rows, keep_bytes, mirrors
        self._kept: OrderedDict[int, Picture] = OrderedDict()
        self._broken: set[int] = set()
        self.kept_bytes = 0

    def drawn(self, draw: float) -> Picture:
        """The partner for a number in [0, 1). Raises ImageRefused when none can be read."""
        first = int(draw * len(self._rows))
        for index in (*range(first, len(self._rows)), *range(first)):
            if index in self._broken:
                continue
            try:
                return self._picture(index)
            except _REFUSED:
                self._broken.add(index)
        raise ImageRefused("image_corrupt", "no picture can be read")

    def _picture(self, index: int) -> Picture:
        picture = self._kept.pop(index, None)
        if picture is None:
            picture = picture_of(self._rows[index], self._mirrors)
            self.kept_bytes += _bytes_of(picture)
        self._kept[index] = picture
        while self.kept_bytes > self._keep_bytes:
            _, oldest = self._kept.popitem(last=False)
            self.kept_bytes -= _bytes_of(oldest)
        return picture


def _bytes_of(picture: Picture) -> int:
    return picture.pixels.nbytes + sum(s.mask.nbytes for s in picture.shapes if s.mask is not None)


def _wanted(row: Row, spec: Row) -> list[int]:
    done = spec.get("done", {}).get(row["id"], ())
    return [] if 0 in done else [copy for copy in range(1, spec["copies"] + 1) if copy not in done]


def _problem(exc: BaseException) -> str:
    if isinstance(exc, DomainError):
        return exc.code
    if isinstance(exc, MemoryError):
        return "image_too_large"
    return "file_missing" if isinstance(exc, OSError) else "augmentation_failed"


def picture_of(row: Row, mirrors: Mirrors = MappingProxyType({})) -> Picture:
    """A sample's pixels and shapes. Raises ImageRefused, OSError."""
    handle = os.open(row["path"], os.O_RDONLY | os.O_CLOEXEC)
    try:
        encoded = os.pread(handle, row["length"], row["offset"])
    finally:
        os.close(handle)
    return Picture(decode(encoded), tuple(_shape(each, mirrors) for each in row["objects"]))


def _shape(row: Row, mirrors: Mirrors) -> Shape:
    said = ManifestObject.from_json(row)
    mask = said.form.value.mask() if said.form is not None and said.form.kind == "mask" else None
    return Shape(
        said.label,
        said.box,
        mask,
        form=said.form if mask is None else None,
        attributes=said.attributes,
        mirror=mirrors.get(said.label, ()),
    )


def _object(shape: Shape) -> Row | None:
    if shape.box is None:
        return None
    x, y, w, h = (round(number, 4) for number in shape.box)
    form = shape.form.rounded(4) if shape.form is not None else None
    if shape.mask is not None:
        form = Form("mask", rle_of(shape.mask))
    return ManifestObject(shape.label, (x, y, w, h), form, shape.attributes).to_json()


def _copy(row: Row, copy: int, made: Picture) -> tuple[Row, bytes]:
    encoded: bytes = simplejpeg.encode_jpeg(made.pixels, QUALITY, "RGB", "444")
    objects = [said for shape in made.shapes if (said := _object(shape)) is not None]
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
