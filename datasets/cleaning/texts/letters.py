"""Operators on how signs are written: width, script, case, composition. Pure."""

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final, cast

import opencc

from core.params import param
from datasets.cleaning.base import Group
from datasets.cleaning.edits import Edit, differing
from datasets.cleaning.texts.base import TextOperator

_FULL_FROM, _FULL_TO, _SHIFT = 0xFF01, 0xFF5E, 0xFEE0
_WIDE_SPACE: Final = "\u3000"
_CONVERTED_AT_ONCE: Final = 4_000


@dataclass(frozen=True, slots=True)
class Width(TextOperator):
    """Full-width forms of ASCII and their half-width twins."""

    key: ClassVar[str] = "width"
    group: ClassVar[Group] = "letters"
    to: str = param("half", "To", "Which width signs get.", choices=("half", "full"))
    what: str = param(
        "letters_digits",
        "What",
        "Chinese punctuation is full-width by right; everything takes it along.",
        choices=("letters_digits", "everything"),
    )

    def found(self, text: str) -> Iterable[Edit]:
        """Sign by sign."""
        return differing(text, [(0, len(text), text.translate(_widths(self.to, self.what)))])


@cache
def _widths(to: str, what: str) -> dict[int, str]:
    pairs = {chr(code): chr(code - _SHIFT) for code in range(_FULL_FROM, _FULL_TO + 1)}
    if what == "letters_digits":
        pairs = {full: half for full, half in pairs.items() if half.isalnum()}
    else:
        pairs[_WIDE_SPACE] = " "
    table = pairs if to == "half" else {half: full for full, half in pairs.items()}
    return str.maketrans(table)


@dataclass(frozen=True, slots=True)
class Chinese(TextOperator):
    """Between traditional and simplified signs, by the phrase tables of OpenCC."""

    key: ClassVar[str] = "chinese"
    group: ClassVar[Group] = "letters"
    to: str = param("simplified", "To", "Which signs the text gets.", choices=("simplified", "traditional"))

    def found(self, text: str) -> Iterable[Edit]:
        """Line by line; a part whose length changes is converted sign by sign, so that offsets stay true."""
        converter = _converter("t2s" if self.to == "simplified" else "s2t")
        return differing(text, _converted(text, converter))


def _converted(text: str, converter: Any) -> Iterator[tuple[int, int, str]]:
    for start, end in _parts(text):
        part = text[start:end]
        if part.isascii():
            continue
        new = str(converter.convert(part))
        if len(new) == len(part):
            yield start, end, new
            continue
        yield from ((at, at + 1, str(converter.convert(sign))) for at, sign in enumerate(part, start))


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Lines, long ones cut."""
    start = 0
    while start < len(text):
        found = text.find("\n", start, start + _CONVERTED_AT_ONCE)
        end = found + 1 if found >= 0 else min(start + _CONVERTED_AT_ONCE, len(text))
        yield start, end
        start = end


@cache
def _converter(name: str) -> Any:
    return opencc.OpenCC(name)


@dataclass(frozen=True, slots=True)
class Lower(TextOperator):
    """Small letters."""

    key: ClassVar[str] = "lower"
    group: ClassVar[Group] = "letters"

    def found(self, text: str) -> Iterable[Edit]:
        """As `str.lower`, which looks at neighbors only for a sigma that ends a word."""
        lowered = text.lower()
        if lowered == text:
            return []
        if len(lowered) == len(text):
            return differing(text, [(0, len(text), lowered)])
        return differing(text, _lowered(text, lowered))


def _lowered(text: str, lowered: str) -> Iterator[tuple[int, int, str]]:
    at = 0
    for place, sign in enumerate(text):
        length = len(sign.lower())
        yield place, place + 1, lowered[at : at + length]
        at += length


@dataclass(frozen=True, slots=True)
class Composition(TextOperator):
    """One of the normal forms of Unicode (UAX 15)."""

    key: ClassVar[str] = "unicode"
    group: ClassVar[Group] = "letters"
    form: str = param(
        "NFC",
        "Form",
        "NFC joins a letter and its accent; NFKC also gives ligatures and full-width forms their plain signs.",
        choices=("NFC", "NFKC"),
    )

    def found(self, text: str) -> Iterable[Edit]:
        """Stretch by stretch: what begins a stretch never joins what is before it."""
        form = cast(Any, self.form)
        if unicodedata.is_normalized(form, text):
            return []
        return list(
            differing(
                text,
                ((a, b, unicodedata.normalize(form, text[a:b])) for a, b in _stretches(text, self.form)),
            )
        )


def _stretches(text: str, form: str) -> Iterator[tuple[int, int]]:
    begun = 0
    for at in range(1, len(text)):
        sign = text[at]
        if sign < "\u0300" or _begins(sign, form):
            yield begun, at
            begun = at
    if text:
        yield begun, len(text)


def _begins(sign: str, form: str) -> bool:
    first = unicodedata.normalize(cast(Any, "NFKD" if form == "NFKC" else "NFD"), sign)[0]
    return not unicodedata.combining(first) and first not in _joining()


@cache
def _joining() -> frozenset[str]:
    """Signs that are no marks and still may join the one before them: Hangul, and vowels of Indic scripts."""
    found = {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    for code in range(0xA0, sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            found.add(chr(int(parts[1], 16)))
    return frozenset(found)
