"""Where words begin and end, and tables of words that may stand for each other. Pure.

Scripts that write spaces have their words between them: letters, digits and marks, with an apostrophe or a
hyphen inside. Chinese writes none: there a word is the longest one that the table knows, and one sign where it
knows none. Scripts without spaces that we have no table for (kana, Thai, Khmer, ...) have no words here and are
left alone, as are web and mail addresses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import re2

from core.errors import InvalidInput

MAX_TABLE: Final = 20_000
MAX_GROUP: Final = 50
# Chinese is searched for the longest word first, sign by sign.
MAX_WORD: Final = 40
_FOLDER: Final = Path(__file__).parent
_DENSE: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER: Final = rf"[^\P{{L}}{_DENSE}]"
_PART: Final = rf"(?:{_LETTER}|\p{{N}})(?:{_LETTER}|[\p{{N}}\p{{M}}])*"
_WORD: Final = re2.compile(rf"({_PART}(?:['’-]{_PART})*)|(\p{{Han}}+)")
_ADDRESS: Final = re2.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*://|www\.)[!-~]+|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+"
)
_BETWEEN: Final = re2.compile(r"\s*[,，、;；]\s*")


class Word(NamedTuple):
    """`[start, end)` of a text; `is_spaced` says that its script writes spaces between words."""

    start: int
    end: int
    is_spaced: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that may stand for each other, by their small letters, and the length of the longest Chinese one."""

    others: Mapping[str, tuple[str, ...]]
    longest: int

    @classmethod
    def of(cls, groups: Sequence[Sequence[str]]) -> "Lexicon":
        """A word in several groups may be replaced by the others of each."""
        others: dict[str, dict[str, None]] = {}
        for group in groups:
            for word in group:
                own = others.setdefault(word.casefold(), {})
                own.update((other, None) for other in group if other.casefold() != word.casefold())
        longest = max((len(word) for word in others if is_chinese(word)), default=1)
        return cls({word: tuple(rest) for word, rest in others.items()}, longest)


def is_chinese(word: str) -> bool:
    """Whether it is made of Chinese signs and nothing else."""
    return re2.fullmatch(r"\p{Han}+", word) is not None


@lru_cache(maxsize=32)
def lexicon(table: str = "", bundled: bool = True) -> Lexicon:
    """Of what a person typed, a group a line, and of the bundled tables."""
    groups = table_groups(table)
    return Lexicon.of([*groups, *(_bundled() if bundled else ())])


def table_groups(table: str) -> list[list[str]]:
    """The groups of a typed table: a line each, words apart by commas. Raises InvalidInput with the field `table`."""
    if len(table) > MAX_TABLE:
        raise InvalidInput(f"at most {MAX_TABLE} characters are expected", field="table")
    groups = []
    for number, line in enumerate(table.splitlines(), 1):
        if not line.strip():
            continue
        group = list(dict.fromkeys(word for word in _BETWEEN.split(line.strip()) if word))
        if not 2 <= len(group) <= MAX_GROUP:
            raise InvalidInput(
                f"line {number}: two to {MAX_GROUP} words are expected, apart by commas", field="table"
            )
        for word in group:
            found = [(one.start, one.end) for one in words_of(word, Lexicon({word: ()}, len(word)))]
            if found != [(0, len(word))] or len(word) > MAX_WORD:
                raise InvalidInput(f"line {number}: “{word[:40]}” is not one word", field="table")
        groups.append(group)
    return groups


def words_of(text: str, known: Lexicon) -> list[Word]:
    """Every word, in order."""
    words: list[Word] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match[1] is not None:
            words.append(Word(start, end, is_spaced=True))
        else:
            words += (Word(*place, is_spaced=False) for place in _longest(text, start, end, known))
    return words


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Web and mail addresses; nothing in them is a word."""
    marks: Sequence[str] = ("://", "www.", "@")
    if any(mark in text for mark in marks):
        for match in _ADDRESS.finditer(text):
            yield match.span()


def written_as(word: str, like: str) -> str:
    """With the capitals of the word that it stands for."""
    if len(like) > 1 and like.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


def _longest(text: str, start: int, end: int, known: Lexicon) -> Iterator[tuple[int, int]]:
    """Chinese words of a run, each the longest that is known, from the left."""
    while start < end:
        most = min(known.longest, end - start)
        length = next((n for n in range(most, 1, -1) if text[start : start + n] in known.others), 1)
        yield start, start + length
        start += length


@cache
def _bundled() -> tuple[tuple[str, ...], ...]:
    return tuple(group for name in ("synonyms_en.txt", "synonyms_zh.txt") for group in groups_in(name))


@cache
def groups_in(name: str) -> tuple[tuple[str, ...], ...]:
    """The groups of a bundled table; lines that begin with # are remarks."""
    lines: Any = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split()) for line in lines if line.strip() and not line.startswith("#"))
