"""Operators on single pictures. Pure."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from core.errors import InvalidInput
from core.params import param
from datasets.cleaning.base import Group
from datasets.cleaning.pictures.base import WRITTEN, Frame, PictureOperator

# A row or column with a smaller share of other pixels than this belongs to the border: dust, noise of a JPEG.
_LEAST_SHARE: Final = 0.01
_MAX_PIXELS: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class AutoOrient(PictureOperator):
    """What a camera noted as turned is written upright, for programs that do not look at the note.

    Pixels are upright here already, and so are the shapes: only the file changes.
    """

    key: ClassVar[str] = "auto_orient"
    group: ClassVar[Group] = "picture"

    def apply(self, frame: Frame) -> Frame:
        """Where there is such a note."""
        return replace(frame, changed=True) if frame.orientation != 1 else frame


@dataclass(frozen=True, slots=True)
class Resize(PictureOperator):
    """One side gets so many pixels, the other follows."""

    key: ClassVar[str] = "resize"
    group: ClassVar[Group] = "picture"
    side: str = param("longest", "Side", "Which side is meant.", choices=("longest", "shortest"))
    pixels: int = param(1024, "Pixels", "How long that side becomes.", minimum=16, maximum=8192)
    enlarge: bool = param(False, "Enlarge too", "Smaller pictures are enlarged, which adds nothing to them.")

    def apply(self, frame: Frame) -> Frame:
        """Never beyond what a picture may have."""
        width, height = frame.size
        now = max(width, height) if self.side == "longest" else min(width, height)
        if now == self.pixels or (now < self.pixels and not self.enlarge):
            return frame
        scale = self.pixels / now
        to = max(1, round(width * scale)), max(1, round(height * scale))
        return frame if to[0] * to[1] > _MAX_PIXELS else frame.resized(*to)


def _margin(title: str) -> float:
    margin: float = param(0.0, title, "As a share of that side of the picture.", minimum=0, maximum=0.9)
    return margin


@dataclass(frozen=True, slots=True)
class CropMargins(PictureOperator):
    """So much of every edge goes: a banner, a frame, a time stamp."""

    key: ClassVar[str] = "crop_margins"
    group: ClassVar[Group] = "picture"
    left: float = _margin("Left")
    top: float = _margin("Top")
    right: float = _margin("Right")
    bottom: float = _margin("Bottom")

    def check(self) -> None:
        """Something must be left."""
        if self.left + self.right > 0.95:
            raise InvalidInput("left and right together leave nothing", field="right")
        if self.top + self.bottom > 0.95:
            raise InvalidInput("top and bottom together leave nothing", field="bottom")

    def apply(self, frame: Frame) -> Frame:
        """Whole pixels."""
        width, height = frame.size
        x, y = round(self.left * width), round(self.top * height)
        to_x, to_y = round((1 - self.right) * width), round((1 - self.bottom) * height)
        return frame.cropped(x, y, max(1, to_x - x), max(1, to_y - y))


@dataclass(frozen=True, slots=True)
class CropCenter(PictureOperator):
    """The middle of the picture, in a shape that is asked for."""

    key: ClassVar[str] = "crop_center"
    group: ClassVar[Group] = "picture"
    shape: str = param(
        "1:1",
        "Shape",
        "Width to height; keep leaves it.",
        choices=("keep", "1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16"),
    )
    share: float = param(
        1.0, "Share", "How much of what fits is kept, of either side.", minimum=0.1, maximum=1
    )

    def apply(self, frame: Frame) -> Frame:
        """The largest part of that shape, times the share."""
        width, height = frame.size
        kept_w, kept_h = float(width), float(height)
        if self.shape != "keep":
            across, along = map(int, self.shape.split(":"))
            kept_w, kept_h = min(width, height * across / along), min(height, width * along / across)
        w, h = max(1, round(kept_w * self.share)), max(1, round(kept_h * self.share))
        return frame.cropped((width - w) // 2, (height - h) // 2, w, h)


@dataclass(frozen=True, slots=True)
class CropContent(PictureOperator):
    """A plain border goes: scans, screenshots, letterboxes."""

    key: ClassVar[str] = "crop_content"
    group: ClassVar[Group] = "picture"
    tolerance: int = param(
        12, "Tolerance", "By how many levels of 255 the border may vary.", minimum=0, maximum=100
    )
    margin: float = param(
        0.0, "Margin", "How much stays around it, of the shorter side.", minimum=0, maximum=0.3
    )

    def apply(self, frame: Frame) -> Frame:
        """Around what differs from the color that most of the edge has; a plain picture stays whole."""
        pixels = frame.picture.pixels
        edge = np.concatenate((pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]))
        color = np.median(edge, axis=0)
        differs = (np.abs(pixels.astype(np.int16) - color.astype(np.int16)) > self.tolerance).any(axis=2)
        rows = np.flatnonzero(differs.mean(axis=1) > _LEAST_SHARE)
        columns = np.flatnonzero(differs.mean(axis=0) > _LEAST_SHARE)
        if not len(rows) or not len(columns):
            return frame
        width, height = frame.size
        across, along = width / pixels.shape[1], height / pixels.shape[0]
        around = self.margin * min(width, height)
        x, y = max(0, int(columns[0] * across - around)), max(0, int(rows[0] * along - around))
        to_x = min(width, int(np.ceil((columns[-1] + 1) * across + around)))
        to_y = min(height, int(np.ceil((rows[-1] + 1) * along + around)))
        return replace(frame, approximate=frame.is_likeness).cropped(x, y, to_x - x, to_y - y)


@dataclass(frozen=True, slots=True)
class Convert(PictureOperator):
    """Another format, quality or kind of colors."""

    key: ClassVar[str] = "convert"
    group: ClassVar[Group] = "picture"
    format: str = param("keep", "Format", "Of the file.", choices=("keep", *WRITTEN))
    quality: int = param(92, "Quality", "Of JPEG and WebP.", minimum=30, maximum=100)
    colors: str = param(
        "keep",
        "Colors",
        "RGB also takes palettes, transparency, CMYK and 16 bits away.",
        choices=("keep", "rgb", "gray"),
    )

    def apply(self, frame: Frame) -> Frame:
        """A file that is so already is not written again."""
        to_format = frame.to_format if self.format == "keep" else self.format
        gray = frame.gray if self.colors == "keep" else self.colors == "gray"
        is_other = to_format != frame.format if self.format != "keep" else False
        if self.colors != "keep":
            is_other = is_other or frame.mode != ("L" if gray else "RGB")
        if not is_other and not frame.changed:
            return frame
        return replace(frame, to_format=to_format, gray=gray, quality=self.quality, changed=True)
