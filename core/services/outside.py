"""Blobs whose bytes lie outside of the store: fetched when somebody reads them, checked, kept for a while.

Such a row has `OUTSIDE` for a container. Where its bytes are knows the app that registered it:
`settings.STUDIO_BLOBS_OUTSIDE` names a function `(sha256s) -> {sha256: fetch}`, whose fetchers need no database.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import BinaryIO, Final, TypeVar

from django.conf import settings
from django.utils.module_loading import import_string

from core.errors import DomainError, NotReady
from core.storage.copies import CopyCache, CopyDamaged, Fetch

AT_ONCE: Final = 8
# A request waits no longer for others that fetch, so that a slow bucket does not take every thread of the site.
WAIT_S: Final = 20.0
Sizes = Mapping[str, int]
T = TypeVar("T")
_LINES = BoundedSemaphore(AT_ONCE)


class BytesOutside(DomainError):
    """The bytes lie outside of the studio and cannot be had from there as they were."""

    code, status = "bytes_outside", 502


def outside_open(sha256: str, size_bytes: int) -> BinaryIO:
    """The bytes as an open file at its beginning. Raises BytesOutside, NotReady, StorageFull."""
    cache = _cache()
    file = cache.kept(sha256, size_bytes)
    if file is not None:
        return file
    fetchers = _fetchers([sha256])
    if not _LINES.acquire(timeout=WAIT_S):
        raise NotReady("many files are being fetched from outside; come back in a moment")
    try:
        return _got(lambda fetch: cache.opened(sha256, size_bytes, fetch), fetchers, sha256)
    finally:
        _LINES.release()


def outside_paths(sizes: Sizes, folder: Path) -> dict[str, Path]:
    """Files in `folder`, on the disk of the data, that stay as long as the folder; several are fetched at a time.

    Raises BytesOutside, StorageFull.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cache, fetchers = _cache(), _fetchers(list(sizes))

    def linked(sha256: str) -> Path:
        return _got(
            lambda fetch: cache.linked(sha256, sizes[sha256], fetch, folder / sha256), fetchers, sha256
        )

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="outside") as pool:
        waiting = {sha256: pool.submit(linked, sha256) for sha256 in sizes}
        try:
            return {sha256: future.result() for sha256, future in waiting.items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def outside_trim() -> int:
    """Keep the copies that were used last, at most `STUDIO_OUTSIDE_CACHE_MB` of them; how many went."""
    return _cache().trim()


def _got(take: Callable[[Fetch], T], fetchers: Mapping[str, Fetch], sha256: str) -> T:
    try:
        if sha256 not in fetchers:
            raise BytesOutside("nobody knows any more where these bytes lie")
        return take(fetchers[sha256])
    except CopyDamaged as exc:
        raise BytesOutside("other bytes came than those that were asked for") from exc


def _fetchers(sha256s: Sequence[str]) -> Mapping[str, Fetch]:
    found: Mapping[str, Fetch] = import_string(settings.STUDIO_BLOBS_OUTSIDE)(sha256s)
    return found


def _cache() -> CopyCache:
    return _cache_of(Path(settings.DATA_DIR) / "outside", settings.STUDIO_OUTSIDE_CACHE_MB << 20)


@lru_cache(maxsize=8)
def _cache_of(folder: Path, most_bytes: int) -> CopyCache:
    return CopyCache(folder, most_bytes)
