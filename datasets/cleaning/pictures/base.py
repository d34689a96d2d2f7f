"""A picture on its way through a cleaning, and the contract of an operator on it. Pure."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from datasets.augment.picture import Picture, shapes_moved
from datasets.cleaning.base import Operator

Pixels = NDArray[np.uint8]
Size = tuple[int, int]
# What is written; a picture in another format becomes one of these once anything changes it.
WRITTEN: Final = ("jpeg", "png", "webp")
USUAL_QUALITY: Final = 92
_GRAYS: Final = ("L", "1", "I;16", "I;16B", "I")


@dataclass(frozen=True, slots=True)
class Frame:
    """Upright pixels with their shapes, and how they are to be written.

    `size` is the width and height of the picture itself; `picture` may be a small likeness of it, with shapes in
    its own pixels. `orientation`, `mode` and `format` are of the file it came from; `to_format` and `gray` of the
    file to be written, which is only written where something is `changed`. `approximate` says that the size was
    guessed from a likeness.
    """

    picture: Picture
    size: Size
    orientation: int
    mode: str
    format: str
    to_format: str
    gray: bool
    quality: int = USUAL_QUALITY
    changed: bool = False
    approximate: bool = False

    @classmethod
    def of(cls, picture: Picture, size: Size, *, orientation: int, mode: str, file_format: str) -> "Frame":
        """As it came."""
        to_format = file_format if file_format in WRITTEN else "png"
        return cls(picture, size, orientation, mode, file_format, to_format, gray=mode in _GRAYS)

    @property
    def is_likeness(self) -> bool:
        """Whether the pixels are fewer than the picture's."""
        return self.picture.size != self.size

    def cropped(self, left: int, top: int, width: int, height: int) -> "Frame":
        """The part that begins at (`left`, `top`), in pixels of the picture itself; itself where that is all."""
        if (left, top, width, height) == (0, 0, *self.size):
            return self
        small = self.picture.size
        across, along = small[0] / self.size[0], small[1] / self.size[1]
        x, y = round(left * across), round(top * along)
        w = min(max(1, round(width * across)), small[0] - x)
        h = min(max(1, round(height * along)), small[1] - y)
        matrix = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]], np.float64)
        shapes = shapes_moved(self.picture.shapes, matrix, (w, h))
        pixels = np.ascontiguousarray(self.picture.pixels[y : y + h, x : x + w])
        return replace(self, picture=Picture(pixels, shapes), size=(width, height), changed=True)

    def resized(self, width: int, height: int) -> "Frame":
        """In another size; a likeness keeps its pixels."""
        if (width, height) == self.size:
            return self
        if self.is_likeness:
            return replace(self, size=(width, height), changed=True)
        how = cv2.INTER_AREA if width < self.size[0] else cv2.INTER_CUBIC
        pixels = np.asarray(cv2.resize(self.picture.pixels, (width, height), interpolation=how), np.uint8)
        matrix = np.diag([width / self.size[0], height / self.size[1], 1.0])
        shapes = shapes_moved(self.picture.shapes, matrix, (width, height))
        return replace(self, picture=Picture(pixels, shapes), size=(width, height), changed=True)

    def written(self) -> bytes:
        """The file: pixels and nothing else, no EXIF, profile or comment."""
        pixels = np.ascontiguousarray(self.picture.pixels)
        luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if self.gray else None
        if self.to_format == "jpeg":
            if luma is not None:
                gray: bytes = simplejpeg.encode_jpeg(luma[:, :, None], self.quality, "GRAY", "Gray")
                return gray
            color: bytes = simplejpeg.encode_jpeg(pixels, self.quality, "RGB", "444")
            return color
        kept = luma if luma is not None else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
        options = [cv2.IMWRITE_WEBP_QUALITY, self.quality] if self.to_format == "webp" else []
        is_made, encoded = cv2.imencode(f".{self.to_format}", kept, options)
        if not is_made:
            raise ValueError("the picture cannot be written")
        return encoded.tobytes()


class PictureOperator(Operator, ABC):
    """Looks at a frame and answers another, or the same object where nothing is to be done."""

    @abstractmethod
    def apply(self, frame: Frame) -> Frame:
        """Sizes and places are of the picture itself, so that a small likeness shows what a large one gets."""
