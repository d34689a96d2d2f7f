"""Masks as COCO writes them: runs of zeros and ones take turns, down the columns. Pure: numpy.

The text is the one of pycocotools (`rleToString` in maskApi.c): every number from the fourth on is the
difference to the one two before it, in groups of five bits, lowest first, as characters from `0` on.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MAX_RUNS: Final = 1_000_000
MAX_TEXT: Final = 4 * 1024**2
MAX_PIXELS: Final = 500_000_000
_GROUPS: Final = 7

Runs = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rle:
    """A mask of `height` x `width`; `counts` is the text of pycocotools. Made by `rle_from` or `rle_of`."""

    height: int
    width: int
    counts: str

    @property
    def runs(self) -> Runs:
        """Lengths of the runs, the first one of zeros; they add up to height * width."""
        runs = runs_from_text(self.counts)
        return np.zeros(0, np.int64) if runs is None else runs

    def to_json(self) -> dict[str, Any]:
        """As COCO has it."""
        return {"size": [self.height, self.width], "counts": self.counts}

    @property
    def area(self) -> int:
        """Pixels that are set."""
        return int(self.runs[1::2].sum())

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """x, y, w, h around what is set, without unpacking; None for an empty mask."""
        runs = self.runs
        ends = np.cumsum(runs)
        first, last = ends[1::2] - runs[1::2], ends[1::2] - 1
        is_set = runs[1::2] > 0
        first, last = first[is_set], last[is_set]
        if not len(first):
            return None
        left, right = int(first[0] // self.height), int(last[-1] // self.height)
        if np.any(first // self.height != last // self.height):
            # A run that goes on in the next column touches the bottom of one and the top of the other.
            top, bottom = 0, self.height - 1
        else:
            top, bottom = int((first % self.height).min()), int((last % self.height).max())
        return float(left), float(top), float(right + 1 - left), float(bottom + 1 - top)

    def mask(self) -> Mask:
        """Unpacked, (height, width)."""
        runs = self.runs
        bits = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
        return np.ascontiguousarray(bits.reshape(self.width, self.height).T)


def rle_of(mask: Mask) -> Rle:
    """A (height, width) mask packed."""
    height, width = mask.shape
    flat = np.concatenate([[False], np.asarray(mask, np.bool_).ravel(order="F"), [False]])
    return _of_turns(np.flatnonzero(flat[1:] != flat[:-1]), height, width)


def rle_of_places(places: NDArray[np.int64], height: int, width: int) -> Rle:
    """As `rle_of` for the pixels `column * height + row`, ascending, at the cost of those alone."""
    is_first = np.ones(len(places) + 1, np.bool_)
    is_first[1:-1] = places[1:] != places[:-1] + 1
    turns = np.stack([places[is_first[:-1]], places[is_first[1:]] + 1], axis=1).ravel()
    return _of_turns(turns, height, width)


def _of_turns(turns: NDArray[np.int64], height: int, width: int) -> Rle:
    runs = np.diff(np.concatenate([[0], turns, [height * width]]))
    return Rle(height, width, text_from_runs(runs[:-1] if len(runs) > 1 and runs[-1] == 0 else runs))


def rle_from(raw: Any) -> Rle | None:
    """What a stranger sent as `{"size": [height, width], "counts": text or numbers}`; None when it is no mask.

    Nothing is unpacked: a mask that claims a million by a million pixels costs what its text costs.
    """
    size, counts = (raw.get("size"), raw.get("counts")) if isinstance(raw, dict) else (None, None)
    if not isinstance(size, list | tuple) or len(size) != 2 or not all(map(_is_side, size)):
        return None
    height, width = int(size[0]), int(size[1])
    if height * width > MAX_PIXELS:
        return None
    runs = runs_from_text(counts) if isinstance(counts, str) else _runs_from_numbers(counts)
    if runs is None or np.any(runs < 0) or int(runs.sum()) != height * width:
        return None
    return Rle(height, width, counts if isinstance(counts, str) else text_from_runs(runs))


def runs_from_text(text: str) -> Runs | None:
    """The numbers in a text of pycocotools; None when it is none, or longer than MAX_TEXT or MAX_RUNS."""
    if len(text) > MAX_TEXT or not text.isascii():
        return None
    bits = np.frombuffer(text.encode("ascii"), np.uint8).astype(np.int64) - 48
    if np.any((bits < 0) | (bits > 63)) or (len(bits) and bits[-1] & 32):
        return None
    ends = np.flatnonzero((bits & 32) == 0)
    if len(ends) > MAX_RUNS:
        return None
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    lengths = ends + 1 - starts if len(ends) else starts[:0]
    if not len(ends) or lengths.max() > _GROUPS:
        return None if len(ends) else np.zeros(0, np.int64)
    place = np.arange(len(bits)) - np.repeat(starts, lengths)
    values = np.add.reduceat((bits & 31) << (5 * place), starts)
    is_negative = (bits[ends] & 16) != 0
    values = np.where(is_negative, values - (np.int64(1) << (5 * lengths)), values)
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return values


def text_from_runs(runs: Runs) -> str:
    """The text of pycocotools for these numbers."""
    left = np.asarray(runs, np.int64).copy()
    left[3:] -= np.asarray(runs, np.int64)[1:-2]
    signs = np.zeros((len(left), _GROUPS), np.uint8)
    is_used = np.zeros((len(left), _GROUPS), np.bool_)
    more = np.ones(len(left), np.bool_)
    for group in range(_GROUPS):
        is_used[:, group] = more
        bits = left & 31
        left >>= 5
        goes_on = more & np.where(bits & 16, left != -1, left != 0)
        signs[:, group] = (bits | np.where(goes_on, 32, 0)) + 48
        more = goes_on
    return signs[is_used].tobytes().decode("ascii")


def _runs_from_numbers(counts: Any) -> Runs | None:
    if not isinstance(counts, list | tuple) or len(counts) > MAX_RUNS:
        return None
    if not all(
        isinstance(run, int) and not isinstance(run, bool) and 0 <= run <= MAX_PIXELS for run in counts
    ):
        return None
    return np.array(counts, np.int64)


def _is_side(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_PIXELS
