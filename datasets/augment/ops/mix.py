"""Several pictures made into one. Pure. Without partners these leave a picture as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import cv2
import numpy as np

from core.params import param
from datasets.augment.base import Group, Partners, PictureOperator, Rng, rounded
from datasets.augment.forms import share_hidden
from datasets.augment.ops.cover import points_hidden
from datasets.augment.picture import (
    MIN_VISIBLE,
    Mask,
    Matrix,
    Picture,
    Shape,
    box_of,
    shapes_moved,
)

Place = tuple[int, int, int, int]
_LARGEST_PASTE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Mosaic(PictureOperator):
    """Four pictures around a crossing (Bochkovskiy et al., YOLOv4, arXiv 2004.10934, sec. 3.3).

    Statements about a whole picture keep the share of the area that their picture got as their weight.
    """

    key: ClassVar[str] = "mosaic"
    group: ClassVar[Group] = "mix"
    moves: ClassVar[bool] = True
    mixes: ClassVar[bool] = True
    off_center: float = param(
        0.3,
        "Off center",
        "How far the crossing may be from the middle, 0.5 is a side.",
        minimum=0,
        maximum=0.4,
    )

    def apply(self, picture: Picture, rng: Rng, partners: Partners | None) -> Picture:
        """Each part is covered by its picture, scaled as little as possible, format kept."""
        right, down = rng.uniform(-1, 1, 2) * self.off_center
        draws, cuts, start = rng.random(3), rng.random((4, 2)), int(rng.integers(0, 4))
        if partners is None:
            return picture
        (width, height), canvas = picture.size, np.empty_like(picture.pixels)
        x = min(max(1, round(width * (0.5 + right))), max(1, width - 1))
        y = min(max(1, round(height * (0.5 + down))), max(1, height - 1))
        places = ((0, 0, x, y), (x, 0, width - x, y), (x, y, width - x, height - y), (0, y, x, height - y))
        shapes: list[Shape] = []
        for i, part in enumerate([picture, *(as_partner(partners(float(draw))) for draw in draws)]):
            place = places[(start + i) % 4]
            if min(place[2:]) > 0:
                shapes += _laid(part, canvas, place, cuts[i])
        return Picture(canvas, tuple(shapes))


@dataclass(frozen=True, slots=True)
class Mixup(PictureOperator):
    """Two pictures blended (Zhang et al., arXiv 1710.09412); each statement has its picture's share as weight."""

    key: ClassVar[str] = "mixup"
    group: ClassVar[Group] = "mix"
    mixes: ClassVar[bool] = True
    alpha: float = param(
        0.4,
        "Evenness",
        "Of the Beta distribution of the share; larger is nearer to halves.",
        minimum=0.05,
        maximum=8,
    )

    def apply(self, picture: Picture, rng: Rng, partners: Partners | None) -> Picture:
        """The partner is the lighter one, so that the picture stays itself."""
        share, draw, cut = float(rng.beta(self.alpha, self.alpha)), float(rng.random()), rng.random(2)
        if partners is None:
            return picture
        own = max(share, 1 - share)
        other = covering(as_partner(partners(draw)), picture.size, cut)
        blend = picture.pixels * np.float32(own) + other.pixels * np.float32(1 - own)
        return Picture(rounded(blend), _weighed(picture.shapes, own) + _weighed(other.shapes, 1 - own))


@dataclass(frozen=True, slots=True)
class CopyPaste(PictureOperator):
    """Objects of another picture laid over this one (Ghiasi et al., arXiv 2012.07177); by mask, else by box."""

    key: ClassVar[str] = "copy_paste"
    group: ClassVar[Group] = "mix"
    moves: ClassVar[bool] = True
    mixes: ClassVar[bool] = True
    objects: int = param(2, "Objects", "Most objects that are laid over.", minimum=1, maximum=10)

    def apply(self, picture: Picture, rng: Rng, partners: Partners | None) -> Picture:
        """Objects keep their size, up to half a side. What they hide but for MIN_VISIBLE is dropped."""
        draw, order, spots = float(rng.random()), rng.random(64), rng.random((self.objects, 2))
        if partners is None:
            return picture
        donor = as_partner(partners(draw))
        placed = [shape for shape in donor.shapes if shape.has_place][: len(order)]
        chosen = sorted(range(len(placed)), key=lambda i: float(order[i]))[: self.objects]
        pixels, shapes = picture.pixels.copy(), list(picture.shapes)
        for spot, index in zip(spots, chosen, strict=False):
            cut = _cut_out(donor, placed[index], picture.size)
            if cut is not None:
                shapes = _pasted(pixels, shapes, cut, (float(spot[0]), float(spot[1])))
        return Picture(pixels, tuple(shapes))


def as_partner(picture: Picture) -> Picture:
    """Its shapes came from elsewhere."""
    return Picture(picture.pixels, tuple(replace(shape, source=-1) for shape in picture.shapes))


def resized(picture: Picture, size: tuple[int, int]) -> Picture:
    """Scaled to width and height `size`; by area where it shrinks."""
    if size == picture.size:
        return picture
    across, along = size[0] / picture.size[0], size[1] / picture.size[1]
    way = cv2.INTER_AREA if min(across, along) < 1 else cv2.INTER_LINEAR
    pixels = np.asarray(cv2.resize(picture.pixels, size, interpolation=way), np.uint8)
    return Picture(pixels, shapes_moved(picture.shapes, np.diag([across, along, 1.0]), size))


