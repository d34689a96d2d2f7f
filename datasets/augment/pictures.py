"""Copies of pictures: how they are read, drawn on and written. Pure."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import cv2
import simplejpeg

from core.errors import DomainError
from core.imaging import ImageRefused, decode
from datasets.augment import Picture, Shape, pipeline_from
from datasets.augment.making import Made, Maker, bytes_of_row, classes_of
from datasets.geometry.forms import Form
from datasets.geometry.rle import rle_of
from datasets.geometry.skeleton import skeleton_from
from datasets.manifest import ManifestObject

QUALITY: Final = 95
_PARTNER_BYTES: Final = 256 << 20
# Of a picture, not of the program: OpenCV and simplejpeg refuse sizes they cannot handle, files go away.
_REFUSED: Final = (DomainError, MemoryError, OSError, ValueError, cv2.error)
Row = dict[str, Any]
Mirrors = Mapping[int, tuple[int, ...]]


class PictureMaker(Maker[Picture]):
    """JPEG, with shapes moved; steps may draw on other pictures of the training part."""

    refused = _REFUSED

    def __init__(self, steps: Any, rows: Sequence[Row], mirrors: Mirrors = MappingProxyType({})) -> None:
        self.pipeline = pipeline_from(steps)
        self._mirrors = mirrors
        self.partner = Partners(rows, mirrors=mirrors).drawn

    @classmethod
    def of(cls, steps: Any, rows: Sequence[Row], manifest: Path) -> "PictureMaker":
        """With the mirrors that the manifest knows."""
        return cls(steps, rows, mirrors_of(classes_of(manifest)))

    def opened(self, row: Row) -> Picture:
        """As `picture_of`."""
        return picture_of(row, self._mirrors)

    def closed(self, made: Picture) -> Made:
        """`{width, height, objects}` and JPEG."""
        encoded: bytes = simplejpeg.encode_jpeg(made.pixels, QUALITY, "RGB", "444")
        objects = [said for shape in made.shapes if (said := _object(shape)) is not None]
        width, height = made.size
        return {"width": width, "height": height, "objects": objects}, encoded

    def problem(self, refusal: BaseException) -> str:
        """The code of what was refused."""
        return "image_too_large" if isinstance(refusal, MemoryError) else super().problem(refusal)


def mirrors_of(classes: Sequence[Row]) -> Mirrors:
    """Of the classes with key points, which of them change sides in a mirror."""
    return {row["index"]: skeleton_from(row["skeleton"]).mirror for row in classes if row.get("skeleton")}


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


def picture_of(row: Row, mirrors: Mirrors = MappingProxyType({})) -> Picture:
    """A sample's pixels and shapes. Raises ImageRefused, OSError."""
    encoded = bytes_of_row(row)
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
