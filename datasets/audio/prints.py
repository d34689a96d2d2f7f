"""A print of a recording that survives another container, a lossy codec, another gain or sample rate. Pure.

Logarithms of the energy in 16 bands of 120 to 3,600 Hz (narrower than any telephone's), every 20 ms from the first
sound on, at most four seconds, in steps of 2.5 dB below the loudest: two clips are compared by the correlation of
these levels, which no gain changes.
"""

import base64
import binascii
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.audio.reading import Samples

BANDS: Final = 16
MAX_FRAMES: Final = 192
HOP_S: Final = 0.020
_WINDOW_S: Final = 0.064
_LEAST_HZ: Final = 120.0
_MOST_HZ: Final = 3_600.0
_ONSET: Final = 0.05
_ONSET_STEP_S: Final = 0.002
_BEFORE_S: Final = 0.004
_STEP_DB: Final = 2.5
_TOP: Final = 15
_QUIET: Final = 1e-3  # of full scale: under this there is nothing to take a print of

Levels = NDArray[np.uint8]


def print_of(mono: Samples, rate_hz: float) -> Levels:
    """(T, BANDS) uint8 from 0 to 15, T up to MAX_FRAMES; (0, BANDS) for what is silent."""
    sound = _from_first_sound(mono, rate_hz)
    size = max(8, round(_WINDOW_S * rate_hz))
    if not len(sound):
        return np.empty((0, BANDS), np.uint8)
    count = min(MAX_FRAMES, 1 + int((len(sound) - 1) / (HOP_S * rate_hz)))
    starts = np.round(np.arange(count) * HOP_S * rate_hz).astype(np.int64)
    padded = np.pad(sound[: starts[-1] + size], (size // 2, size))
    frames = padded[starts[:, None] + np.arange(size)] * np.hanning(size).astype(np.float32)
    energy = (np.abs(np.fft.rfft(frames)) ** 2) @ _weights(size, rate_hz)
    decibels = 10 * np.log10(np.maximum(energy, 1e-20) / max(float(energy.max()), 1e-20))
    return np.clip(np.round(_TOP + decibels / _STEP_DB), 0, _TOP).astype(np.uint8)


def _from_first_sound(mono: Samples, rate_hz: float) -> Samples:
    """From the first moment that is a twentieth of the loudest to the last one."""
    step = max(1, round(_ONSET_STEP_S * rate_hz))
    whole = len(mono) // step * step
    if not whole:
        return mono[:0]
    peaks = np.abs(mono[:whole]).reshape(-1, step).max(axis=1)
    top = float(peaks.max())
    if top < _QUIET:
        return mono[:0]
    loud = np.flatnonzero(peaks >= _ONSET * top)
    first = max(0, int(loud[0]) * step - round(_BEFORE_S * rate_hz))
    return mono[first : (int(loud[-1]) + 1) * step]


def _weights(size: int, rate_hz: float) -> NDArray[np.float64]:
    """(size // 2 + 1, BANDS): how much of each bin, as wide as it is, lies in each band."""
    bins = np.arange(size // 2 + 1)
    edges = np.geomspace(_LEAST_HZ, _MOST_HZ, BANDS + 1) * size / rate_hz
    low, high = np.maximum(edges[:-1], bins[:, None] - 0.5), np.minimum(edges[1:], bins[:, None] + 0.5)
    weights: NDArray[np.float64] = np.clip(high - low, 0, None)
    return weights


def print_packed(levels: Levels) -> str:
    """Two levels a byte, as text."""
    flat = levels.reshape(-1)
    return base64.b64encode((flat[::2] << 4 | flat[1::2]).tobytes()).decode()


def print_unpacked(packed: str) -> Levels:
    """The inverse of `print_packed`; empty for what it did not write."""
    try:
        raw = np.frombuffer(base64.b64decode(packed, validate=True), np.uint8)
    except (binascii.Error, ValueError):
        raw = np.empty(0, np.uint8)
    if len(raw) % (BANDS // 2):
        raw = raw[:0]
    return np.stack((raw >> 4, raw & 15), axis=1).reshape(-1, BANDS)