def covering(picture: Picture, size: tuple[int, int], cut: Sequence[float] | np.ndarray) -> Picture:
    """Scaled, format kept, until it covers `size`; `cut` says in 0..1 which part of the longer way is seen."""
    width, height = picture.size
    scale = max(size[0] / width, size[1] / height)
    large = resized(picture, (max(size[0], round(width * scale)), max(size[1], round(height * scale))))
    x, y = (round(float(cut[i]) * (large.size[i] - size[i])) for i in (0, 1))
    matrix = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]], np.float64)
    pixels = large.pixels[y : y + size[1], x : x + size[0]]
    return Picture(np.ascontiguousarray(pixels), shapes_moved(large.shapes, matrix, size))


def _laid(part: Picture, canvas: np.ndarray, place: Place, cut: np.ndarray) -> list[Shape]:
    x, y, w, h = place
    height, width = canvas.shape[:2]
    covered = covering(part, (w, h), cut)
    canvas[y : y + h, x : x + w] = covered.pixels
    matrix = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)
    moved = shapes_moved(covered.shapes, matrix, (width, height))
    area = w * h / (width * height)
    return [s if s.has_place else replace(s, weight=s.weight * area) for s in moved]


def _weighed(shapes: Sequence[Shape], share: float) -> tuple[Shape, ...]:
    return tuple(replace(shape, weight=shape.weight * share) for shape in shapes)


@dataclass(frozen=True, slots=True)
class _Cut:
    """An object cut out: (h, w, 3) pixels, (h, w) mask, its shape as it was, and where it was and is by `matrix`."""

    pixels: np.ndarray
    mask: Mask
    shape: Shape
    matrix: Matrix


def _cut_out(donor: Picture, shape: Shape, room: tuple[int, int]) -> _Cut | None:
    box = box_of(shape.mask) if shape.mask is not None else shape.box
    if box is None:
        return None
    left, top = max(0, round(box[0])), max(0, round(box[1]))
    right, bottom = min(donor.size[0], round(box[0] + box[2])), min(donor.size[1], round(box[1] + box[3]))
    if right <= left or bottom <= top:
        return None
    pixels = donor.pixels[top:bottom, left:right]
    whole = np.ones(pixels.shape[:2], np.bool_)
    area = shape.area(donor.size)
    mask = whole if area is None else area[top:bottom, left:right]
    scale = min(1.0, *(_LARGEST_PASTE * room[i] / pixels.shape[1 - i] for i in (0, 1)))
    size = tuple(max(1, round(pixels.shape[1 - i] * scale)) for i in (0, 1))
    if scale < 1:
        pixels = np.asarray(
            cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA), np.uint8
        )
        mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(np.bool_)
    sides = (size[0] / (right - left), size[1] / (bottom - top)) if scale < 1 else (1.0, 1.0)
    matrix = np.array([[sides[0], 0, -left * sides[0]], [0, sides[1], -top * sides[1]], [0, 0, 1]])
    return _Cut(pixels, mask, shape, matrix)


def _pasted(canvas: np.ndarray, under: list[Shape], cut: _Cut, spot: tuple[float, float]) -> list[Shape]:
    height, width = canvas.shape[:2]
    h, w = cut.mask.shape
    x, y = round(spot[0] * (width - w)), round(spot[1] * (height - h))
    hidden = np.zeros((height, width), np.bool_)
    hidden[y : y + h, x : x + w] = cut.mask
    canvas[y : y + h, x : x + w][cut.mask] = cut.pixels[cut.mask]
    place = box_of(hidden)
    if place is None:
        return under
    mask = hidden if cut.shape.mask is not None else None
    kept = [left for shape in under if (left := _below(shape, hidden)) is not None]
    if cut.shape.form is None:
        return [*kept, replace(cut.shape, box=place, mask=mask)]
    shift = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)
    return [*kept, *shapes_moved([cut.shape], shift @ cut.matrix, (width, height))]


def _below(shape: Shape, hidden: Mask) -> Shape | None:
    """What is left of a shape under a pasted object: of a mask or a polygon what is seen, of a box all of it.

    A polygon of which a part is hidden becomes a mask.
    """
    is_polygon = shape.form is not None and shape.form.kind == "polygon"
    area = shape.area((hidden.shape[1], hidden.shape[0])) if is_polygon else shape.mask
    if area is not None:
        seen = area & ~hidden
        box = box_of(seen)
        if box is None or seen.sum() < MIN_VISIBLE * area.sum():
            return None
        is_whole = is_polygon and bool(np.array_equal(seen, area))
        return shape if is_whole else replace(shape, mask=seen, box=box, form=None)
    if shape.form is not None:
        is_gone = share_hidden(shape.form, hidden) > 1 - MIN_VISIBLE
        return None if is_gone else points_hidden(shape, hidden)
    if shape.box is None:
        return shape
    x, y, w, h = shape.box
    covered = hidden[int(y) : int(np.ceil(y + h)), int(x) : int(np.ceil(x + w))]
    return None if covered.size and float(covered.mean()) > 1 - MIN_VISIBLE else shape
