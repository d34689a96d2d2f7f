"""Operators on recordings, in the order in which forms show them. Pure; labels stay, those of stretches where no operator `moves` sounds.

Times are shares of the length and levels are decibels, so that the beginning shows what the whole will get.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from core.params import param
from datasets.augment.base import Group, Operator, Rng
from datasets.augment.sounds.sound import Samples, Sound, resampled, stretched

_MOST_MASKS: Final = 4
_FADE_S: Final = 0.005
_QUIETEST_SNR_DB: Final = 40.0


class SoundOperator(Operator[Sound]):
    """Changes the samples; the rate stays. `moves`: whether a sound is then heard at another time."""

    moves: ClassVar[bool] = False

    def apply(self, content: Sound, rng: Rng, partners: Callable[[float], Sound] | None) -> Sound:
        """As `samples`."""
        return content.with_samples(self.samples(content.samples, content.rate_hz, rng))

    @abstractmethod
    def samples(self, samples: Samples, rate_hz: int, rng: Rng) -> NDArray[np.floating]:
        """New (frames, channels); the ones given are left alone."""


@dataclass(frozen=True, slots=True)
class AddNoise(SoundOperator):
    """Even noise under the recording, so many decibels below its mean power; silence stays silent."""

    key: ClassVar[str] = "add_noise"
    group: ClassVar[Group] = "loudness"
    snr_db: float = param(
        15.0, "Signal to noise", "In decibels; less is noisier.", minimum=0, maximum=_QUIETEST_SNR_DB
    )
    vary_snr: bool = param(True, "Vary", "Draw each recording's value from this one up to 40 dB.")
    noise_color: str = param("white", "Color", "White hisses; pink is darker.", choices=("white", "pink"))

    def samples(self, samples: Samples, rate_hz: int, rng: Rng) -> NDArray[np.floating]:
        """Noise of exactly the power that is asked for."""
        draw = rng.random()
        snr = self.snr_db + self.vary_snr * draw * (_QUIETEST_SNR_DB - self.snr_db)
        noise = rng.standard_normal(samples.shape, np.float32)
        if self.noise_color == "pink":
            spectrum = np.fft.rfft(noise, axis=0)
            spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1.0))[:, None]
            noise = np.asarray(np.fft.irfft(spectrum, n=len(noise), axis=0), np.float32)
        wanted = _power(samples) / 10 ** (snr / 10)
        return samples + noise * np.float32(np.sqrt(wanted / max(_power(noise), 1e-20)))


def _power(samples: Samples) -> float:
    return float(np.einsum("ij,ij->", samples, samples, dtype=np.float64)) / samples.size


@dataclass(frozen=True, slots=True)
class Gain(SoundOperator):
    """Louder or softer. What would go over full scale is turned down when it is written: nothing clips."""

    key: ClassVar[str] = "gain"
    group: ClassVar[Group] = "loudness"
    gain_db: float = param(6.0, "Largest change", "In decibels, either way.", minimum=0, maximum=24)

    def samples(self, samples: Samples, rate_hz: int, rng: Rng) -> NDArray[np.floating]:
        """All channels alike."""
        return samples * np.float32(10 ** (rng.uniform(-1, 1) * self.gain_db / 20))


@dataclass(frozen=True, slots=True)
class TimeShift(SoundOperator):
    """Earlier or later; the length stays."""

    key: ClassVar[str] = "time_shift"
    moves: ClassVar[bool] = True
    group: ClassVar[Group] = "time"
    most_shift: float = param(0.1, "Largest shift", "A share of the length.", minimum=0, maximum=0.5)
    wraps: bool = param(False, "Wrap around", "What leaves at one end comes in at the other; else silence.")

    def samples(self, samples: Samples, rate_hz: int, rng: Rng) -> NDArray[np.floating]:
        """By whole samples."""
        by = round(rng.uniform(-1, 1) * self.most_shift * len(samples))
        moved = np.roll(samples, by, axis=0)
        if not self.wraps and by:
            moved[slice(None, by) if by > 0 else slice(by, None)] = 0
        return moved


@dataclass(frozen=True, slots=True)
class TimeStretch(SoundOperator):
    """Faster or slower at the same pitch."""

    key: ClassVar[str] = "time_stretch"
    moves: ClassVar[bool] = True
    group: ClassVar[Group] = "time"
    most_stretch: float = param(
        0.15, "Largest change", "0.2 is from 1/1.2 to 1.2 of the length.", minimum=0, maximum=1
    )

    def samples(self, samples: Samples, rate_hz: int, rng: Rng) -> NDArray[np.floating]:
        """By the phase vocoder."""
        return stretched(samples, rate_hz, (1 + self.most_stretch) ** rng.uniform(-1, 1))


@dataclass(frozen=True, slots=True)
class PitchShift(SoundOperator):
    """Higher or lower at the same length."""

    key: ClassVar[str] = "pitch_shift"
    group: ClassVar[Group] = "time"
    semitones: float = param(
        2.0, "Largest change", "In semitones, either way; twelve are an octave.", minimum=0, maximum=12
    )

    def samples(self, samples: Samples, rate_hz: int, rng: Rng) -> NDArray[np.floating]:
        """Stretched by the vocoder, and played faster or slower by as much."""
        factor = 2 ** (rng.uniform(-1, 1) * self.semitones / 12)
        return resampled(stretched(samples, rate_hz, factor), len(samples))


@dataclass(frozen=True, slots=True)
class SpecMasks(SoundOperator):
    """Gaps in time and in frequency, as in SpecAugment (Park et al. 2019), made in the sound itself.

    A gap in time is silence with short fades, one in frequency a band taken out of the whole: what a network would
    not see on the spectrogram is not to be heard either. Bands are shares of the mel scale.
    """

    key: ClassVar[str] = "spec_masks"
    group: ClassVar[Group] = "cover"
    time_masks: int = param(1, "Gaps in time", "How many.", minimum=0, maximum=_MOST_MASKS)
    time_width: float = param(0.1, "Longest gap", "A share of the length.", minimum=0, maximum=0.5)
    band_masks: int = param(1, "Gaps in frequency", "How many.", minimum=0, maximum=_MOST_MASKS)
    band_width: float = param(0.1, "Widest band", "A share of the mel scale.", minimum=0, maximum=0.5)

    def samples(self, samples: Samples, rate_hz: int, rng: Rng) -> NDArray[np.floating]:
        """Bands first, so that gaps in time are silent."""
        times, bands = rng.random((_MOST_MASKS, 2)), rng.random((_MOST_MASKS, 2))
        made: NDArray[np.floating] = samples.copy()
        if self.band_masks and self.band_width:
            spectrum = np.fft.rfft(made, axis=0)
            top = _mel(rate_hz / 2)
            for first, last in (_place(draw, self.band_width) for draw in bands[: self.band_masks]):
                edges = [_hertz(share * top) * len(samples) / rate_hz for share in (first, last)]
                spectrum[round(edges[0]) : round(edges[1])] = 0
            made = np.fft.irfft(spectrum, n=len(samples), axis=0)
        for first, last in (_place(draw, self.time_width) for draw in times[: self.time_masks]):
            made *= _gap(len(samples), first, last, rate_hz)[:, None]
        return made


def _place(draws: NDArray[np.float64], widest: float) -> tuple[float, float]:
    """Begin and end of a gap, shares of the whole: its width, then its place."""
    width = float(draws[0]) * widest
    first = float(draws[1]) * (1 - width)
    return first, first + width


def _gap(frames: int, first: float, last: float, rate_hz: int) -> NDArray[np.float64]:
    """(frames,) 1 outside and 0 inside, with fades that lie outside."""
    at = np.arange(frames)
    away = np.maximum(first * frames - at, at - last * frames + 1)
    return np.asarray(np.clip(away / max(_FADE_S * rate_hz, 1.0), 0, 1), np.float64)


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _hertz(mel: float) -> float:
    return float(700 * (10 ** (mel / 2595) - 1))


_ALL: Final[tuple[type[Operator[Sound]], ...]] = (
    AddNoise,
    Gain,
    TimeShift,
    TimeStretch,
    PitchShift,
    SpecMasks,
)
OPERATORS: Final[Mapping[str, type[Operator[Sound]]]] = MappingProxyType({each.key: each for each in _ALL})
