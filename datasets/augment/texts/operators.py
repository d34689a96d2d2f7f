"""Operators on texts, in the order in which forms show them. Pure.

The four on words are those of Wei and Zou, "EDA: Easy Data Augmentation Techniques for Boosting Performance on
Text Classification Tasks", 2019; those on letters follow Belinkov and Bisk, "Synthetic and Natural Noise Both
Break Neural Machine Translation", 2018.

Which words change is decided by one number drawn a word: those with the lowest are taken, so that a higher
share keeps what a lower one changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from core.params import param
from datasets.augment.base import Group, Operator, Rng
from datasets.augment.texts.passage import Guarded, Passage, TextOperator
from datasets.augment.texts.words import (
    Lexicon,
    Word,
    addresses,
    groups_in,
    lexicon,
    table_groups,
    words_of,
    written_as,
)
from datasets.cleaning.edits import Edit, bounded

_SHARE_TEXT: Final = "Share of the words; at least one where there is one that can be changed."
_TABLE_TEXT: Final = "A group a line, words apart by commas: each may stand for each other one."
_NEGATIONS: Final = frozenset(
    ["no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "cannot", "without"]
)
_NEGATING: Final = tuple("不没無无未非别勿莫")
_SHORTEST_NOISY: Final = 4
_KINDS: Final = ("neighbor", "turn", "drop", "double")
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _share(default: float) -> Any:
    return param(default, "Share", _SHARE_TEXT, minimum=0.01, maximum=0.5)


@dataclass(frozen=True, slots=True)
class _Looked:
    """The words of a text and which of them may be changed."""

    words: Sequence[Word]
    guarded: Guarded

    @classmethod
    def at(cls, passage: Passage, known: Lexicon) -> "_Looked":
        spans = [(start, end) for _, start, end in passage.spans]
        guarded = Guarded([*spans, *addresses(passage.text)])
        return cls(words_of(passage.text, known), guarded)

    def is_free(self, place: int) -> bool:
        word = self.words[place]
        return not self.guarded.touches(word.start, word.end)

    def count(self, share: float) -> int:
        return max(1, round(share * len(self.words)))


def _taken(places: Sequence[int], draws: NDArray[np.float64], count: int) -> list[int]:
    """The `count` places with the lowest draws, ascending."""
    return sorted(sorted(places, key=lambda place: (draws[place], place))[:count])


def _picked(options: Sequence[str], draw: float) -> str:
    return options[int(draw * len(options))]


def _alternatives(text: str, words: Sequence[Word], place: int, known: Lexicon) -> tuple[str, ...]:
    """What may stand for a word; after a and an only what needs the same article."""
    word = words[place]
    others = known.others.get(text[word.start : word.end].casefold(), ())
    before = text[words[place - 1].start : words[place - 1].end].casefold() if place else ""
    if before in ("a", "an"):
        return tuple(other for other in others if (other[:1].casefold() in "aeiou") == (before == "an"))
    return others


@dataclass(frozen=True, slots=True)
class Synonym(TextOperator):
    """Words become others that mean nearly the same, in the capitals of the one they stand for."""

    key: ClassVar[str] = "synonym"
    group: ClassVar[Group] = "words"
    share: float = _share(0.15)
    bundled: bool = param(True, "Bundled table", "Everyday words of English and Chinese.")
    table: str = param("", "Table", _TABLE_TEXT, format="lines")

    def edits(self, passage: Passage, rng: Rng) -> list[Edit]:
        """As `TextOperator`."""
        known, text = lexicon(self.table, self.bundled), passage.text
        looked = _Looked.at(passage, known)
        draws = rng.random((2, len(looked.words)))
        options = {
            place: others
            for place in range(len(looked.words))
            if (others := _alternatives(text, looked.words, place, known)) and looked.is_free(place)
        }
        edits = []
        for place in _taken(list(options), draws[0], looked.count(self.share)):
            start, end, _ = looked.words[place]
            new = written_as(_picked(options[place], draws[1][place]), text[start:end])
            edits.append(Edit(start, end, new))
        return bounded(edits)

    def check(self) -> None:
        """A table that can be read."""
        table_groups(self.table)


@dataclass(frozen=True, slots=True)
class SwapWords(TextOperator):
    """Neighbors change places; never over punctuation, a line break or an entity."""

    key: ClassVar[str] = "swap_words"
    group: ClassVar[Group] = "words"
    share: float = _share(0.1)

    def edits(self, passage: Passage, rng: Rng) -> list[Edit]:
        """As `TextOperator`."""
        text, looked = passage.text, _Looked.at(passage, lexicon())
        draws = rng.random(len(looked.words))
        pairs = [place for place in range(len(looked.words) - 1) if _is_pair(text, looked, place)]
        chosen: set[int] = set()
        for place in sorted(pairs, key=lambda place: (draws[place], place)):
            if len(chosen) == looked.count(self.share):
                break
            if not chosen & {place - 1, place, place + 1}:
                chosen.add(place)
        edits = []
        for place in sorted(chosen):
            one, two = looked.words[place], looked.words[place + 1]
            edits.append(Edit(one.start, one.end, text[two.start : two.end]))
            edits.append(Edit(two.start, two.end, text[one.start : one.end]))
        return bounded(edits)


def _is_pair(text: str, looked: _Looked, place: int) -> bool:
    one, two = looked.words[place], looked.words[place + 1]
    between = text[one.end : two.start]
    return (
        one.is_spaced == two.is_spaced
        and not between.strip(" \u3000\xa0")
        and text[one.start : one.end] != text[two.start : two.end]
        and not looked.guarded.touches(one.start, two.end)
    )


@dataclass(frozen=True, slots=True)
class DeleteWords(TextOperator):
    """Words go, each with a space beside it; one word always stays."""

    key: ClassVar[str] = "delete_words"
    group: ClassVar[Group] = "words"
    share: float = _share(0.1)
    keep_negations: bool = param(
        True, "Keep negations", "Without not, never and the like a text says the opposite."
    )

    def edits(self, passage: Passage, rng: Rng) -> list[Edit]:
        """As `TextOperator`."""
        text, looked = passage.text, _Looked.at(passage, lexicon())
        draws = rng.random(len(looked.words))
        free = [
            place
            for place in range(len(looked.words))
            if looked.is_free(place) and not (self.keep_negations and _negates(text, looked.words[place]))
        ]
        count = min(looked.count(self.share), len(looked.words) - 1)
        gone = _runs(text, looked, _taken(free, draws, count))
        return bounded(_without(text, looked, run) for run in gone)


def _negates(text: str, word: Word) -> bool:
    said = text[word.start : word.end].casefold().replace("’", "'")
    return said in _NEGATIONS or said.endswith("n't") or said.startswith(_NEGATING)


def _runs(text: str, looked: _Looked, places: Sequence[int]) -> list[Word]:
    """The words at these places, those with nothing or a space between them as one."""
    runs: list[Word] = []
    for place in places:
        word = looked.words[place]
        last = runs[-1] if runs else None
        if last and (last.end == word.start or _is_space(text, looked, last.end, word.start)):
            runs[-1] = Word(last.start, word.end, last.is_spaced or word.is_spaced)
        else:
            runs.append(word)
    return runs


def _without(text: str, looked: _Looked, run: Word) -> Edit:
    """Takes words out with the space behind them, or else the one before."""
    start, end, is_spaced = run
    if is_spaced and _is_space(text, looked, end, end + 1):
        return Edit(start, end + 1, "")
    if is_spaced and start and _is_space(text, looked, start - 1, start):
        return Edit(start - 1, end, "")
    return Edit(start, end, "")


def _is_space(text: str, looked: _Looked, start: int, end: int) -> bool:
    """Whether there is one space, in no entity."""
    return text[start:end] == " " and not looked.guarded.touches(start, end)


@dataclass(frozen=True, slots=True)
class InsertWords(TextOperator):
    """Words that mean the same as one of the text come in at other places."""

    key: ClassVar[str] = "insert_words"
    group: ClassVar[Group] = "words"
    share: float = _share(0.1)
    bundled: bool = param(True, "Bundled table", "Everyday words of English and Chinese.")
    table: str = param("", "Table", _TABLE_TEXT, format="lines")

    def edits(self, passage: Passage, rng: Rng) -> list[Edit]:
        """As `TextOperator`."""
        known, text = lexicon(self.table, self.bundled), passage.text
        looked = _Looked.at(passage, known)
        words = looked.words
        draws = rng.random((3, len(words)))
        sources: dict[bool, list[tuple[str, ...]]] = {True: [], False: []}
        for place, word in enumerate(words):
            others = known.others.get(text[word.start : word.end].casefold(), ())
            if others and looked.is_free(place):
                sources[word.is_spaced].append(others)
        places = [
            place
            for place, word in enumerate(words)
            if sources[word.is_spaced] and not looked.guarded.touches(word.start, word.start)
        ]
        edits = []
        for place in _taken(places, draws[0], looked.count(self.share)):
            word = words[place]
            among = sources[word.is_spaced]
            new = _picked(among[int(draws[1][place] * len(among))], draws[2][place])
            edits.append(Edit(word.start, word.start, new + " " * word.is_spaced))
        return bounded(edits)

    def check(self) -> None:
        """A table that can be read."""
        table_groups(self.table)


@dataclass(frozen=True, slots=True)
class Typos(TextOperator):
    """Slips of the hand: a neighboring key, letters turned, left out or doubled; Chinese signs that sound alike.

    Words of fewer than four letters and the first letter of others stay as they are.
    """

    key: ClassVar[str] = "typos"
    group: ClassVar[Group] = "letters"
    share: float = _share(0.1)
    kind: str = param("any", "Kind", "Which slips letters get.", choices=("any", *_KINDS))

    def edits(self, passage: Passage, rng: Rng) -> list[Edit]:
        """As `TextOperator`."""
        text, looked = passage.text, _Looked.at(passage, lexicon())
        draws = rng.random((4, len(looked.words)))
        options = {
            place: slips
            for place in range(len(looked.words))
            if (slips := self._slips(text, looked.words[place], draws[:, place])) and looked.is_free(place)
        }
        taken = _taken(list(options), draws[0], looked.count(self.share))
        return bounded(options[place] for place in taken)

    def _slips(self, text: str, word: Word, draws: NDArray[np.float64]) -> Edit | None:
        """What would become of a word; None for one that has no slip."""
        said = text[word.start : word.end]
        if not word.is_spaced:
            return _sounding(said, word.start, draws)
        if len(said) < _SHORTEST_NOISY or not said.isalpha():
            return None
        kind = _picked(_KINDS, draws[1]) if self.kind == "any" else self.kind
        at = 1 + int(draws[2] * (len(said) - 1))
        return _slip(said, kind, at, float(draws[3]), word.start)


def _slip(said: str, kind: str, at: int, draw: float, offset: int) -> Edit | None:
    letter = said[at]
    if kind == "neighbor":
        near = _NEAR.get(letter.lower())
        return Edit(offset + at, offset + at + 1, written_as(_picked(near, draw), letter)) if near else None
    if kind == "drop":
        return Edit(offset + at, offset + at + 1, "")
    if kind == "double":
        return Edit(offset + at, offset + at, letter)
    at = min(at, len(said) - 2)
    turned = said[at + 1] + said[at]
    return Edit(offset + at, offset + at + 2, turned) if turned != said[at : at + 2] else None


def _sounding(said: str, offset: int, draws: NDArray[np.float64]) -> Edit | None:
    """One sign of a Chinese word by another that is read the same way."""
    alike = _alike()
    places = [place for place, sign in enumerate(said) if sign in alike]
    if not places:
        return None
    at = places[int(draws[2] * len(places))]
    return Edit(offset + at, offset + at + 1, _picked(alike[said[at]], float(draws[3])))


@cache
def _alike() -> Mapping[str, tuple[str, ...]]:
    """Chinese signs that are read the same way and often taken for each other."""
    return Lexicon.of(groups_in("homophones_zh.txt")).others


def _neighbors() -> dict[str, str]:
    """The letters beside each on the usual keyboard, in its row and the rows above and below."""
    places = {
        letter: (row, column + 0.5 * row)
        for row, letters in enumerate(_ROWS)
        for column, letter in enumerate(letters)
    }
    return {
        letter: "".join(
            other
            for other, there in places.items()
            if other != letter and abs(there[0] - row) <= 1 and abs(there[1] - column) <= 1
        )
        for letter, (row, column) in places.items()
    }


_NEAR: Final = MappingProxyType(_neighbors())
_ALL: Final[tuple[type[Operator[Passage]], ...]] = (Synonym, SwapWords, DeleteWords, InsertWords, Typos)
OPERATORS: Final[Mapping[str, type[Operator[Passage]]]] = MappingProxyType({each.key: each for each in _ALL})
