"""Larger pictures than the thumbnail, made when asked for and kept by content."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.conf import settings

from core.errors import InvalidInput, NotFound
from core.services.blobs import blob_read
from core.services.outside import BytesOutside
from core.services.scratch import scratch_dir
from core.storage.trim import oldest_removed
from datasets.formats.decoding.pool import DecodePool
from datasets.formats.decoding.wire import Answer, Decoded, Undecodable
from datasets.models import Sample

MAX_BYTES: Final = 2 << 30


def preview_jpeg(sample: Sample, side_px: int) -> bytes:
    """A JPEG whose longer side is `side_px`, never enlarged.

    Raises InvalidInput for bytes that do not decode, NotFound for those that are gone.
    Sides are rounded up to a few steps, so that a curious client cannot make thousands.
    """
    side = next(step for step in (128, 256, 512, 1_024) if side_px <= step)
    path = _place(sample.sha256, side)
    with suppress(FileNotFoundError):
        return path.read_bytes()
    with DecodePool(1) as pool:
        answer = _opened(pool, sample.sha256, side)
    if isinstance(answer, Undecodable):
        raise InvalidInput(answer.detail)
    _keep(path, answer.thumbnail)
    return answer.thumbnail


def previews_made(sha256s: Sequence[str], side_px: int) -> dict[str, bytes]:
    """Several at once, by content; `side_px` is one of the steps.

    What does not decode or is gone is left out. One file at a time is in memory.
    """
    made: dict[str, bytes] = {}
    for sha256 in dict.fromkeys(sha256s):
        with suppress(FileNotFoundError):
            made[sha256] = _place(sha256, side_px).read_bytes()
    missing = [sha256 for sha256 in dict.fromkeys(sha256s) if sha256 not in made]
    if not missing:
        return made
    with DecodePool(1) as pool:
        for sha256 in missing:
            with suppress(NotFound, BytesOutside):
                answer = _opened(pool, sha256, side_px)
                if isinstance(answer, Decoded):
                    _keep(_place(sha256, side_px), answer.thumbnail)
                    made[sha256] = answer.thumbnail
    return made


def previews_trim() -> int:
    """Keep the newest previews, at most MAX_BYTES of them; how many went. They are made again when asked for."""
    return oldest_removed(_root().glob("*/*"), MAX_BYTES)


def _opened(pool: DecodePool, sha256: str, side_px: int) -> Answer:
    return pool.submit([blob_read(sha256)], side_px).result()[0]


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch_dir(), prefix="preview-") as folder:
        aside = Path(folder) / path.name
        aside.write_bytes(content)
        aside.replace(path)


def _place(sha256: str, side: int) -> Path:
    key = hashlib.sha256(f"{sha256}/{side}".encode()).hexdigest()
    return _root() / key[:2] / key


def _root() -> Path:
    return Path(settings.DATA_DIR) / "previews"
