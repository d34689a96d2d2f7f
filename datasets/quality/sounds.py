"""What the checks need to know of a recording, measured once while it is decoded, and what they make of it. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from datasets.audio.measuring import Measured, decibel, loudest
from datasets.audio.prints import Levels, print_of, print_packed, print_unpacked

VERSION: Final = 1
# The loudest 50 ms of a whisper across a quiet room is 10 dB above it.
_SILENT_DB: Final = -50.0
# A limiter of a mastered record leaves a few flat samples; half a per mille is where it is heard.
_CLIPPED: Final = 5e-4
_MAJORITY: Final = 0.8


@dataclass(frozen=True, slots=True)
class SoundFeatures:
    """Figures of one recording.

    `peak_db` and `loudest_db` (of the loudest 50 ms) are of full scale, `clipped` is the share of samples on flat
    tops, `sound` names the decoded samples, `levels` is the print (`datasets.audio.prints`).
    """

    peak_db: float
    loudest_db: float
    clipped: float
    sound: str
    levels: Levels

    def to_json(self) -> dict[str, Any]:
        """For `Sample.features`; under 2.3 kB."""
        return {
            "v": VERSION,
            "peak_db": round(self.peak_db, 1),
            "loudest_db": round(self.loudest_db, 1),
            "clipped": round(self.clipped, 6),
            "sound": self.sound,
            "print": print_packed(self.levels),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self | None:
        """None for what an older or newer studio measured, or nobody yet."""
        if stored.get("v") != VERSION:
            return None
        try:
            return cls(
                float(stored["peak_db"]),
                float(stored["loudest_db"]),
                float(stored["clipped"]),
                str(stored["sound"]),
                print_unpacked(stored["print"]),
            )
        except (KeyError, TypeError, ValueError):
            return None

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to be heard."""
        return self.loudest_db < _SILENT_DB

    @property
    def is_clipped(self) -> bool:
        """Whether the recording was too loud for what it was recorded with."""
        return self.clipped >= _CLIPPED


def sound_features(heard: Measured) -> SoundFeatures:
    """Everything about a recording that was heard to its end."""
    return SoundFeatures(
        peak_db=decibel(heard.peak),
        loudest_db=decibel(loudest(heard.mono, heard.rate_hz)),
        clipped=heard.clipped,
        sound=heard.sound,
        levels=print_of(heard.mono, heard.rate_hz),
    )


def other_rates(rates: Sequence[int]) -> tuple[list[int], dict[str, int]]:
    """The rows of another sample rate than nearly all others, and how many have each; no rows for a mixed set."""
    counts = Counter(rates)
    said = {str(rate): count for rate, count in sorted(counts.items())}
    if len(counts) < 2:
        return [], said
    most, count = counts.most_common(1)[0]
    if count < _MAJORITY * len(rates):
        return [], said
    return [row for row, rate in enumerate(rates) if rate != most], said
