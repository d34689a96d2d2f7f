"""What people made of what a machine said. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

# Fewer answers than this tell nothing about time.
LEAST: Final = 5
_SAME_PX: Final = 0.5
_FORMS: Final = ("rotated", "polygon", "polyline", "keypoints", "start", "end")

Shape = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of the proposed shapes: kept as they were, changed, thrown away; and how many were drawn besides."""

    accepted: int = 0
    changed: int = 0
    rejected: int = 0
    added: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.accepted + other.accepted,
            self.changed + other.changed,
            self.rejected + other.rejected,
            self.added + other.added,
        )

    @property
    def rate(self) -> float | None:
        """Share of the proposed that was kept as it was; None of none."""
        proposed = self.accepted + self.changed + self.rejected
        return self.accepted / proposed if proposed else None


def outcome_of(proposed: Sequence[Shape], answered: Sequence[Shape]) -> Outcome:
    """Shapes are known again by their ids."""
    mine = {shape["id"]: shape for shape in answered}
    ids = {shape["id"] for shape in proposed}
    kept = [shape for shape in proposed if shape["id"] in mine]
    accepted = sum(_is_same(shape, mine[shape["id"]]) for shape in kept)
    return Outcome(
        accepted=accepted,
        changed=len(kept) - accepted,
        rejected=len(proposed) - len(kept),
        added=sum(shape["id"] not in ids for shape in answered),
    )


def seconds_saved(helped: Sequence[float], alone: Sequence[float]) -> float | None:
    """Median seconds a sample less than without help; negative when it took longer, None when too few are known."""
    if len(helped) < LEAST or len(alone) < LEAST:
        return None
    return round(median(alone) - median(helped), 1)


def _is_same(one: Shape, other: Shape) -> bool:
    if one["label"] != other["label"] or one["kind"] != other["kind"]:
        return False
    if any(one.get(name) != other.get(name) for name in _FORMS):
        return False
    if one.get("mask") is not None and one["mask"] != other.get("mask"):
        return False
    boxes = one.get("box") or (), other.get("box") or ()
    return len(boxes[0]) == len(boxes[1]) and all(abs(a - b) <= _SAME_PX for a, b in zip(*boxes, strict=True))
