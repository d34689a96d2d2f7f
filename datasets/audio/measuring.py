"""One pass over a recording: loudness, flat tops, what it sounds like. Pure.

Everything that the checks and the lists need is measured here once, while a recording is decoded; a check over
a hundred thousand of them opens no file.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.audio.reading import Clip, ClipHeader, Samples

# Enough for everything that tells recordings apart; half an hour of it is a hundred megabytes.
ANALYSIS_HZ: Final = 16_000
_FLAT: Final = 4e-5
_FLAT_RUN: Final = 3
_LEVELS: Final = 512
_MAX_LEVEL: Final = 1.25
_TOP: Final = 0.98
_FLOOR_DB: Final = -120.0


@dataclass(frozen=True, slots=True)
class Measured:
    """A recording as it was heard to its end.

    `mono` is (N,) float32 at `rate_hz`, at least half of what is there and at most 32 kHz. `peak` and `rms` are
    of all channels, 1 is full scale. `clipped` is the share of samples on flat tops within 2 % of the peak.
    `sound` names the decoded samples, whatever container they came in.
    """

    header: ClipHeader
    frames: int
    mono: Samples
    rate_hz: float
    peak: float
    rms: float
    clipped: float
    sound: str

    @property
    def duration_s(self) -> float:
        """Of what was decoded, not of what the header says."""
        return self.frames / self.header.rate_hz


def clip_measured(content: bytes) -> Measured:
    """Decode everything once, block by block. Raises AudioRefused."""
    with Clip(content) as clip:
        return _measured(clip)


def _measured(clip: Clip) -> Measured:
    header = clip.header
    step = max(1, header.rate_hz // ANALYSIS_HZ)
    tops = np.zeros(_LEVELS, np.int64)
    sound = hashlib.blake2b(f"{header.rate_hz} {header.channels}".encode(), digest_size=12)
    parts: list[Samples] = []
    rest: Samples = np.empty(0, np.float32)
    frames, peak, squares = 0, 0.0, 0.0
    for block in clip.blocks():
        frames += len(block)
        peak = max(peak, float(np.abs(block).max()))
        squares += float(np.einsum("ij,ij->", block, block, dtype=np.float64))
        tops += _flat_tops(block)
        sound.update(np.round(block * (1 << 23)).astype("<i4").tobytes())
        mono = np.concatenate((rest, block.mean(axis=1, dtype=np.float32)))
        whole = len(mono) // step * step
        parts.append(mono[:whole].reshape(-1, step).mean(axis=1))
        rest = mono[whole:]
    count = frames * header.channels
    first = int(_TOP * peak / _MAX_LEVEL * _LEVELS)
    return Measured(
        header=header,
        frames=frames,
        mono=np.concatenate(parts) if parts else rest,
        rate_hz=header.rate_hz / step,
        peak=peak,
        rms=float(np.sqrt(squares / count)),
        # A tenth of full scale, below which a step of 16 bits is no small part of the wave itself.
        clipped=float(tops[first:].sum() / count) if peak >= 0.1 else 0.0,
        sound=sound.hexdigest(),
    )


def _flat_tops(block: Samples) -> NDArray[np.int64]:
    """How many samples lie in runs of equal neighbors, by their level.

    A wave of 20 Hz at full scale is flat over eight of its two thousand samples, one of 100 Hz over none.
    """
    flat = np.abs(np.diff(block, axis=0)) <= _FLAT
    runs = flat[: 1 - _FLAT_RUN].copy() if len(flat) >= _FLAT_RUN else flat[:0]
    for offset in range(1, _FLAT_RUN):
        if len(runs):
            runs &= flat[offset : len(flat) - _FLAT_RUN + 1 + offset]
    levels = np.abs(block[: len(runs)])[runs]
    bins = np.minimum((levels / _MAX_LEVEL * _LEVELS).astype(np.int64), _LEVELS - 1)
    return np.bincount(bins, minlength=_LEVELS)


def decibel(level: float) -> float:
    """Of an amplitude, 0 at full scale; at least -120."""
    return float(max(_FLOOR_DB, 20 * np.log10(max(level, 1e-12))))


def loudest(mono: Samples, rate_hz: float, window_s: float = 0.05) -> float:
    """The root mean square of the loudest window, 1 is full scale."""
    size = max(1, round(window_s * rate_hz))
    whole = len(mono) // size * size
    if not whole:
        return float(np.sqrt(np.mean(np.square(mono, dtype=np.float64)))) if len(mono) else 0.0
    energy = np.square(mono[:whole], dtype=np.float64).reshape(-1, size).mean(axis=1)
    return float(np.sqrt(energy.max()))
