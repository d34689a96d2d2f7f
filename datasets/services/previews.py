"""Larger pictures than the thumbnail, made when asked for and kept by content."""

import hashlib
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.conf import settings

from core.errors import InvalidInput
from core.services.blobs import blob_read
from core.services.scratch import scratch_dir
from core.storage.trim import oldest_removed
from datasets.formats.decoding.pool import DecodePool
from datasets.formats.decoding.wire import Decoded
from datasets.models import Sample

MAX_BYTES: Final = 2 << 30


def preview_jpeg(sample: Sample, side_px: int) -> bytes:
    """A JPEG whose longer side is `side_px`, never enlarged. Raises InvalidInput for bytes that do not decode.

    Sides are rounded up to a few steps, so that a curious client cannot make thousands.
    """
    side = next(step for step in (128, 256, 512, 1_024) if side_px <= step)
    path = _place(sample.sha256, side)
    with suppress(FileNotFoundError):
        return path.read_bytes()
    with DecodePool(1) as pool:
        answer = pool.submit([blob_read(sample.sha256)], side).result()[0]
    if not isinstance(answer, Decoded):
        raise InvalidInput(answer.detail)
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch_dir(), prefix="preview-") as folder:
        aside = Path(folder) / path.name
        aside.write_bytes(answer.thumbnail)
        aside.replace(path)
    return answer.thumbnail


def previews_trim() -> int:
    """Keep the newest previews, at most MAX_BYTES of them; how many went. They are made again when asked for."""
    return oldest_removed(_root().glob("*/*"), MAX_BYTES)


def _place(sha256: str, side: int) -> Path:
    key = hashlib.sha256(f"{sha256}/{side}".encode()).hexdigest()
    return _root() / key[:2] / key


def _root() -> Path:
    return Path(settings.DATA_DIR) / "previews"
