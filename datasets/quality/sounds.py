"""What the checks need to know of a recording, measured once while it is decoded. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from datasets.audio.measuring import Measured, decibel, loudest

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class SoundFeatures:
    """Figures of one recording.

    `peak_db` and `loudest_db` (of the loudest 50 ms) are of full scale, `clipped` is the share of samples on flat
    tops, `sound` names the decoded samples.
    """

    peak_db: float
    loudest_db: float
    clipped: float
    sound: str

    def to_json(self) -> dict[str, Any]:
        """For `Sample.features`; under 3 kB."""
        return {
            "v": VERSION,
            "peak_db": round(self.peak_db, 1),
            "loudest_db": round(self.loudest_db, 1),
            "clipped": round(self.clipped, 6),
            "sound": self.sound,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self | None:
        """None for what no import of this version measured."""
        if stored.get("v") != VERSION or "sound" not in stored:
            return None
        return cls(stored["peak_db"], stored["loudest_db"], stored["clipped"], stored["sound"])


def sound_features(heard: Measured) -> SoundFeatures:
    """Everything about a recording that was heard to its end."""
    return SoundFeatures(
        peak_db=decibel(heard.peak),
        loudest_db=decibel(loudest(heard.mono, heard.rate_hz)),
        clipped=heard.clipped,
        sound=heard.sound,
    )
