"""Whether one picture is a trimmed copy of another, by registering small gray versions of both. Pure.

A copy that was trimmed, resized and saved again differs by a window (where it begins and how long it is
on each axis), a gain and an offset of brightness. Gauss-Newton (Lucas & Kanade 1981; Baker & Matthews
2004, eq. 10) finds these six numbers for many pairs at once, smooth versions first; what is left over
after that tells a copy from another picture of the same scene.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

_COARSE: Final = (2, 1, 0)
_FINE_STEPS: Final = 2
_MAX_STEP: Final = 0.08
_MAX_TRIM: Final = 0.3
_DETAIL: Final = 4
# Differences under this share of the picture's own spread are what compression leaves.
_QUIET: Final = 0.08


@dataclass(frozen=True, slots=True)
class Fit:
    """How well each of P pairs fits.

    `window` (P, 4): begin and length on the vertical, then on the horizontal axis, as fractions of the
    first picture. `correlation` (P,) over the part they share, and `detail` (P,) the same of what a blur
    would take away: two pictures of one mood agree in the first, only copies agree in the second.
    `peak` (P,) is the difference in the worst of 8 x 8 blocks over the root mean square of all: copies differ
    a little everywhere, a picture with another object in it differs there.
    """

    window: Floats
    correlation: Floats
    detail: Floats
    peak: Floats


def fit_pairs(first: Floats, second: Floats) -> Fit:
    """Register `first` (P, n, n) to `second` (P, n, n), gray levels of any scale; P at least 1, n a
    multiple of 8.
    """
    window: Floats = np.tile(np.array([0, 1, 0, 1], np.float32), (len(first), 1))
    coarse, coarse_second = _halved(_smoothed(first, 1)), _halved(_smoothed(second, 1))
    for passes in _COARSE:
        window = _stepped(_smoothed(coarse, passes), _smoothed(coarse_second, passes), window)
    first, fixed = _smoothed(first, 1), _smoothed(second, 1)
    for _ in range(_FINE_STEPS):
        window = _stepped(first, fixed, window)
    warped, inside = _warped(first, window)
    detail, fixed_detail = (part - _smoothed(part, _DETAIL) for part in (warped, fixed))
    return Fit(
        window,
        _correlation(warped, fixed, inside),
        _correlation(detail, fixed_detail, inside),
        _peak(warped, fixed, inside),
    )


def _stepped(first: Floats, second: Floats, window: Floats) -> Floats:
    """One step of Gauss-Newton; brightness is solved for beside the window and not kept."""
    count, side = first.shape[:2]
    warped, inside = _warped(first, window)
    down = np.gradient(warped, axis=1) * side / window[:, 1, None, None]
    right = np.gradient(warped, axis=2) * side / window[:, 3, None, None]
    place = ((np.arange(side, dtype=np.float32) + 0.5) / side)[None, :]
    columns = (down, down * place[:, :, None], right, right * place[:, None, :], warped, np.ones_like(warped))
    design = np.stack([(c * inside).reshape(count, -1) for c in columns], axis=2)
    normal = design.transpose(0, 2, 1) @ design
    scale = np.sqrt(np.maximum(np.einsum("pii->pi", normal), 1e-12))
    normal /= scale[:, :, None] * scale[:, None, :]
    normal += 1e-3 * np.eye(6, dtype=np.float32)
    wanted = np.einsum("pkc,pk->pc", design, (second * inside).reshape(count, -1)) / scale
    solved = np.linalg.solve(normal, wanted[:, :, None])[:, :, 0] / scale
    gain = np.where(np.abs(solved[:, 4:5]) < 0.2, 1.0, solved[:, 4:5])
    moved = window + np.clip(solved[:, :4] / gain, -_MAX_STEP, _MAX_STEP)
    moved[:, 0::2] = np.clip(moved[:, 0::2], -_MAX_TRIM, _MAX_TRIM)
    moved[:, 1::2] = np.clip(moved[:, 1::2], 1 - _MAX_TRIM, 1 / (1 - _MAX_TRIM))
    return np.asarray(moved, np.float32)


def _warped(pictures: Floats, window: Floats) -> tuple[Floats, Floats]:
    """The window of each picture at its own size by linear interpolation, and which cells lie inside it."""
    side = pictures.shape[1]
    rows, rows_inside = _resampler(window[:, 0], window[:, 1], side)
    columns, columns_inside = _resampler(window[:, 2], window[:, 3], side)
    inside = rows_inside[:, :, None] * columns_inside[:, None, :]
    return rows @ pictures @ columns.transpose(0, 2, 1), inside


def _resampler(begin: Floats, length: Floats, side: int) -> tuple[Floats, Floats]:
    cells = (np.arange(side, dtype=np.float32) + 0.5) / side
    at = (begin[:, None] + length[:, None] * cells) * side - 0.5
    inside = ((at > -0.5) & (at < side - 0.5)).astype(np.float32)
    at = np.clip(at, 0, side - 1)
    hats = np.maximum(0, 1 - np.abs(at[:, :, None] - np.arange(side, dtype=np.float32)))
    return hats.astype(np.float32), inside


def _smoothed(pictures: Floats, passes: int) -> Floats:
    """The binomial kernel 1 2 1 on both axes, `passes` times, edges repeated."""
    kernel = _kernel(pictures.shape[1], passes)
    smooth: Floats = kernel @ pictures @ kernel.T
    return smooth


@lru_cache(maxsize=16)
def _kernel(side: int, passes: int) -> Floats:
    once = np.eye(side, dtype=np.float32) / 2
    rows = np.arange(side)
    np.add.at(once, (rows, np.maximum(rows - 1, 0)), 0.25)
    np.add.at(once, (rows, np.minimum(rows + 1, side - 1)), 0.25)
    return np.linalg.matrix_power(once, passes)


def _halved(pictures: Floats) -> Floats:
    count, side = pictures.shape[:2]
    return np.asarray(pictures.reshape(count, side // 2, 2, side // 2, 2).mean((2, 4)))


def _peak(warped: Floats, fixed: Floats, inside: Floats) -> Floats:
    a, b = (part - _mean(part, inside)[:, None, None] for part in (warped, fixed))
    gain = _mean(a * b, inside) / np.maximum(_mean(a**2, inside), 1e-6)
    left = np.abs(gain[:, None, None] * a - b) * inside
    usual = np.sqrt(np.maximum(_mean(left**2, inside), _QUIET**2 * _mean(b**2, inside)))
    cell = left.shape[1] // 8
    blocks = left.reshape(len(left), 8, cell, 8, cell).mean((2, 4)).max((1, 2))
    return np.asarray(blocks / np.maximum(usual, 1e-6))


def _correlation(warped: Floats, fixed: Floats, inside: Floats) -> Floats:
    a = (warped - _mean(warped, inside)[:, None, None]) * inside
    b = (fixed - _mean(fixed, inside)[:, None, None]) * inside
    norms = np.sqrt((a**2).sum((1, 2)) * (b**2).sum((1, 2)))
    return np.asarray((a * b).sum((1, 2)) / np.maximum(norms, 1e-9))


def _mean(values: Floats, inside: Floats) -> Floats:
    return np.asarray((values * inside).sum((1, 2)) / np.maximum(inside.sum((1, 2)), 1))
