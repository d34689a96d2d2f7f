"""A picture with what is said of it, and how labels follow pixels. Pure.

Coordinates are continuous: pixel (row i, column j) covers [j, j + 1) x [i, i + 1), origin top-left, so that
the box of a whole picture is [0, 0, width, height]. A `Matrix` is a 3 x 3 homography from the source to the
result in these coordinates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.augment.forms import form_moved
from datasets.geometry.forms import Form

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Matrix = NDArray[np.float64]
Box = tuple[float, float, float, float]
Points = NDArray[np.float64]

# The same bytes for the same seed, and no threads beside those of whoever runs many pictures at once.
cv2.setNumThreads(0)

# Less of an object than this share of it says too little to be learned as that object.
MIN_VISIBLE: Final = 0.2
MIN_SIDE_PX: Final = 1.0
_FILLS: Final = {
    "gray": (cv2.BORDER_CONSTANT, (127.0, 127.0, 127.0)),
    "black": (cv2.BORDER_CONSTANT, (0.0, 0.0, 0.0)),
    "edge": (cv2.BORDER_REPLICATE, (0.0, 0.0, 0.0)),
    "reflect": (cv2.BORDER_REFLECT_101, (0.0, 0.0, 0.0)),
}
FILLS: Final = tuple(_FILLS)


@dataclass(frozen=True, slots=True)
class Shape:
    """One statement of a class. Without box, mask and form it is about the whole picture.

    `box` is x, y, width, height; `mask` is (H, W) of the picture; `form` is any other geometry, which the
    box is around. `weight` is below 1 where pictures were blended. `source` is the position among the shapes
    that came in, -1 for what came from a partner. `mirror` is the one of the class's skeleton.
    """

    label: int
    box: Box | None = None
    mask: Mask | None = None
    weight: float = 1.0
    source: int = -1
    form: Form | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    mirror: tuple[int, ...] = ()

    @property
    def has_place(self) -> bool:
        """Whether it says where."""
        return self.box is not None or self.mask is not None or self.form is not None

    @property
    def has_area(self) -> bool:
        """Whether it fills something: lines and key points do not."""
        return self.form is None or self.form.kind in ("polygon", "rotated_box")

    def area(self, size: tuple[int, int]) -> Mask | None:
        """(H, W): the pixels of a mask, a polygon or a turned box; None for what is only its box or has no area."""
        if self.mask is not None or self.form is None or self.form.kind not in ("polygon", "rotated_box"):
            return self.mask
        return self.form.mask(*size)


@dataclass(frozen=True, slots=True)
class Picture:
    """(H, W, 3) uint8 RGB pixels and the shapes on them."""

    pixels: Pixels
    shapes: tuple[Shape, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def with_pixels(self, pixels: Pixels) -> "Picture":
        """The same shapes on other pixels of the same size."""
        return Picture(np.ascontiguousarray(pixels), self.shapes)


def warped(picture: Picture, matrix: Matrix, size: tuple[int, int], fill: str) -> Picture:
    """Pixels by bilinear interpolation, shapes by the same matrix; `size` is width and height."""
    mode, color = _FILLS[fill]
    of_centers = _shift(-0.5) @ matrix @ _shift(0.5)
    pixels = cv2.warpPerspective(
        picture.pixels, of_centers, size, flags=cv2.INTER_LINEAR, borderMode=mode, borderValue=color
    )
    return Picture(np.asarray(pixels, np.uint8), tuple(_moved(picture.shapes, matrix, size)))


def shapes_moved(shapes: Sequence[Shape], matrix: Matrix, size: tuple[int, int]) -> tuple[Shape, ...]:
    """Where the shapes are after `matrix`, on a picture of width and height `size`.

    What is left with less than MIN_VISIBLE of its area, or thinner than MIN_SIDE_PX, is dropped.
    """
    return tuple(_moved(shapes, matrix, size))


def box_of(mask: Mask) -> Box | None:
    """The tight box of what is set; None for an empty mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    top, left = float(rows[0]), float(columns[0])
    return left, top, float(columns[-1]) + 1 - left, float(rows[-1]) + 1 - top


def mask_resized(mask: Mask, width: int, height: int) -> Mask:
    """By the nearest pixel."""
    resized = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(resized, np.bool_)


def corners_of(box: Box) -> Points:
    """(4, 2), clockwise from the top-left."""
    x, y, w, h = box
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float64)


def points_moved(points: Points, matrix: Matrix) -> Points:
    """(n, 2) points through a homography."""
    moved = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:], np.float64)


def polygon_clipped(polygon: Points, size: tuple[int, int]) -> Points:
    """The part of a convex polygon inside [0, width] x [0, height], maybe empty (Sutherland-Hodgman)."""
    for axis, limit, sign in ((0, 0.0, 1.0), (1, 0.0, 1.0), (0, size[0], -1.0), (1, size[1], -1.0)):
        inside = sign * (polygon[:, axis] - limit)
        kept: list[NDArray[np.float64]] = []
        for i in range(len(polygon)):
            a, b, j = inside[i - 1], inside[i], i - 1
            if (a < 0) != (b < 0):
                kept.append(polygon[j] + (polygon[i] - polygon[j]) * (a / (a - b)))
            if b >= 0:
                kept.append(polygon[i])
        polygon = np.array(kept, np.float64).reshape(-1, 2)
    return np.clip(polygon, 0, size)


def area_of(polygon: Points) -> float:
    """Area of a simple polygon."""
    x, y = polygon[:, 0], polygon[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2) if len(polygon) else 0.0


def _moved(shapes: Sequence[Shape], matrix: Matrix, size: tuple[int, int]) -> Iterator[Shape]:
    for shape in shapes:
        moved = _shape_moved(shape, matrix, size) if shape.has_place else shape
        if moved is not None:
            yield moved


def _shape_moved(shape: Shape, matrix: Matrix, size: tuple[int, int]) -> Shape | None:
    if shape.form is not None:
        moved = form_moved(shape.form, matrix, size, least=MIN_VISIBLE, mirror=shape.mirror)
        is_thin = moved is None or (shape.has_area and min(moved[1][2:]) < MIN_SIDE_PX)
        return None if moved is None or is_thin else replace(shape, form=moved[0], box=moved[1])
    box = shape.box if shape.mask is None else box_of(shape.mask)
    if box is None:
        return None
    quad = points_moved(corners_of(box), matrix)
    visible = polygon_clipped(quad, size)
    if area_of(visible) < MIN_VISIBLE * area_of(quad):
        return None
    mask = None if shape.mask is None else _mask_moved(shape.mask, matrix, size)
    # The mask is the finer word: its box is tighter than the box of a turned box.
    new = _bounds(visible) if mask is None else box_of(mask)
    if new is None or min(new[2:]) < MIN_SIDE_PX:
        return None
    return replace(shape, box=new, mask=mask)


def _mask_moved(mask: Mask, matrix: Matrix, size: tuple[int, int]) -> Mask:
    of_centers = _shift(-0.5) @ matrix @ _shift(0.5)
    moved = cv2.warpPerspective(mask.astype(np.uint8), of_centers, size, flags=cv2.INTER_NEAREST)
    return np.asarray(moved, np.bool_)


def _bounds(polygon: Points) -> Box | None:
    if not len(polygon):
        return None
    (left, top), (right, bottom) = polygon.min(axis=0), polygon.max(axis=0)
    return float(left), float(top), float(right - left), float(bottom - top)


def _shift(by: float) -> Matrix:
    return np.array([[1, 0, by], [0, 1, by], [0, 0, 1]], np.float64)
