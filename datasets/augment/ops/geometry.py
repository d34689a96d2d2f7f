"""Operators that move pixels, and boxes and masks with them. Pure."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from core.params import param
from datasets.augment.base import Group, Partners, PictureOperator, Rng, WarpOperator
from datasets.augment.picture import FILLS, Matrix, Picture, shapes_moved


def fill_param() -> Any:
    """What stands where the source has nothing.

    Gray by default: a mirrored edge may show an object a second time, without a box.
    """
    return param("gray", "Fill", "What stands where the source has no pixels.", choices=FILLS)


@dataclass(frozen=True, slots=True)
class FlipHorizontal(PictureOperator):
    """Left and right change places."""

    key: ClassVar[str] = "flip_horizontal"
    group: ClassVar[Group] = "geometry"
    moves: ClassVar[bool] = True

    def apply(self, picture: Picture, rng: Rng, partners: Partners | None) -> Picture:
        """Exact."""
        matrix = np.array([[-1, 0, picture.size[0]], [0, 1, 0], [0, 0, 1]], np.float64)
        shapes = shapes_moved(picture.shapes, matrix, picture.size)
        return Picture(np.ascontiguousarray(picture.pixels[:, ::-1]), shapes)


@dataclass(frozen=True, slots=True)
class FlipVertical(PictureOperator):
    """Top and bottom change places."""

    key: ClassVar[str] = "flip_vertical"
    group: ClassVar[Group] = "geometry"
    moves: ClassVar[bool] = True

    def apply(self, picture: Picture, rng: Rng, partners: Partners | None) -> Picture:
        """Exact."""
        matrix = np.array([[1, 0, 0], [0, -1, picture.size[1]], [0, 0, 1]], np.float64)
        shapes = shapes_moved(picture.shapes, matrix, picture.size)
        return Picture(np.ascontiguousarray(picture.pixels[::-1]), shapes)


@dataclass(frozen=True, slots=True)
class QuarterTurn(PictureOperator):
    """One, two or three quarter turns, each as likely; width and height may change places."""

    key: ClassVar[str] = "quarter_turn"
    group: ClassVar[Group] = "geometry"
    moves: ClassVar[bool] = True
    half_only: bool = param(False, "Half turns only", "Upside down, so that the format stays.")

    def apply(self, picture: Picture, rng: Rng, partners: Partners | None) -> Picture:
        """Exact."""
        turns = int(rng.integers(1, 4))
        turns = 2 if self.half_only else turns
        width, height = picture.size
        matrix, size = np.eye(3), (width, height)
        for _ in range(turns):
            counterclockwise = np.array([[0, 1, 0], [-1, 0, size[0]], [0, 0, 1]], np.float64)
            matrix, size = counterclockwise @ matrix, (size[1], size[0])
        shapes = shapes_moved(picture.shapes, matrix, size)
        return Picture(np.ascontiguousarray(np.rot90(picture.pixels, turns)), shapes)


@dataclass(frozen=True, slots=True)
class Rotate(WarpOperator):
    """A turn about the center; what leaves the picture is lost."""

    key: ClassVar[str] = "rotate"
    group: ClassVar[Group] = "geometry"
    degrees: float = param(15.0, "Largest angle", "In degrees, either way.", minimum=0, maximum=180)
    fill: str = fill_param()

    def matrix(self, width: int, height: int, rng: Rng) -> Matrix:
        """About the center."""
        return about_center(_turn(rng.uniform(-1, 1) * self.degrees), width, height)


@dataclass(frozen=True, slots=True)
class Affine(WarpOperator):
    """Turn, zoom, shift and shear in one interpolation."""

    key: ClassVar[str] = "affine"
    group: ClassVar[Group] = "geometry"
    degrees: float = param(10.0, "Largest angle", "In degrees, either way.", minimum=0, maximum=180)
    zoom: float = param(
        0.2, "Zoom", "Largest change of scale; 0.2 is from 1/1.2 to 1.2.", minimum=0, maximum=1
    )
    shift: float = param(0.1, "Shift", "Largest shift as a share of each side.", minimum=0, maximum=0.5)
    shear: float = param(0.0, "Shear", "Largest slant, sideways a unit of height.", minimum=0, maximum=0.5)
    fill: str = fill_param()

    def matrix(self, width: int, height: int, rng: Rng) -> Matrix:
        """Shear first, then turn and zoom, all about the center; then the shift."""
        angle, zoom, shear, right, down = rng.uniform(-1, 1, 5)
        linear = _turn(angle * self.degrees) * (1 + self.zoom) ** zoom
        moved = about_center(linear @ np.array([[1, shear * self.shear], [0, 1]]), width, height)
        moved[:2, 2] += (right * self.shift * width, down * self.shift * height)
        return moved


@dataclass(frozen=True, slots=True)
class Perspective(WarpOperator):
    """As seen from a little to the side: each corner comes inward by its own share."""

    key: ClassVar[str] = "perspective"
    group: ClassVar[Group] = "geometry"
    amount: float = param(
        0.1, "Amount", "How far a corner may move, as a share of each side.", minimum=0, maximum=0.3
    )
    fill: str = fill_param()

    def matrix(self, width: int, height: int, rng: Rng) -> Matrix:
        """The homography of four corners (eight linear equations)."""
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * (width, height)
        return homography(source, source + rng.uniform(0, self.amount, (4, 2)) * inward)


@dataclass(frozen=True, slots=True)
class Crop(PictureOperator):
    """A part of the picture at full resolution; the result is smaller."""

    key: ClassVar[str] = "crop"
    group: ClassVar[Group] = "geometry"
    moves: ClassVar[bool] = True
    smallest: float = param(
        0.6, "Smallest part", "Least share of each side that is kept.", minimum=0.1, maximum=1
    )
    keep_format: bool = param(True, "Keep the format", "Take the same share of both sides.")

    def apply(self, picture: Picture, rng: Rng, partners: Partners | None) -> Picture:
        """Exact: the frame lies on whole pixels."""
        across, along, left, top = rng.random(4)
        along = across if self.keep_format else along
        width, height = picture.size
        kept_w = max(1, round(width * (self.smallest + (1 - self.smallest) * across)))
        kept_h = max(1, round(height * (self.smallest + (1 - self.smallest) * along)))
        x, y = round(left * (width - kept_w)), round(top * (height - kept_h))
        matrix = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]], np.float64)
        shapes = shapes_moved(picture.shapes, matrix, (kept_w, kept_h))
        return Picture(np.ascontiguousarray(picture.pixels[y : y + kept_h, x : x + kept_w]), shapes)


def about_center(linear: Matrix, width: int, height: int) -> Matrix:
    """A 2 x 2 map with the center of the picture held still, as 3 x 3."""
    center = np.array([width / 2, height / 2])
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = linear, center - linear @ center
    return matrix


def homography(source: Matrix, target: Matrix) -> Matrix:
    """The 3 x 3 matrix, its last entry 1, that takes four points (4, 2) to four others."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    solved = np.linalg.solve(np.array(rows), target.reshape(-1))
    return np.append(solved, 1.0).reshape(3, 3)


def _turn(degrees: float) -> Matrix:
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
