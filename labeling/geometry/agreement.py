"""How far two people agree about one sample."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.geometry.iou import iou_matrix
from labeling.geometry.shapes import Shape

DEFAULT_IOU = 0.5


@dataclass(frozen=True)
class Match:
    """Row `left` of one person and row `right` of the other that mean the same object."""

    left: int
    right: int
    iou: float


def boxes_match(left: Sequence[Shape], right: Sequence[Shape], min_iou: float = DEFAULT_IOU) -> list[Match]:
    """One-to-one pairs of boxes with the same class, best overlap first, at least `min_iou`.

    Greedy as in the COCO evaluation (cocoeval.evaluateImg), but symmetric: equal overlaps go by index.
    """
    if not left or not right:
        return []
    overlap = iou_matrix(_boxes(left), _boxes(right))
    same = np.array([[a.label == b.label for b in right] for a in left])
    rows, columns = np.nonzero(same & (overlap >= min_iou))
    pairs = sorted(zip(rows.tolist(), columns.tolist(), strict=True), key=lambda p: (-overlap[p], p))
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    found: list[Match] = []
    for row, column in pairs:
        if row not in taken_left and column not in taken_right:
            found.append(Match(row, column, float(overlap[row, column])))
            taken_left.add(row)
            taken_right.add(column)
    return found


def sample_agreement(left: Sequence[Shape], right: Sequence[Shape], min_iou: float = DEFAULT_IOU) -> float:
    """Agreement 0..1 of two answers to one sample: the F1 of classes and matched boxes; 1.0 when both are empty."""
    total = len(left) + len(right)
    if total == 0:
        return 1.0
    classes = {s.label for s in left if s.kind == "class"} & {s.label for s in right if s.kind == "class"}
    boxes = boxes_match([s for s in left if s.box], [s for s in right if s.box], min_iou)
    return 2 * (len(classes) + len(boxes)) / total


def cohen_kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Agreement of two people beyond chance over pairs of classes (Cohen 1960, eq. 1).

    None without pairs, and when both used one class only: chance alone would explain everything.
    """
    seen = list(pairs)
    if not seen:
        return None
    classes = {label for pair in seen for label in pair}
    observed = sum(a == b for a, b in seen) / len(seen)
    expected = (
        sum(sum(a == label for a, _ in seen) * sum(b == label for _, b in seen) for label in classes)
        / len(seen) ** 2
    )
    return None if expected == 1 else (observed - expected) / (1 - expected)


def _boxes(shapes: Sequence[Shape]) -> NDArray[np.float64]:
    return np.array([shape.box for shape in shapes], dtype=np.float64)
