"""Which parts of two answers mean the same. Pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    """How two answers to one sample compare, for every class that either of them names."""
    both: Counter[str] = Counter(left[pair.left].label for pair in shapes_match(left, right, min_iou))
    mine, theirs = _marks(left), _marks(right)
    both.update(mine & theirs)
    found: dict[str, Counts] = {}
    for label in sorted({shape.label for shape in (*left, *right)}):
        of_left = sum(shape.label == label for shape in left)
        of_right = sum(shape.label == label for shape in right)
        found[label] = Counts(both[label], of_left - both[label], of_right - both[label])
    return found


def _marks(shapes: Sequence[Shape]) -> set[str]:
    return {shape.label for shape in shapes if shape.extent is None}


Span = tuple[int, int, str]


def spans_f1(left: Sequence[Span], right: Sequence[Span], *, overlapping: bool = False) -> float:
    """F1 of two people's spans `(start, end, class)`, end excluded, in code points; 1.0 when both have none.

    Exact bounds and class, as in CoNLL-2003 (Tjong Kim Sang and De Meulder 2003); `overlapping` pairs spans of
    one class that share a character, each at most once (MUC's partial match).
    """
    if not left and not right:
        return 1.0
    if not overlapping:
        same = sum((Counter(left) & Counter(right)).values())
        return 2 * same / (len(left) + len(right))
    return 2 * _spans_paired(_by_class(left), _by_class(right)) / (len(left) + len(right))


def _by_class(spans: Sequence[Span]) -> Mapping[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for start, end, label in spans:
        found[label].append((start, end))
    return found


def _spans_paired(
    left: Mapping[str, list[tuple[int, int]]], right: Mapping[str, list[tuple[int, int]]]
) -> int:
    paired = 0
    for label, mine in left.items():
        pairs = [
            (min(a[1], b[1]) - max(a[0], b[0]), i, j)
            for i, a in enumerate(mine)
            for j, b in enumerate(right.get(label, ()))
            if a[0] < b[1] and b[0] < a[1]
        ]
        used_left: set[int] = set()
        used_right: set[int] = set()
        for _, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
            if i not in used_left and j not in used_right:
                used_left.add(i)
                used_right.add(j)
        paired += len(used_left)
    return paired
