"""Recordings from bytes, block by block, within limits. Only a limited child process calls this. Pure.

libsndfile (LGPL, by way of soundfile, BSD) decodes. It knows forty containers, many of them old and seldom
tried; only the four that are asked for ever reach it, told by their first bytes.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import DomainError

if TYPE_CHECKING:
    import soundfile

Samples = NDArray[np.float32]

MAX_BYTES: Final = 128 << 20
MAX_DURATION_S: Final = 1_800
MAX_CHANNELS: Final = 8
MIN_RATE_HZ: Final = 4_000
MAX_RATE_HZ: Final = 192_000
# Of all channels together: half an hour of stereo at 48 kHz. A compressed silence may not grow beyond it.
MAX_SAMPLES: Final = 180_000_000
BLOCK_FRAMES: Final = 1 << 16
# Recorders round up what they are about to write; a stream gives the largest number.
_SLACK_BYTES: Final = 1_024
_STREAMED: Final = 0x7FFF0000
_FORMATS: Final = {"WAV": "wav", "WAVEX": "wav", "FLAC": "flac", "OGG": "ogg", "MPEG": "mp3", "MP3": "mp3"}
MEDIA_TYPES: Final = {"wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "mp3": "audio/mpeg"}
# What every browser plays too, and no codec of the eighties.
_SUBTYPES: Final = frozenset(
    (
        *("PCM_U8", "PCM_S8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"),
        *("VORBIS", "OPUS", "MPEG_LAYER_I", "MPEG_LAYER_II", "MPEG_LAYER_III"),
    )
)


class AudioRefused(DomainError):
    """Not a recording that is taken; `code` says why, `detail` what to do."""

    status = 422

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        vars(self)["code"] = code


@dataclass(frozen=True, slots=True)
class ClipHeader:
    """`frames` is what the file says, not yet what is in it; `rate_hz` are frames a second."""

    format: str
    subtype: str
    rate_hz: int
    channels: int
    frames: int


class Clip:
    """A recording that is open. Use as a context manager. Raises AudioRefused."""

    def __init__(self, content: bytes) -> None:
        self._file = _opened(content)
        self.header = ClipHeader(
            _FORMATS.get(self._file.format, ""),
            self._file.subtype,
            self._file.samplerate,
            self._file.channels,
            self._file.frames,
        )
        try:
            _check(self.header)
        except AudioRefused:
            self._file.close()
            raise

    def __enter__(self) -> "Clip":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def blocks(self) -> Iterator[Samples]:
        """(frames, channels) float32, nominally -1 to 1, until the end. Raises AudioRefused.

        What the header promised is not believed: the count is kept here.
        """
        import soundfile

        seen = 0
        while True:
            try:
                block = self._file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
            except (soundfile.SoundFileError, RuntimeError) as exc:
                raise _damaged() from exc
            if not len(block):
                break
            seen += len(block)
            if seen * self.header.channels > MAX_SAMPLES or seen > MAX_DURATION_S * self.header.rate_hz:
                raise _too_long()
            if not np.isfinite(block).all():
                raise AudioRefused(
                    "audio_damaged", "the recording holds values that are no numbers; export it again"
                )
            yield block
        if seen == 0:
            raise AudioRefused(
                "audio_empty", "there is no sound in the file; record it again or leave it out"
            )


def _opened(content: bytes) -> "soundfile.SoundFile":
    import soundfile

    if len(content) > MAX_BYTES:
        raise AudioRefused("audio_too_large", f"over {MAX_BYTES >> 20} MB; cut the recording into pieces")
    if _lacking(content) > max(_SLACK_BYTES, len(content) // 100):
        raise AudioRefused("audio_damaged", "the recording breaks off; send the whole file again")
    if not _is_known(content[:16]):
        raise AudioRefused(
            "audio_unsupported",
            "the bytes are no WAV, FLAC, OGG or MP3; convert the recording to one of these",
        )
    try:
        file = soundfile.SoundFile(io.BytesIO(content))
    except (soundfile.SoundFileError, RuntimeError, TypeError, ValueError) as exc:
        raise _damaged() from exc
    return file


def _lacking(content: bytes) -> int:
    """How many bytes of sound a WAV says it has and has not: decoders pass over that in silence.

    One that was written as a stream says nothing, or as much as can be said. Layout: Microsoft's RIFF of 1991.
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return 0
    place = 12
    while place + 8 <= len(content):
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        if content[place : place + 4] == b"data":
            return 0 if size >= _STREAMED else max(0, place + 8 + size - len(content))
        place += 8 + size + size % 2
    return 0


def _is_known(head: bytes) -> bool:
    if head[:4] in (b"RIFF", b"RIFX") and head[8:12] == b"WAVE":
        return True
    if head[:4] in (b"fLaC", b"OggS") or head[:3] == b"ID3":
        return True
    # The sync word of an MPEG frame of layer I to III.
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 != 0


def _check(header: ClipHeader) -> None:
    if not header.format or header.subtype not in _SUBTYPES:
        raise AudioRefused(
            "audio_unsupported", "this way to pack sound is not read; convert it to PCM WAV, FLAC, OGG or MP3"
        )
    if not 1 <= header.channels <= MAX_CHANNELS:
        raise AudioRefused(
            "audio_channels", f"{header.channels} channels; at most {MAX_CHANNELS} are read, so mix them down"
        )
    if not MIN_RATE_HZ <= header.rate_hz <= MAX_RATE_HZ:
        raise AudioRefused(
            "audio_rate",
            f"a sample rate of {header.rate_hz} Hz; resample it to {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz",
        )
    if header.frames > MAX_DURATION_S * header.rate_hz or header.frames * header.channels > MAX_SAMPLES:
        raise _too_long()


def _too_long() -> AudioRefused:
    minutes = MAX_DURATION_S // 60
    return AudioRefused("audio_too_long", f"over {minutes} minutes of sound; cut the recording into pieces")


def _damaged() -> AudioRefused:
    return AudioRefused(
        "audio_damaged", "the recording is damaged or cut off; export it again from its source"
    )
