"""The process that cleans pictures: `python -m datasets.cleaning.pictures.child`. Pure.

It reads a line of JSON with the `steps` and the `side_px` of thumbnails, then a line a picture, `{path, offset,
length, shapes}`, and answers each with a line and, where the picture changes, its new bytes and its thumbnail:
`{problem}`, `{same: true}`, or `{kept, moved, lost, decoded, bytes, thumb}`. A shape is `{kind, box, geometry}`; `kept`
lists the places of those that are left with what they are now. It limits itself before it opens a picture.
"""

import json
import os
import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import IO, Any, Final

import cv2

from core.errors import DomainError
from core.imaging import decode, probe
from datasets.augment.picture import Picture, Shape, box_of
from datasets.cleaning import recipe_from
from datasets.cleaning.pictures.base import Frame, PictureOperator
from datasets.cleaning.pictures.operators import OPERATORS
from datasets.formats.decoding.child import answer_for
from datasets.formats.decoding.wire import Undecodable
from datasets.geometry.forms import Form, form_of_row
from datasets.geometry.rle import rle_of

MEMORY_BYTES: Final = 4 * 1024**3
CPU_PER_PICTURE_S: Final = 60
_NICE: Final = 10
_DIGITS: Final = 4
_REFUSED: Final = (DomainError, MemoryError, OSError, ValueError, cv2.error)
Row = dict[str, Any]


def main() -> None:
    """Answer until the parent closes the pipe."""
    _limit()
    cv2.setNumThreads(0)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    spec = json.loads(source.readline())
    steps = recipe_from(spec["recipe"], OPERATORS)
    operators = [step for step in steps if isinstance(step, PictureOperator)]
    while raw := source.readline():
        _allow_cpu()
        _send(sink, *answered(json.loads(raw), operators, spec["side_px"]))


def answered(row: Row, steps: Sequence[PictureOperator], side_px: int) -> tuple[Row, bytes, bytes]:
    """The line, the new bytes and the thumbnail for one picture."""
    try:
        return cleaned(_read(row), row["shapes"], steps, side_px)
    except _REFUSED as exc:
        is_gone = isinstance(exc, OSError)
        return {"problem": "file_missing" if is_gone else "unreadable"}, b"", b""


def cleaned(
    encoded: bytes, shapes: Sequence[Row], steps: Sequence[PictureOperator], side_px: int
) -> tuple[Row, bytes, bytes]:
    """The same for bytes at hand. Raises ImageRefused, ValueError."""
    header = probe(encoded)
    size = header.width, header.height
    before = Picture(decode(encoded), tuple(_shape(row, place) for place, row in enumerate(shapes)))
    frame = Frame.of(
        before, size, orientation=header.orientation, mode=header.mode, file_format=header.format
    )
    for step in steps:
        frame = step.apply(frame)
    if not frame.changed:
        return {"same": True}, b"", b""
    if header.frames > 1:
        return {"problem": "several_frames"}, b"", b""
    content = frame.written()
    # Measured as an import measures it: from the bytes that are stored.
    decoded = answer_for(content, side_px)
    if isinstance(decoded, Undecodable):
        return {"problem": "unreadable"}, b"", b""
    thumb = decoded.thumbnail
    said = asdict(decoded)
    del said["thumbnail"]
    kept = [_kept(shape) for shape in frame.picture.shapes]
    line = {
        "kept": kept,
        "moved": frame.size != size,
        "lost": len(shapes) - len(kept),
        "decoded": said,
    }
    return line, content, thumb


def _shape(row: Row, place: int) -> Shape:
    form, mask = form_of_row(row["geometry"] or {}), None
    box = row["box"] if row["box"] and row["box"][0] is not None else None
    if form is not None and form.kind == "mask":
        mask, form = form.value.mask(), None
        box = box_of(mask) or box
    return Shape(0, None if box is None else (box[0], box[1], box[2], box[3]), mask, form=form, source=place)


def _kept(shape: Shape) -> Row:
    """Where it came from, its box and its geometry now."""
    form = shape.form.rounded(_DIGITS) if shape.form is not None else None
    if shape.mask is not None:
        form = Form("mask", rle_of(shape.mask))
    return {
        "place": shape.source,
        "box": None if shape.box is None else [round(number, _DIGITS) for number in shape.box],
        "geometry": None if form is None else form.to_json(),
    }


def _read(row: Row) -> bytes:
    handle = os.open(row["path"], os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(handle, row["length"], row["offset"])
    finally:
        os.close(handle)


def _send(sink: IO[bytes], line: Row, content: bytes, thumb: bytes) -> None:
    head = {**line, "bytes": len(content), "thumb": len(thumb)}
    sink.write(b"".join((json.dumps(head).encode(), b"\n", content, thumb)))
    sink.flush()


def _limit() -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_PER_PICTURE_S
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
