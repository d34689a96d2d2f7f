"""Writes one container into a temporary file while hashing and counting. Pure."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import StorageFull
from core.faults import fault

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def full_disk_is_storage_full() -> Iterator[None]:
    """Translate the operating system's ways of saying "no room" into StorageFull."""
    try:
        yield
    except OSError as exc:
        if exc.errno in _FULL:
            raise StorageFull("the storage is full; free some space and try again") from exc
        raise


def fsync_dir(path: Path) -> None:
    """Make the names inside a directory durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class ContainerWriter:
    """A container being written.

    `commit` makes it durable and visible; leaving the `with` block without it removes
    every trace. Raises StorageFull when the disk is full.
    """

    def __init__(self, tmp_dir: Path, publish: Callable[[Path, str, int], None]) -> None:
        self._publish = publish
        self._hash = hashlib.sha256()
        self.size_bytes = 0
        with full_disk_is_storage_full():
            tmp_dir.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=tmp_dir, prefix="put-")
        self._path = Path(name)
        self._file = os.fdopen(handle, "wb", buffering=1 << 20)
        self._done = False

    def write(self, chunk: bytes | memoryview) -> int:
        """Append bytes; returns the offset at which they begin."""
        offset = self.size_bytes
        with full_disk_is_storage_full():
            self._file.write(chunk)
        self._hash.update(chunk)
        self.size_bytes += len(chunk)
        return offset

    def commit(self) -> str:
        """Make it durable under its SHA-256, which is returned."""
        sha256 = self._hash.hexdigest()
        fault("storage.before-fsync")
        with full_disk_is_storage_full():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        fault("storage.after-fsync")
        self._publish(self._path, sha256, self.size_bytes)
        self._done = True
        return sha256

    def abort(self) -> None:
        """Forget everything written; harmless after `commit`."""
        if self._done:
            return
        self._done = True
        try:
            self._file.close()
        except OSError as exc:
            if exc.errno not in _FULL:
                raise
        finally:
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.abort()
