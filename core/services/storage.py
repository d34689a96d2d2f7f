"""Which container store this installation has."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from core.outgoing import url_check
from core.services.outgoing import outgoing_policy
from core.storage import ContainerStore, LocalStore


def storage_url_problem(url: str) -> str:
    """Why `STUDIO_STORAGE_URL` names no store, as one sentence; empty when it does."""
    if not url or url.startswith(("s3://", "file:///", "/", "./", "~")):
        return ""
    return (
        "STUDIO_STORAGE_URL is s3://bucket?endpoint=https://… or the path of a folder, such as /srv/studio;"
        " unset it to keep files in the data folder"
    )


def container_store() -> ContainerStore:
    """The store named by `STUDIO_STORAGE_URL`, else files below the data directory."""
    return _store(settings.STUDIO_STORAGE_URL, Path(settings.DATA_DIR))


@lru_cache(maxsize=8)
def _store(url: str, data_dir: Path) -> ContainerStore:
    if not url.startswith("s3://"):
        return LocalStore(_folder(url) or data_dir / "files")
    from core.storage.s3 import (  # boto3 costs 40 MB that local storage need not pay
        S3Store,
        s3_location_from_url,
    )

    location = s3_location_from_url(url)
    if location.endpoint is not None:
        url_check(location.endpoint, outgoing_policy())
    return S3Store(location, data_dir / "cache")


def _folder(url: str) -> Path | None:
    return Path(url.removeprefix("file://")).expanduser().resolve() if url else None
