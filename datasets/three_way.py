"""What becomes of one sample when what was said of it there is brought here. Pure.

Three sides: `base` as it was when both were one, `here` and `there` as they are. Each is ABSENT (no such sample),
None (the sample is there, nothing is said of it) or what is said, in a form that can be compared.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """What is done; the values are names of counts."""

    ADDED = "added"
    TAKEN = "taken"
    SAME = "same"
    KEPT = "stays"
    STAYS_REMOVED = "stays_removed"
    REMOVED = "removed"
    BOTH_CHANGED = "both_changed"
    BOTH_SAID = "both_said"
    REMOVED_HERE = "removed_here"
    REMOVED_THERE = "removed_there"


class _Absent:
    """There is no such sample."""


ABSENT: Final = _Absent()
Side = Hashable | None

CONFLICTS: Final = (
    Outcome.BOTH_CHANGED,
    Outcome.BOTH_SAID,
    Outcome.REMOVED_HERE,
    Outcome.REMOVED_THERE,
)


@dataclass(frozen=True, slots=True)
class Sides:
    """One sample. `brought` is what `there` would say here, after the classes are mapped; likewise `base_here`."""

    base: Side
    here: Side
    there: Side
    base_here: Side
    brought: Side


def outcome_of(sides: Sides, *, removals: bool) -> Outcome:
    """A change of one side alone wins; what both changed, and not alike, is a conflict.

    Without a base, what one side alone says wins. What was removed there stays here unless `removals`.
    """
    if sides.there is ABSENT:
        return _removed_there(sides) if removals else Outcome.KEPT
    if sides.here is ABSENT:
        if sides.base is ABSENT:
            return Outcome.ADDED
        return Outcome.STAYS_REMOVED if _is_unchanged(sides) else Outcome.REMOVED_HERE
    if sides.brought == sides.here:
        return Outcome.SAME
    if sides.brought is None and (sides.there is not None or sides.base is ABSENT):
        return Outcome.KEPT
    if sides.base is ABSENT:
        return Outcome.TAKEN if sides.here is None else Outcome.BOTH_SAID
    if _is_unchanged(sides):
        return Outcome.KEPT
    return Outcome.TAKEN if _is_as_it_was(sides) else Outcome.BOTH_CHANGED


def _removed_there(sides: Sides) -> Outcome:
    if sides.base is ABSENT or sides.here is ABSENT:
        return Outcome.KEPT
    return Outcome.REMOVED if _is_as_it_was(sides) else Outcome.REMOVED_THERE


def _is_unchanged(sides: Sides) -> bool:
    """There. The base may be a version of either data set, so its classes may have the names of either."""
    return sides.there == sides.base or sides.brought == sides.base_here


def _is_as_it_was(sides: Sides) -> bool:
    return sides.here in (sides.base, sides.base_here)
