"""Recordings that are copies of one another: encoded again, louder, resampled, with silence in front. Pure.

Candidates are those whose first second agrees (a product of matrices in blocks: N^2, half a minute for 20,000);
each is then compared in full, at a few shifts of the print, which is what tells two takes of one drum from two
files of one take.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.audio.prints import BANDS, Levels

Indices = NDArray[np.int64]

# Under 80 ms there is too little to tell; such copies are found only where every sample is equal.
LEAST_FRAMES: Final = 4
_HEAD: Final = 48
_CANDIDATE: Final = 0.85
_ALIKE: Final = 0.98
_SHIFT: Final = 2
_LEAST_SHARED: Final = 0.5
_BLOCK: Final = 1_024
_LENGTH_SHARE: Final = 0.05
_LENGTH_S: Final = 0.25


def _nothing() -> None:
    return None


def sound_pairs(
    prints: Sequence[Levels], durations_s: Sequence[float], *, step: Callable[[], None] = _nothing
) -> Indices:
    """Pairs (K, 2) of row numbers that are one recording, from N prints and the lengths of the clips.

    `step` is called between pieces of work and may raise.
    """
    rows = np.array([row for row, one in enumerate(prints) if len(one) >= LEAST_FRAMES], np.int64)
    if len(rows) < 2:
        return np.empty((0, 2), np.int64)
    heads = np.stack([_head(prints[row]) for row in rows])
    lengths = np.array(durations_s, np.float64)[rows]
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(rows), _BLOCK):
        step()
        block = slice(start, start + _BLOCK)
        # Only later rows, so that each pair is met once.
        alike = heads[block] @ heads[start:].T >= _CANDIDATE
        apart = np.abs(lengths[block, None] - lengths[None, start:])
        alike &= apart <= _LENGTH_SHARE * np.maximum(lengths[block, None], lengths[None, start:]) + _LENGTH_S
        for a, b in np.argwhere(np.triu(alike, 1)).tolist():
            first, second = int(rows[start + a]), int(rows[start + b])
            if likeness(prints[first], prints[second]) >= _ALIKE:
                pairs.append((first, second))
    return np.array(pairs, np.int64).reshape(-1, 2)


def likeness(first: Levels, second: Levels) -> float:
    """The best correlation of two prints over shifts of up to 40 ms; -1 where they hardly overlap."""
    best, least = -1.0, _LEAST_SHARED * max(len(first), len(second))
    for shift in range(-_SHIFT, _SHIFT + 1):
        a, b = first[max(0, shift) :], second[max(0, -shift) :]
        count = min(len(a), len(b))
        if count >= max(least, LEAST_FRAMES - _SHIFT):
            best = max(best, _correlation(a[:count], b[:count]))
    return best


def _correlation(a: Levels, b: Levels) -> float:
    x, y = a - a.mean(), b - b.mean()
    size = float(np.sqrt(np.square(x).sum() * np.square(y).sum()))
    return float((x * y).sum()) / size if size > 0 else -1.0


def _head(levels: Levels) -> NDArray[np.float32]:
    """(_HEAD * BANDS,) of length 1: the first second, zeros behind a shorter one."""
    head = np.zeros((_HEAD, BANDS), np.float32)
    head[: min(_HEAD, len(levels))] = levels[:_HEAD]
    head -= head.mean()
    size = float(np.linalg.norm(head))
    flat: NDArray[np.float32] = head.reshape(-1) / (size or 1.0)
    return flat
