"""A text as counts of hashed pieces: all runs of one to four characters, and its words. Pure; numpy alone.

Runs of characters need no tokenizer, so that Chinese, English and a mixture of both are one case. A piece is the
value of a polynomial over its characters modulo 2^64 (Karp and Rabin 1987), taken for all pieces of a text
at once from running sums, and mixed (Steele, Lea and Flood 2014) into one of `SPACE` numbers. O(characters).
"""

import unicodedata
from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Pieces = NDArray[np.int32]
Counts = NDArray[np.float32]

SPACE: Final = 1 << 22
LONGEST_RUN: Final = 4
# What a text is about it says within its first pages; a book of a million characters costs no more than these.
CHARACTERS: Final = 8_000
_ALL_BITS: Final = (1 << 64) - 1
_BASE: Final = 0x9E3779B97F4A7C15
_BACK: Final = pow(_BASE, -1, 1 << 64)
_WORD: Final = 7
_APART: Final = 0xD1B54A32D192ED03
_SHIFT: Final = np.uint64(64 - 22)


def _powers(base: int) -> Hashes:
    """(CHARACTERS + 3,) powers of an odd number modulo 2^64."""
    made, value = [], 1
    for _ in range(CHARACTERS + 3):
        made.append(value)
        value = value * base & _ALL_BITS
    return np.array(made, np.uint64)


_POWERS: Final = _powers(_BASE)
_BACK_POWERS: Final = _powers(_BACK)


def pieces_of(text: str) -> tuple[Pieces, Counts]:
    """The different pieces of a text in order, and how often each comes; none for a text without letters."""
    plain = " ".join(unicodedata.normalize("NFKC", text[:CHARACTERS]).lower().split())[:CHARACTERS]
    if not plain:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    codes = np.frombuffer(f" {plain} ".encode("utf-32-le", "surrogatepass"), np.uint32)
    letters = _mixed(codes.astype(np.uint64))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(letters * _POWERS[: len(letters)])))
    # A single space is in every text and says nothing.
    letter = np.flatnonzero(codes != ord(" "))
    found = [_hashed(sums, letter, letter + 1, 1)]
    found += [_runs(sums, length) for length in range(2, LONGEST_RUN + 1)]
    begins, ends = _words(codes)
    found.append(_hashed(sums, begins, ends, _WORD))
    numbers, counts = np.unique(np.concatenate(found), return_counts=True)
    return numbers.astype(np.int32), counts.astype(np.float32)


def _runs(sums: Hashes, length: int) -> Hashes:
    begins = np.arange(max(len(sums) - length, 0))
    return _hashed(sums, begins, begins + length, length)


def _words(codes: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where runs between spaces and signs of ASCII begin and end, of at most 24 characters.

    A script without spaces gives long runs, which are let go: its words are among the runs of characters.
    """
    is_break = (codes < 0x30) | ((codes > 0x39) & (codes < 0x41)) | ((codes > 0x5A) & (codes < 0x61))
    is_break |= (codes > 0x7A) & (codes < 0x80)
    edges = np.flatnonzero(np.diff(is_break.astype(np.int8)))
    # The text stands between two spaces, so that edges come in pairs: into a word, out of it.
    begins, ends = edges[::2] + 1, edges[1::2] + 1
    short = (ends - begins > LONGEST_RUN) & (ends - begins <= 24)
    return begins[short], ends[short]


def _hashed(sums: Hashes, begins: NDArray[np.int64], ends: NDArray[np.int64], kind: int) -> Hashes:
    values = (sums[ends] - sums[begins]) * _BACK_POWERS[begins]
    return _mixed(values + np.uint64(kind * _APART & _ALL_BITS)) >> _SHIFT


def _mixed(values: Hashes) -> Hashes:
    """The finisher of SplitMix64: every bit of the outcome depends on every bit given."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
