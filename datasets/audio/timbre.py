"""What a recording sounds like, in 128 figures that no gain changes. Pure; numpy alone.

Logarithms of the energy in 40 bands that are even on the mel scale (O'Shaughnessy 1987), every 10 ms, in decibel
below the loudest; of what is no more than 60 dB below the loudest moment the mean, the spread and the mean step from
one frame to the next of each band, and how the whole grows and fades over eight equal stretches.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.audio.reading import Samples

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

BANDS: Final = 40
STRETCHES: Final = 8
WIDTH: Final = 3 * BANDS + STRETCHES
_WINDOW_S: Final = 0.025
_HOP_S: Final = 0.010
_LEAST_HZ: Final = 60.0
_MOST_HZ: Final = 7_600.0
_QUIET: Final = 1e-4  # of full scale: under this there is nothing to describe
_FLOOR_DB: Final = -80.0
_SOUNDING_DB: Final = -60.0
_CHUNK: Final = 1_024


def timbre_of(mono: Samples, rate_hz: float) -> Floats | None:
    """(WIDTH,) of a recording (N,) at `rate_hz`; None for silence. O(N log window)."""
    if not len(mono) or float(np.abs(mono).max()) < _QUIET:
        return None
    energies = _energies(mono, rate_hz)
    loudness = energies.sum(axis=1)
    decibels = np.maximum(10 * np.log10(np.maximum(energies / energies.max(), 1e-20)), _FLOOR_DB)
    sounding = np.flatnonzero(10 * np.log10(np.maximum(loudness / loudness.max(), 1e-20)) >= _SOUNDING_DB)
    heard = decibels[sounding[0] : sounding[-1] + 1]
    steps = np.abs(np.diff(heard, axis=0)).mean(axis=0) if len(heard) > 1 else np.zeros(BANDS)
    whole = heard.mean(axis=1)
    places = np.linspace(0, len(whole), STRETCHES + 1).astype(np.int64)
    fade = [
        whole[begin : max(end, begin + 1)].mean() if begin < len(whole) else _FLOOR_DB
        for begin, end in pairwise(places.tolist())
    ]
    figures = (heard.mean(axis=0), heard.std(axis=0), steps, np.array(fade) - whole.max())
    made: Floats = np.concatenate(figures).astype(np.float32)
    return made


def _energies(mono: Samples, rate_hz: float) -> Doubles:
    """(T, BANDS) of all frames, the last one filled up with silence."""
    size, hop = max(16, round(_WINDOW_S * rate_hz)), max(1, round(_HOP_S * rate_hz))
    count = 1 + max(len(mono) - size, 0) // hop
    padded = np.pad(mono, (0, max(0, size - len(mono))))
    window = np.hanning(size + 2)[1:-1].astype(np.float32)
    weights = _triangles(size, rate_hz)
    energies = np.empty((count, BANDS))
    for begin in range(0, count, _CHUNK):
        starts = np.arange(begin, min(begin + _CHUNK, count)) * hop
        frames = padded[starts[:, None] + np.arange(size)] * window
        energies[begin : begin + _CHUNK] = np.abs(np.fft.rfft(frames)) ** 2 @ weights
    return energies


def _triangles(size: int, rate_hz: float) -> Doubles:
    """(size // 2 + 1, BANDS) overlapping triangles, none narrower than two bins; above half the rate there is nothing."""
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (_LEAST_HZ, _MOST_HZ))
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1) * size / rate_hz
    bins = np.arange(size // 2 + 1)[:, None]
    left, middle, right = edges[:-2], edges[1:-1], edges[2:]
    up = (bins - middle) / np.maximum(middle - left, 1) + 1
    down = (middle - bins) / np.maximum(right - middle, 1) + 1
    weights: Doubles = np.clip(np.minimum(up, down), 0, None)
    return weights
