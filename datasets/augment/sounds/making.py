"""Copies of recordings: decoded within limits, written as FLAC. Pure; only a limited child calls this."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile

from datasets.audio.looks import spectrogram_picture
from datasets.audio.reading import AudioRefused, Clip
from datasets.augment.making import Made, Maker, Row, bytes_of_row
from datasets.augment.pipeline import pipeline_of
from datasets.augment.sounds.operators import OPERATORS
from datasets.augment.sounds.sound import SHOWN_S, Samples, Sound

# Of all channels together: five minutes of stereo at 48 kHz, a hundred megabytes, of which there are several.
MAX_SAMPLES: Final = 30_000_000
_FINE: Final = frozenset(("PCM_24", "PCM_32", "FLOAT", "DOUBLE"))
_WRITTEN_AT_ONCE: Final = 1 << 14


class SoundMaker(Maker[Sound]):
    """FLAC at the rate and with the channels of the recording, 16 bits or 24 where there were more than 16."""

    seconds: float | None = None

    def __init__(self, steps: Any) -> None:
        self.pipeline = pipeline_of(steps, OPERATORS)
        self._subtype = "PCM_16"

    @classmethod
    def of(cls, steps: Any, rows: Sequence[Row], manifest: Path) -> "SoundMaker":
        """Nothing of the others is needed."""
        return cls(steps)

    def opened(self, row: Row) -> Sound:
        """Raises AudioRefused, also for what is longer than is augmented, and OSError."""
        with Clip(bytes_of_row(row)) as clip:
            header = clip.header
            self._subtype = "PCM_24" if header.subtype in _FINE else "PCM_16"
            most = None if self.seconds is None else round(self.seconds * header.rate_hz)
            blocks: list[Samples] = []
            frames = 0
            for block in clip.blocks():
                blocks.append(block)
                frames += len(block)
                if most is not None and frames >= most:
                    break
                if frames * header.channels > MAX_SAMPLES:
                    raise AudioRefused(
                        "audio_too_long_to_augment",
                        "too long to be held whole; cut the recording into pieces",
                    )
            return Sound(np.concatenate(blocks)[:most], header.rate_hz)

    def closed(self, made: Sound) -> Made:
        """No part of the line changes."""
        return {}, _encoded(made, "FLAC", self._subtype)


class SoundPreviewMaker(SoundMaker):
    """The first seconds, before and after as spectrograms and what is heard as Vorbis; nothing of it is kept."""

    seconds = SHOWN_S

    def opened(self, row: Row) -> Sound:
        """As `SoundMaker`; remembers how it looked."""
        sound = super().opened(row)
        self._before = _looks(sound)
        return sound

    def closed(self, made: Sound) -> Made:
        """`{before, after}` are base64 of JPEG."""
        return {"before": self._before, "after": _looks(made)}, _encoded(made, "OGG", "VORBIS")


def _looks(sound: Sound) -> str:
    picture = spectrogram_picture(sound.samples.mean(axis=1, dtype=np.float32), float(sound.rate_hz))
    return base64.b64encode(picture).decode()


def _encoded(sound: Sound, container: str, subtype: str) -> bytes:
    """Turned down where it would go over full scale. Raises ValueError for what is no number."""
    peak = float(np.abs(sound.samples).max(initial=0.0))
    if not np.isfinite(peak):
        raise ValueError("the samples are no numbers")
    samples = sound.samples / np.float32(peak) if peak > 1 else sound.samples
    steps = {"PCM_16": (32_767, np.int16, 0), "PCM_24": (8_388_607, np.int32, 8)}.get(subtype)
    if steps is not None:
        # Rounded here: what an encoder makes of a fraction is its own affair.
        samples = (np.rint(samples.astype(np.float64) * steps[0]).astype(np.int32) << steps[2]).astype(
            steps[1]
        )
    out = io.BytesIO()
    with soundfile.SoundFile(
        out, "w", sound.rate_hz, sound.samples.shape[1], subtype=subtype, format=container
    ) as file:
        for start in range(0, len(samples), _WRITTEN_AT_ONCE):
            file.write(samples[start : start + _WRITTEN_AT_ONCE])
    return out.getvalue()
