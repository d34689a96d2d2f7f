"""Marks that were hardly meant so, by the box around each. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

# Marks with an area, whose box says how large they are; of lines and key points it says where they are only.
AREAS: Final = ("box", "rotated_box", "polygon", "mask")
# What is told from its like by its box alone, or by what it covers inside of it; two lines may cross in one box.
COVERING: Final = (*AREAS, "keypoints")
KINDS: Final = (*COVERING, "polyline")

_TOLERANCE_PX: Final = 2.0
_TINY_PX: Final = 3.0
_TINY_USUAL: Final = 0.05
SAME_IOU: Final = 0.95
_OVERLAP_USUAL: Final = 0.2
_NEIGHBORS: Final = 8
_HUGE_SHARE: Final = 0.95
_HUGE_USUAL: Final = 0.5


@dataclass(frozen=True, slots=True)
class Boxes:
    """Columns of B marks: left, top, width and height in pixels of the upright picture of the box around each,
    the number of their picture, of their class and of their kind (in `KINDS`), and the picture's size.
    """

    x: Floats
    y: Floats
    w: Floats
    h: Floats
    picture: Rows
    label: Rows
    kind: NDArray[np.int8]
    picture_width: Floats
    picture_height: Floats

    def of_kinds(self, *kinds: str) -> Mask:
        """Which are of these, (B,)."""
        return np.isin(self.kind, [KINDS.index(kind) for kind in kinds])


# Which of P pairs whose boxes are the same truly cover each other, (P,), by two columns of numbers of marks.
Confirm = Callable[[Rows, Rows], Mask]


def by_boxes_alone(a: Rows, b: Rows) -> Mask:
    """Whose boxes are the same is the same; right for boxes and key points."""
    return np.ones(len(a), np.bool_)


def box_findings(boxes: Boxes, confirm: Confirm = by_boxes_alone) -> dict[str, Mask]:
    """Which of B marks each check names, a boolean (B,) by the code of the finding."""
    if not len(boxes.x):
        return {}
    outside = (boxes.x < -_TOLERANCE_PX) | (boxes.y < -_TOLERANCE_PX)
    outside |= boxes.x + boxes.w > boxes.picture_width + _TOLERANCE_PX
    outside |= boxes.y + boxes.h > boxes.picture_height + _TOLERANCE_PX
    tiny = _tiny(boxes)
    twice, overlap = _covering(boxes, confirm)
    return {
        "boxes_outside": outside,
        "boxes_tiny": tiny & (float(tiny.mean()) <= _TINY_USUAL),
        "boxes_twice": twice,
        "boxes_overlap": overlap & (float(overlap.mean()) <= _OVERLAP_USUAL),
        "boxes_huge": _huge(boxes),
    }


def _tiny(boxes: Boxes) -> Mask:
    """Areas thinner than three pixels, and several key points within three.

    A line is thin by nature. A single key point has a box without a side and is no fault: the others are hidden.
    """
    longer = np.maximum(boxes.w, boxes.h)
    thin = boxes.of_kinds(*AREAS) & (np.minimum(boxes.w, boxes.h) < _TINY_PX)
    return thin | (boxes.of_kinds("keypoints") & (longer > 0) & (longer < _TINY_PX))


def _huge(boxes: Boxes) -> Mask:
    """Drawn boxes of nearly all the picture, unless that is usual; an area may well be all of it: sky, a field."""
    drawn = boxes.of_kinds("box", "rotated_box")
    if not drawn.any():
        return drawn
    share = boxes.w * boxes.h / np.maximum(boxes.picture_width * boxes.picture_height, 1)
    is_usual = float(np.median(share[drawn])) > _HUGE_USUAL
    huge: Mask = drawn & (share >= _HUGE_SHARE) & (not is_usual)
    return huge


def _covering(boxes: Boxes, confirm: Confirm) -> tuple[Mask, Mask]:
    """The later of two marks of one kind on one picture that cover each other: of one class, and of two.

    Sorted by their left edge, two such boxes are neighbors; the next eight are looked at, once among those of
    the class and once among all.
    """
    within = _pairs(boxes, np.lexsort((boxes.x, boxes.label, boxes.kind, boxes.picture)), same_class=True)
    across = _pairs(boxes, np.lexsort((boxes.x, boxes.kind, boxes.picture)), same_class=False)
    found = []
    for a, b in (within, across):
        named = np.zeros(len(boxes.x), np.bool_)
        is_so = confirm(a, b)
        named[np.maximum(a[is_so], b[is_so])] = True
        found.append(named)
    return found[0], found[1]


def _pairs(boxes: Boxes, order: Rows, *, same_class: bool) -> tuple[Rows, Rows]:
    order = order[boxes.of_kinds(*COVERING)[order]]
    left: list[Rows] = []
    right: list[Rows] = []
    for step in range(1, _NEIGHBORS + 1):
        a, b = order[:-step], order[step:]
        meant = (boxes.picture[a] == boxes.picture[b]) & (boxes.kind[a] == boxes.kind[b])
        meant &= (boxes.label[a] == boxes.label[b]) == same_class
        a, b = a[meant], b[meant]
        is_so = _overlaps(boxes, a, b) > SAME_IOU
        left.append(a[is_so])
        right.append(b[is_so])
    return np.concatenate(left), np.concatenate(right)


def _overlaps(boxes: Boxes, a: Rows, b: Rows) -> Floats:
    """Intersection over union of each pair."""
    x, y, w, h = boxes.x, boxes.y, boxes.w, boxes.h
    wide = np.minimum(x[a] + w[a], x[b] + w[b]) - np.maximum(x[a], x[b])
    tall = np.minimum(y[a] + h[a], y[b] + h[b]) - np.maximum(y[a], y[b])
    shared = np.maximum(wide, 0) * np.maximum(tall, 0)
    overlap: Floats = shared / np.maximum(w[a] * h[a] + w[b] * h[b] - shared, 1e-9)
    return overlap
