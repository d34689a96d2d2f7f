"""The process that opens pictures: `python -m datasets.formats.decoding.child`. Pure.

It limits itself before it reads a byte: memory, files, priority for its life, processor time a picture.
"""

import os
import resource
import sys
from typing import Final

from core.errors import DomainError
from core.imaging import probe, thumbnail
from core.imaging.decode import decode_scaled, jpeg_scale
from core.imaging.thumbnail import fitted, shrunk
from datasets.formats.decoding.wire import Answer, Decoded, Undecodable, receive_request, send_answer
from datasets.quality.features import features_of

MEMORY_BYTES: Final = 3 * 1024**3
CPU_PER_PICTURE_S: Final = 20
_NICE: Final = 10


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    _limit()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (request := receive_request(source)) is not None:
        _allow_cpu()
        content, side_px = request
        send_answer(sink, answer_for(content, side_px))


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


def _limit() -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _allow_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_PER_PICTURE_S
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
