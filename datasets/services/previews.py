"""Larger pictures than the thumbnail, made when asked for and kept by content."""

import hashlib
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

from core.errors import InvalidInput
from core.services.blobs import blob_read
from datasets.formats.decoding.pool import DecodePool
from datasets.formats.decoding.wire import Decoded
from datasets.models import Sample


def preview_jpeg(sample: Sample, side_px: int) -> bytes:
    """A JPEG whose longer side is `side_px`, never enlarged. Raises InvalidInput for bytes that do not decode.

    Sides are rounded up to a few steps, so that a curious client cannot fill the disk.
    """
    side = next(step for step in (128, 256, 512, 1_024) if side_px <= step)
    path = _place(sample.sha256, side)
    if path.is_file():
        return path.read_bytes()
    with DecodePool(1) as pool:
        answer = pool.submit([blob_read(sample.sha256)], side).result()[0]
    if not isinstance(answer, Decoded):
        raise InvalidInput(answer.detail)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(answer.thumbnail)
    Path(file.name).replace(path)
    return answer.thumbnail


def _place(sha256: str, side: int) -> Path:
    key = hashlib.sha256(f"{sha256}/{side}".encode()).hexdigest()
    return Path(settings.DATA_DIR) / "previews" / key[:2] / key
