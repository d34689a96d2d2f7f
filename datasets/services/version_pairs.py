"""Two versions beside each other, in one pass over both. Pure.

Both streams are ordered by sample id. A sample that is the same in both is forgotten at once, so that the
memory needed is that of what came and went.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Generic, TypeVar

Seen = TypeVar("Seen", bound=tuple[object, ...])


@dataclass(frozen=True, slots=True)
class Told(Generic[Seen]):
    """A sample of a version: its id, its content, and what is compared."""

    id: str
    sha256: str
    seen: Seen


@dataclass(slots=True)
class Changes(Generic[Seen]):
    """How many changed, and the first of them by their order."""

    most: int
    count: int = 0
    first: list[Seen] = field(default_factory=list)

    def add(self, seen: Seen) -> None:
        """One more."""
        self.count += 1
        self.first.append(seen)
        if len(self.first) > 2 * self.most:
            self.first = nsmallest(self.most, self.first)

    def listed(self) -> list[Seen]:
        """The first ones in order."""
        return nsmallest(self.most, self.first)


def pairs_by_content(
    new: Iterable[Told[Seen]], old: Iterable[Told[Seen]]
) -> Iterator[tuple[Seen | None, Seen | None]]:
    """(new, old) of each content; None where one of the versions lacks it. No order is promised."""
    came: dict[str, Seen] = {}
    went: dict[str, Seen] = {}
    for mine, theirs in _merged(iter(new), iter(old)):
        if mine is not None and theirs is not None and mine.sha256 == theirs.sha256:
            yield mine.seen, theirs.seen
            continue
        if mine is not None:
            came[mine.sha256] = mine.seen
        if theirs is not None:
            went[theirs.sha256] = theirs.seen
    for sha256, seen in came.items():
        yield seen, went.pop(sha256, None)
    for seen in went.values():
        yield None, seen


def _merged(
    new: Iterator[Told[Seen]], old: Iterator[Told[Seen]]
) -> Iterator[tuple[Told[Seen] | None, Told[Seen] | None]]:
    mine, theirs = next(new, None), next(old, None)
    while mine is not None or theirs is not None:
        if theirs is None or (mine is not None and mine.id < theirs.id):
            yield mine, None
            mine = next(new, None)
        elif mine is None or theirs.id < mine.id:
            yield None, theirs
            theirs = next(old, None)
        else:
            yield mine, theirs
            mine, theirs = next(new, None), next(old, None)
