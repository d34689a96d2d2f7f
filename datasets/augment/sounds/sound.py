"""A recording in memory, and how its length and its pitch are changed. Pure.

`stretched` is the phase vocoder of Flanagan and Golden, "Phase Vocoder", 1966, in the form of Laroche and Dolson,
"Improved Phase Vocoder Time-Scale Modification of Audio", 1999, without their locking of phases: windows of
Hann with three quarters of overlap, magnitudes between two neighbors taken linearly, phases advanced by what
each bin really turned from one neighbor to the next.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
# How much of a recording a preview is about.
SHOWN_S: Final = 10
_WINDOW_S: Final = 0.046
_OVERLAP: Final = 4
_AT_ONCE: Final = 128


@dataclass(frozen=True, slots=True)
class Sound:
    """`samples` (frames, channels) float32, nominally -1 to 1, `rate_hz` frames a second."""

    samples: Samples
    rate_hz: int

    def with_samples(self, samples: NDArray[np.floating]) -> "Sound":
        """The same rate."""
        return replace(self, samples=np.asarray(samples, np.float32))


def stretched(samples: Samples, rate_hz: int, factor: float) -> Samples:
    """(frames, channels) of `factor` times the length, at the same pitch."""
    frames = max(1, round(len(samples) * factor))
    size = 1 << max(6, round(float(np.log2(_WINDOW_S * rate_hz))))
    made = [_stretched(samples[:, channel], size, frames, factor) for channel in range(samples.shape[1])]
    return np.stack(made, axis=1)


def resampled(samples: Samples, frames: int) -> Samples:
    """(frames, channels) of what had another number of frames, cut off at the lower of the two bands.

    By the spectrum of the whole: exact for what is periodic in it, and free of aliases.
    """
    spectrum = np.fft.rfft(samples, axis=0)
    kept = spectrum[: frames // 2 + 1]
    scaled = np.fft.irfft(kept, n=frames, axis=0) * (frames / len(samples))
    return np.asarray(scaled, np.float32)


def _stretched(mono: Samples, size: int, frames: int, factor: float) -> Samples:
    hop = size // _OVERLAP
    window = np.hanning(size + 1)[:-1]
    padded = np.pad(mono.astype(np.float64), (size // 2, size + hop))
    count = 1 + -(-frames // hop)
    turn = 2 * np.pi * hop * np.arange(size // 2 + 1) / size  # what the middle of a bin turns in a hop
    out = np.zeros((count - 1) * hop + size)
    weight = np.zeros_like(out)
    phase = np.angle(np.fft.rfft(padded[:size] * window))
    last = (len(padded) - size) // hop - 1
    for first in range(0, count, _AT_ONCE):
        at = np.minimum(np.arange(first, min(first + _AT_ONCE, count)) / factor, last)
        low = at.astype(np.int64)
        share = (at - low)[:, None]
        left, right = (_spectra(padded, (low + step) * hop, window) for step in (0, 1))
        level = np.abs(left) * (1 - share) + np.abs(right) * share
        moved = np.angle(right) - np.angle(left) - turn
        steps = turn + moved - 2 * np.pi * np.round(moved / (2 * np.pi))
        phases = phase + np.vstack([np.zeros_like(phase), np.cumsum(steps, axis=0)])
        phase = phases[-1]
        pieces = np.fft.irfft(level * np.exp(1j * phases[:-1]), n=size) * window
        for place, piece in enumerate(pieces, first):
            out[place * hop : place * hop + size] += piece
            weight[place * hop : place * hop + size] += window**2
    made = out / np.maximum(weight, 1e-3)
    return made[size // 2 : size // 2 + frames].astype(np.float32)


def _spectra(
    padded: NDArray[np.float64], starts: NDArray[np.int64], window: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """(windows, bins) of the windows that begin at `starts`."""
    rows = padded[starts[:, None] + np.arange(len(window))] * window
    return np.asarray(np.fft.rfft(rows), np.complex128)
