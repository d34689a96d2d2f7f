"""Parts hidden. Pure."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.params import param
from datasets.augment.base import Group, Partners, PictureOperator, Rng
from datasets.augment.forms import keypoints_hidden, share_hidden
from datasets.augment.picture import MIN_VISIBLE, Mask, Picture, Shape


@dataclass(frozen=True, slots=True)
class Cutout(PictureOperator):
    """Gray rectangles over the picture (DeVries, Taylor, arXiv 1708.04552).

    A shape stays where it is, since an object goes on behind what hides it; one that is hidden but for
    MIN_VISIBLE of it is dropped.
    """

    key: ClassVar[str] = "cutout"
    group: ClassVar[Group] = "cover"
    holes: int = param(2, "Holes", "How many.", minimum=1, maximum=16)
    largest: float = param(
        0.25, "Largest", "Longest side as a share of the picture's.", minimum=0, maximum=0.6
    )

    def apply(self, picture: Picture, rng: Rng, partners: Partners | None) -> Picture:
        """Sides from half the longest up to it; a hole may hang over the edge."""
        width, height = picture.size
        hidden = np.zeros((height, width), np.bool_)
        for across, along, x, y in rng.random((self.holes, 4)):
            w, h = width * self.largest * (0.5 + across / 2), height * self.largest * (0.5 + along / 2)
            left, top = x * width - w / 2, y * height - h / 2
            hidden[_span(top, h, height), _span(left, w, width)] = True
        pixels = picture.pixels.copy()
        pixels[hidden] = 127
        kept = (shape for shape in picture.shapes if not _is_hidden(shape, hidden))
        return Picture(pixels, tuple(points_hidden(shape, hidden) for shape in kept))


def _span(start: float, length: float, limit: int) -> slice:
    return slice(max(0, round(start)), min(limit, max(0, round(start + length))))


def points_hidden(shape: Shape, hidden: Mask) -> Shape:
    """Key points under what hides them are hidden, and still there."""
    if shape.form is None or shape.form.kind != "keypoints":
        return shape
    return replace(shape, form=keypoints_hidden(shape.form, hidden))


def _is_hidden(shape: Shape, hidden: Mask) -> bool:
    if shape.form is not None:
        return share_hidden(shape.form, hidden) > 1 - MIN_VISIBLE
    if shape.mask is not None:
        covered = hidden[shape.mask]
    elif shape.box is not None:
        x, y, w, h = shape.box
        covered = hidden[int(y) : int(np.ceil(y + h)), int(x) : int(np.ceil(x + w))]
    else:
        return False
    return covered.size > 0 and float(covered.mean()) > 1 - MIN_VISIBLE
