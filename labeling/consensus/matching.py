"""Which parts of two answers mean the same. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from labeling.consensus.links import links_compared
from labeling.consensus.overlap import Pair, pairs_overlapping
from labeling.geometry.shapes import Shape

DEFAULT_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Counts:
    """What both answers say of a class, what only the one says, and what only the other."""

    both: int = 0
    left_only: int = 0
    right_only: int = 0


def shapes_match(left: Sequence[Shape], right: Sequence[Shape], min_iou: float = DEFAULT_IOU) -> list[Pair]:
    """One-to-one pairs of shapes with the same class, best overlap first, at least `min_iou`.

    Greedy as in the COCO evaluation (cocoeval.evaluateImg), but symmetric: equal overlaps go by index.
    """
    pairs = [
        pair
        for pair in pairs_overlapping(left, right, min_iou)
        if left[pair.left].label == right[pair.right].label
    ]
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    found: list[Pair] = []
    for pair in sorted(pairs, key=lambda pair: (-pair.iou, pair.left, pair.right)):
        if pair.left not in taken_left and pair.right not in taken_right:
            found.append(pair)
            taken_left.add(pair.left)
            taken_right.add(pair.right)
    return found


def counts_by_class(
    left: Sequence[Shape], right: Sequence[Shape], min_iou: float = DEFAULT_IOU
) -> dict[str, Counts]:
    """How two answers to one sample compare, for every class that either of them names.

    A relation counts for the class of the span that it begins at, as one more thing that is said.
    """
    pairs = shapes_match(left, right, min_iou)
    both: Counter[str] = Counter(left[pair.left].label for pair in pairs)
    links = links_compared(left, right, pairs)
    mine, theirs = _marks(left), _marks(right)
    both.update(mine & theirs)
    found: dict[str, Counts] = {}
    for label in sorted({shape.label for shape in (*left, *right)}):
        of_left = sum(shape.label == label for shape in left)
        of_right = sum(shape.label == label for shape in right)
        same, mine_only, theirs_only = links.get(label, (0, 0, 0))
        found[label] = Counts(
            both[label] + same,
            of_left - both[label] + mine_only,
            of_right - both[label] + theirs_only,
        )
    return found


def _marks(shapes: Sequence[Shape]) -> set[str]:
    return {shape.label for shape in shapes if shape.extent is None}
