"""A text with its spans, and how spans follow what operators replace. Pure.

Offsets are Unicode code points, ends exclusive, as in `datasets.manifest`.
"""

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from datasets.augment.base import Operator, Rng
from datasets.cleaning.edits import Edit, Moves, edited


class Span(NamedTuple):
    """An entity `[start, end)` of a class; what the class is named by is the caller's."""

    label: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A text and the entities in it. They are never broken: what lies in one stays as it is."""

    text: str
    spans: tuple[Span, ...] = ()

    def changed(self, edits: Sequence[Edit]) -> "Passage":
        """After edits that leave entities alone, the entities where they are now.

        Raises ValueError for an edit that would take an entity away: no operator may make one.
        """
        if not edits:
            return self
        moves = Moves.of(edits)
        spans = []
        for label, start, end in self.spans:
            place = moves.span(start, end)
            if place is None or place[1] - place[0] != end - start:
                raise ValueError("an entity was broken")
            spans.append(Span(label, *place))
        return Passage(edited(self.text, edits), tuple(spans))


class Guarded:
    """Which stretches of a text may not be changed: entities and what the caller adds. Asked in log time."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(stretch for stretch in stretches if stretch[0] < stretch[1]):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def touches(self, start: int, end: int) -> bool:
        """Whether a character of `[start, end)` is guarded, or an insertion at `start == end` would break one."""
        if start == end:
            place = bisect_right(self._starts, start - 1)
            return place > 0 and self._ends[place - 1] > start
        place = bisect_right(self._starts, end - 1)
        return place > 0 and self._ends[place - 1] > start


class TextOperator(Operator[Passage]):
    """Says what it replaces. Its time grows with the text and not faster."""

    def apply(self, content: Passage, rng: Rng, partners: Callable[[float], Passage] | None) -> Passage:
        """As `edits`."""
        return content.changed(self.edits(content, rng))

    @abstractmethod
    def edits(self, passage: Passage, rng: Rng) -> list[Edit]:
        """Ascending replacements outside entities; the text never becomes blank by them."""
