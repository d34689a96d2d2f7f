"""How a recording looks: its waveform in a few bars, its spectrogram as a small picture. Pure."""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.imaging.thumbnail import thumbnail
from datasets.audio.reading import Samples

BARS: Final = 96
WIDTH_PX: Final = 320
HEIGHT_PX: Final = 96
_WINDOW_S: Final = 0.032
_LEAST_HZ: Final = 60.0
_RANGE_DB: Final = 72.0
_PER_COLUMN: Final = 4
# A few stations of a perceptually even ramp from black over violet and orange to pale yellow.
_RAMP: Final = np.array(
    [
        [8, 8, 20],
        [54, 18, 92],
        [120, 32, 116],
        [188, 56, 84],
        [240, 112, 44],
        [252, 190, 80],
        [252, 250, 190],
    ],
    np.float32,
)


def waveform(mono: Samples) -> list[int]:
    """The largest amplitude in each of BARS equal stretches, 0 to 100 of the clip's own peak."""
    if not len(mono):
        return [0] * BARS
    edges = np.linspace(0, len(mono), BARS, endpoint=False).astype(np.int64)
    peaks = np.maximum.reduceat(np.abs(mono), edges)
    top = float(peaks.max())
    return [round(100 * float(value) / top) for value in peaks] if top > 0 else [0] * BARS


def spectrogram_picture(mono: Samples, rate_hz: float) -> bytes:
    """A JPEG of WIDTH_PX x HEIGHT_PX: time to the right, pitch upwards (logarithmic from 60 Hz), louder is paler."""
    levels = _levels(mono, rate_hz)
    decibels = 10 * np.log10(levels + 1e-12)
    shade = (
        np.clip((decibels - decibels.max() + _RANGE_DB) / _RANGE_DB, 0, 1)
        if levels.max() > 1e-12
        else levels * 0
    )
    place = shade[::-1] * (len(_RAMP) - 1)
    low = np.minimum(place.astype(np.int64), len(_RAMP) - 2)
    share = (place - low)[..., None]
    pixels: NDArray[np.uint8] = (_RAMP[low] * (1 - share) + _RAMP[low + 1] * share).astype(np.uint8)
    return thumbnail(np.ascontiguousarray(pixels), WIDTH_PX)


def _levels(mono: Samples, rate_hz: float) -> NDArray[np.float64]:
    """(HEIGHT_PX, WIDTH_PX) power, lowest pitch first; each column is the mean of a few windows inside it."""
    size = 1 << max(6, round(float(np.log2(_WINDOW_S * rate_hz))))
    padded = np.pad(mono, (size // 2, size))
    starts = np.linspace(0, max(len(mono) - 1, 0), WIDTH_PX * _PER_COLUMN).astype(np.int64)
    window = np.hanning(size).astype(np.float32)
    power = np.empty((len(starts), size // 2 + 1))
    for at in range(0, len(starts), 256):
        frames = padded[starts[at : at + 256, None] + np.arange(size)]
        power[at : at + 256] = np.abs(np.fft.rfft(frames * window)) ** 2
    columns = power.reshape(WIDTH_PX, _PER_COLUMN, -1).mean(axis=1)
    edges = np.geomspace(_LEAST_HZ, rate_hz / 2, HEIGHT_PX + 1) * size / rate_hz
    rows = [_band(columns, low, high) for low, high in pairwise(edges)]
    levels: NDArray[np.float64] = np.stack(rows) / (np.square(window).sum() * size)
    return levels


def _band(columns: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """The mean power between two places among the bins; between neighbors where the band is narrower than one."""
    first, last = int(np.ceil(low)), min(int(np.ceil(high)), columns.shape[1])
    if last > first:
        mean: NDArray[np.float64] = columns[:, first:last].mean(axis=1)
        return mean
    below = min(int(low), columns.shape[1] - 2)
    share = (low + high) / 2 - below
    between: NDArray[np.float64] = columns[:, below] * (1 - share) + columns[:, below + 1] * share
    return np.maximum(between, 0)
