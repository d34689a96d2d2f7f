"""Changes of a text as a list of replacements, and where offsets go. Pure.

An edit `(start, end, new)` says that the code points `[start, end)` of the old text become `new`. A list of them
is ascending and none overlaps another. One that keeps its length is read sign by sign: each old one becomes the
new one in its place.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

MAX_EDITS: Final = 1_000_000
MAX_NEW: Final = 16 << 20


class Edit(NamedTuple):
    """`[start, end)` of the old text becomes `new`."""

    start: int
    end: int
    new: str


class TooManyChanges(ValueError):
    """A text that would change in more places, or by more characters, than are held in memory."""


def bounded(edits: Iterable[Edit]) -> list[Edit]:
    """All of them. Raises TooManyChanges."""
    kept: list[Edit] = []
    size = 0
    for edit in edits:
        kept.append(edit)
        size += len(edit.new)
        if len(kept) > MAX_EDITS or size > MAX_NEW:
            raise TooManyChanges
    return kept


class Piece(NamedTuple):
    """A part of the old text and what it became; equal where nothing was changed."""

    old: str
    new: str


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The new text."""
    parts: list[str] = []
    at = 0
    for start, end, new in edits:
        parts += (text[at:start], new)
        at = end
    parts.append(text[at:])
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Moves:
    """Where offsets of the old text lie in the new one.

    A span keeps what it covered: a replacement that it touches belongs to it whole, one beside it does not, and
    nothing that was put in at its border does.
    """

    edits: Sequence[Edit]
    starts: Sequence[int]
    ends: Sequence[int]
    grown: Sequence[int]  # by how much everything behind the first i edits has moved

    @classmethod
    def of(cls, edits: Sequence[Edit]) -> "Moves":
        """Of the edits of one text."""
        grown = [0]
        for start, end, new in edits:
            grown.append(grown[-1] + len(new) - (end - start))
        return cls(edits, [edit.start for edit in edits], [edit.end for edit in edits], grown)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The span afterwards; None when nothing of it is left, or was there."""
        if start >= end:
            return None
        before = bisect_right(self.ends, start)
        first = start + self.grown[before]
        if before < len(self.edits) and self.starts[before] < start and not self._keeps(before):
            first = self.starts[before] + self.grown[before]
        reached = bisect_left(self.starts, end)
        last = end + self.grown[reached]
        if reached and self.ends[reached - 1] > end and not self._keeps(reached - 1):
            last = self.ends[reached - 1] + self.grown[reached]
        return (first, last) if first < last else None

    def _keeps(self, place: int) -> bool:
        """Whether an edit keeps its length."""
        return self.grown[place] == self.grown[place + 1]


def differing(text: str, spans: Iterable[tuple[int, int, str]]) -> Iterator[Edit]:
    """Edits of what is not already so, as narrow as they can be."""
    for start, end, new in spans:
        old = text[start:end]
        if old != new:
            yield _narrowed(start, old, new)


def _narrowed(start: int, old: str, new: str) -> Edit:
    """Without what both begin and end with; what keeps its length is narrow enough as it is."""
    if len(old) == len(new):
        return Edit(start, start + len(old), new)
    most = min(len(old), len(new))
    head = next((place for place in range(most) if old[place] != new[place]), most)
    most -= head
    tail = next((place for place in range(most) if old[-1 - place] != new[-1 - place]), most)
    return Edit(start + head, start + len(old) - tail, new[head : len(new) - tail])


class Trace:
    """A text on its way through several edits, that can be laid beside what it was.

    Holds a pair of offsets a character: for what is shown to people, not for whole books.
    """

    def __init__(self, text: str) -> None:
        self._old = text
        self._from = [(place, place + 1) for place in range(len(text))]
        self.text = text

    def edit(self, edits: Sequence[Edit]) -> None:
        """One more step."""
        origins: list[tuple[int, int]] = []
        at = 0
        for start, end, new in edits:
            origins += self._from[at:start]
            if end - start == len(new):
                origins += self._from[start:end]
            elif end > start:
                origins += [(self._from[start][0], self._from[end - 1][1])] * len(new)
            else:
                place = self._from[start][0] if start < len(self._from) else len(self._old)
                origins += [(place, place)] * len(new)
            at = end
        self._from = origins + self._from[at:]
        self.text = edited(self.text, edits)

    def pieces(self) -> list[Piece]:
        """Old and new side by side, in order; together they are the two texts."""
        pieces: list[Piece] = []
        old_at = new_at = 0
        for old, new, length in self._same():
            if old > old_at or new > new_at:
                pieces.append(Piece(self._old[old_at:old], self.text[new_at:new]))
            pieces.append(Piece(self._old[old : old + length], self.text[new : new + length]))
            old_at, new_at = old + length, new + length
        if old_at < len(self._old) or new_at < len(self.text):
            pieces.append(Piece(self._old[old_at:], self.text[new_at:]))
        return pieces

    def _same(self) -> Iterator[tuple[int, int, int]]:
        """Runs of characters that are those of the old text, unchanged: old place, new place, length."""
        least = old_from = new_from = length = 0
        for place, (start, end) in enumerate(self._from):
            if end != start + 1 or start < least or self._old[start] != self.text[place]:
                continue
            least = end
            if length and (start, place) == (old_from + length, new_from + length):
                length += 1
                continue
            if length:
                yield old_from, new_from, length
            old_from, new_from, length = start, place, 1
        if length:
            yield old_from, new_from, length
