"""What is wrong with single texts, and with some among many. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.formats.decoding.texts import search_form
from datasets.quality.personal import personal_found

Mask = NDArray[np.bool_]
# Longer ones are judged by their beginning.
MAX_JUDGED: Final = 20_000
_FEWEST: Final = 30
_FAR: Final = 4.5
_LEAST_SPREAD: Final = 0.35
_MAJORITY: Final = 0.9
_LEAST_LETTERS: Final = 8

_SCRIPTS: Final = (
    ("kana", re.compile(r"[\u3041-\u30ff]")),
    ("hangul", re.compile(r"[\u1100-\u11ff\uac00-\ud7af]")),
    ("han", re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")),
    ("latin", re.compile(r"[A-Za-z\u00c0-\u024f]")),
    ("cyrillic", re.compile(r"[\u0400-\u052f]")),
    ("greek", re.compile(r"[\u0370-\u03ff]")),
    ("arabic", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")),
    ("hebrew", re.compile(r"[\u0590-\u05ff]")),
    ("devanagari", re.compile(r"[\u0900-\u097f]")),
    ("thai", re.compile(r"[\u0e00-\u0e7f]")),
)
# A sign of Chinese says as much as a few Latin letters.
_WEIGHTS: Final = {"han": 3.0, "kana": 2.0, "hangul": 2.0}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# UTF-8 that was read as Latin: a lead byte and what follows it, as Windows-1252 shows them.
_LATIN_RUN: Final = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6"
    "\u02dc\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]{1,3}"
)
# UTF-8 that was read as GBK: signs that nobody writes beside one another, kana and box lines among them.
_WIDE_RUN: Final = re.compile(r"[^\x00-\x7f]{3,60}")
# What damaged bytes become when GBK reads the replacement character, and what uninitialized memory reads as.
_GBK_WRECK: Final = ("锟斤拷", "烫烫烫", "屯屯屯")


@dataclass(frozen=True, slots=True)
class TextMarks:
    """What is known of one text: whether it is empty or damaged, kinds of personal data, length, script."""

    is_empty: bool
    is_damaged: bool
    personal: tuple[str, ...]
    characters: int
    script: str


def text_marks(text: str) -> TextMarks:
    """Look at one text."""
    head = text[:MAX_JUDGED]
    return TextMarks(
        is_empty=not any(unicodedata.category(ch)[0] in "LNSP" for ch in head),
        is_damaged=is_damaged(head),
        personal=tuple(sorted({one.kind for one in personal_found(head)})),
        characters=len(text),
        script=script_of(head),
    )


def is_damaged(text: str) -> bool:
    """Whether characters were lost or read in a wrong encoding: U+FFFD, control characters, mojibake."""
    if text.isascii():
        return bool(_CONTROL.search(text))
    if "\ufffd" in text or _CONTROL.search(text) or any(wreck in text for wreck in _GBK_WRECK):
        return True
    if any(_as_utf8(match[0], "cp1252") for match in _LATIN_RUN.finditer(text)):
        return True
    # Two bytes of everyday Chinese may happen to be a Greek letter of UTF-8, but hardly ever three be Chinese again.
    return any(
        said and sum(ch >= "\u2e80" for ch in said) * 3 >= 2 * len(said)
        for match in _WIDE_RUN.finditer(text)
        if (said := _as_utf8(match[0], "gb18030"))
    )


def _as_utf8(run: str, encoding: str) -> str:
    """What the bytes that `encoding` wrote for it say as UTF-8, but for a cut end; empty when they are none."""
    try:
        raw = run.encode(encoding)
    except UnicodeEncodeError:
        return ""
    for cut in range(3):
        try:
            said = raw[: len(raw) - cut].decode()
        except UnicodeDecodeError:
            continue
        return said if all(unicodedata.category(ch)[0] in "LNPSM" for ch in said) else ""
    return ""


def script_of(text: str) -> str:
    """The script that says most of a text; empty when there are hardly any letters.

    Japanese is known by its kana, however many Chinese signs it has. `languages` tells those of one script apart.
    """
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS}
    weights = {name: count * _WEIGHTS.get(name, 1.0) for name, count in counts.items()}
    if counts["kana"] * 8 >= counts["han"] + counts["kana"] and counts["kana"]:
        weights["kana"] += weights.pop("han")
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best] >= _LEAST_LETTERS else ""


def odd_lengths(characters: Sequence[int]) -> tuple[Mask, Mask]:
    """Which of N texts are far shorter and far longer than the others, two (N,).

    By the distance from the median of the logarithm in units of 1.4826 MAD (Iglewicz and Hoaglin 1993, section 3).
    """
    lengths = np.log(np.maximum(np.array(characters, np.float64), 1))
    if len(lengths) < _FEWEST:
        nothing = np.zeros(len(lengths), np.bool_)
        return nothing, nothing
    middle = np.median(lengths)
    spread = max(1.4826 * float(np.median(np.abs(lengths - middle))), _LEAST_SPREAD)
    distance = (lengths - middle) / spread
    return distance < -_FAR, distance > _FAR


def other_scripts(scripts: Sequence[str]) -> tuple[list[int], dict[str, int]]:
    """The rows in another script than nearly all others, and how many texts are in each; no rows for a mixed set."""
    counts = Counter(script for script in scripts if script)
    if not counts:
        return [], {}
    most, count = counts.most_common(1)[0]
    if count < _MAJORITY * counts.total() or count == counts.total():
        return [], dict(counts)
    return [row for row, script in enumerate(scripts) if script not in ("", most)], dict(counts)


def same_form(text: str) -> str:
    """Equal for texts that differ in case, width, composition, spaces and nothing else."""
    return search_form(text)
