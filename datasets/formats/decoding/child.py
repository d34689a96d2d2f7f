"""The process that opens pictures and recordings: `python -m datasets.formats.decoding.child [picture|audio|timbre]`. Pure.

It limits itself before it reads a byte: memory, files, priority for its life, processor time a picture.
"""

import os
import resource
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.errors import DomainError
from core.imaging import probe, thumbnail
from core.imaging.decode import decode_scaled, jpeg_scale
from core.imaging.thumbnail import fitted, shrunk
from datasets.formats.decoding.wire import Answer, Decoded, Heard, Undecodable, receive_request, send_answer
from datasets.quality.features import features_of

if TYPE_CHECKING:
    from datasets.audio.measuring import Measured

MEMORY_BYTES: Final = 3 * 1024**3
CPU_PER_PICTURE_S: Final = 20
CPU_PER_RECORDING_S: Final = 50
_NICE: Final = 10
_DECIMALS: Final = 3


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    _limit()
    answer: Callable[[bytes, int], Answer] = answer_for
    seconds = CPU_PER_PICTURE_S
    if sys.argv[1:] in (["audio"], ["timbre"]):
        answer, seconds = heard_for if sys.argv[1] == "audio" else timbre_for, CPU_PER_RECORDING_S
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (request := receive_request(source)) is not None:
        _allow_cpu(seconds)
        send_answer(sink, answer(*request))


def answer_for(content: bytes, side_px: int) -> Answer:
    """Decode a picture, make its thumbnail, measure it."""
    try:
        header = probe(content)
        width, height = fitted(header.width, header.height, side_px)
        scale = jpeg_scale(min(header.width, header.height), min(width, height))
        pixels = decode_scaled(content, header, scale)
        small = shrunk(pixels, width, height)
        thumb = thumbnail(small, side_px)
        features, dhash64 = features_of(small, header.orientation)
    except DomainError as exc:
        return Undecodable(exc.code, exc.detail)
    except MemoryError:
        return Undecodable("image_too_large", "decoding this picture takes more memory than it is given")
    return Decoded(
        media_type=header.media_type,
        width=header.width,
        height=header.height,
        mode=header.mode,
        frames=header.frames,
        orientation=header.orientation,
        dhash64=dhash64,
        thumbnail=thumb,
        features=features.to_json(),
    )


def heard_for(content: bytes, side_px: int = 0) -> Answer:
    """Decode a recording, draw it, measure it. How large the drawing is does not depend on `side_px`."""
    from datasets.audio.looks import spectrogram_picture, waveform
    from datasets.quality.sounds import sound_features

    def told(heard: "Measured") -> Heard:
        return replace(
            _named(heard),
            bars=waveform(heard.mono),
            thumbnail=spectrogram_picture(heard.mono, heard.rate_hz),
            features=sound_features(heard).to_json(),
        )

    return _of_recording(content, told)


def timbre_for(content: bytes, side_px: int = 0) -> Answer:
    """Decode a recording and describe what it sounds like, in `features`; None there for silence."""
    from datasets.audio.timbre import timbre_of

    def told(heard: "Measured") -> Heard:
        timbre = timbre_of(heard.mono, heard.rate_hz)
        figures = None if timbre is None else [round(float(figure), _DECIMALS) for figure in timbre]
        return replace(_named(heard), features={"timbre": figures})

    return _of_recording(content, told)


def _of_recording(content: bytes, told: "Callable[[Measured], Heard]") -> Answer:
    from datasets.audio.measuring import clip_measured

    try:
        return told(clip_measured(content))
    except DomainError as exc:
        return Undecodable(exc.code, exc.detail)
    except MemoryError:
        return Undecodable("audio_too_large", "decoding this recording takes more memory than it is given")


def _named(heard: "Measured") -> Heard:
    from datasets.audio.reading import MEDIA_TYPES

    return Heard(
        media_type=MEDIA_TYPES[heard.header.format],
        duration_s=round(heard.duration_s, 3),
        rate=heard.header.rate_hz,
        channels=heard.header.channels,
        format=heard.header.format,
        bars=[],
    )


def _limit() -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _allow_cpu(allowed_s: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + allowed_s
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
