"""What parent and child say to each other: lengths, JSON and raw bytes over pipes. Pure; never pickle.

A picture's answer is a list, a recording's an object, a refusal a list of two.
"""

import struct
from dataclasses import dataclass, field
from typing import IO, Any, Final

import orjson

from datasets.size_bins import size_bin

_REQUEST: Final = struct.Struct("<LL")
_ANSWER: Final = struct.Struct("<LL")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What is known of a picture once it was decoded.

    `thumbnail` is a JPEG, `dhash64` a signed integer, `features` the JSON of `datasets.quality.features`.
    """

    media_type: str
    width: int
    height: int
    mode: str
    frames: int
    orientation: int
    dhash64: int
    thumbnail: bytes
    features: dict[str, Any] = field(default_factory=dict)

    @property
    def payload(self) -> dict[str, Any]:
        """What the sample says of its content."""
        return {"width": self.width, "height": self.height, "mode": self.mode, "frames": self.frames}

    @property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """Counters (kind, key) that one more such sample adds to."""
        return (
            ("media_type", self.media_type),
            ("width", str(size_bin(self.width))),
            ("height", str(size_bin(self.height))),
        )

    @property
    def search_text(self) -> str:
        """A picture is found by its name only."""
        return ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a recording once it was decoded.

    `duration_s` counts what was decoded, `rate` are frames a second, `bars` the largest amplitudes of equal
    stretches from 0 to 100, `features` the JSON of `datasets.quality.sounds`, `thumbnail` a JPEG of the spectrogram.
    """

    media_type: str
    duration_s: float
    rate: int
    channels: int
    format: str
    bars: list[int]
    thumbnail: bytes = b""
    features: dict[str, Any] = field(default_factory=dict)

    dhash64 = None
    search_text = ""

    @property
    def payload(self) -> dict[str, Any]:
        """What the sample says of its content."""
        return {
            "duration_s": self.duration_s,
            "rate": self.rate,
            "channels": self.channels,
            "format": self.format,
            "bars": self.bars,
        }

    @property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """Counters (kind, key) that one more such sample adds to; durations in hundredths of a second."""
        return (
            ("media_type", self.media_type),
            ("duration", str(size_bin(round(100 * self.duration_s)))),
            ("rate", str(self.rate)),
        )


@dataclass(frozen=True, slots=True)
class Undecodable:
    """Why it is no sample."""

    code: str
    detail: str


Answer = Decoded | Heard | Undecodable


def send_request(pipe: IO[bytes], content: bytes, thumb_side_px: int) -> None:
    """Parent to child."""
    pipe.write(_REQUEST.pack(len(content), thumb_side_px))
    pipe.write(content)
    pipe.flush()


def receive_request(pipe: IO[bytes]) -> tuple[bytes, int] | None:
    """None at the end of the stream."""
    head = pipe.read(_REQUEST.size)
    if len(head) < _REQUEST.size:
        return None
    length, side = _REQUEST.unpack(head)
    return pipe.read(length), side


def send_answer(pipe: IO[bytes], answer: Answer) -> None:
    """Child to parent."""
    body = _fields(answer)
    thumbnail = b"" if isinstance(answer, Undecodable) else answer.thumbnail
    pipe.write(_ANSWER.pack(len(body), len(thumbnail)) + body + thumbnail)
    pipe.flush()


def receive_answer(pipe: IO[bytes]) -> Answer:
    """Raises EOFError when the child is gone."""
    head = _exactly(pipe, _ANSWER.size)
    body_bytes, thumb_bytes = _ANSWER.unpack(head)
    fields: Any = orjson.loads(_exactly(pipe, body_bytes))
    thumbnail = _exactly(pipe, thumb_bytes)
    if isinstance(fields, dict):
        return Heard(**fields, thumbnail=thumbnail)
    if len(fields) == 2:
        return Undecodable(*fields)
    media_type, width, height, mode, frames, orientation, dhash64, features = fields
    return Decoded(media_type, width, height, mode, frames, orientation, dhash64, thumbnail, features)


def _fields(answer: Answer) -> bytes:
    if isinstance(answer, Undecodable):
        return orjson.dumps([answer.code, answer.detail])
    if isinstance(answer, Heard):
        own = {"media_type": answer.media_type, "features": answer.features}
        return orjson.dumps({**answer.payload, **own})
    return orjson.dumps(
        [
            answer.media_type,
            answer.width,
            answer.height,
            answer.mode,
            answer.frames,
            answer.orientation,
            answer.dhash64,
            answer.features,
        ]
    )


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    content = pipe.read(count)
    if len(content) < count:
        raise EOFError("the child is gone")
    return content
