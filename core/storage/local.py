"""Containers as files below one directory. Pure."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from core.errors import NotReady, StorageFull
from core.faults import fault
from core.storage.base import ContainerMissing, ContainerStat, ContainerStore, container_key
from core.storage.writer import fsync_dir, full_disk_is_storage_full

_RESERVE_BYTES = 64 << 20


class LocalStore(ContainerStore):
    """`root/aa/bb/<sha256>`; temporary files in `root/tmp`, so on the same file system."""

    def __init__(self, root: Path) -> None:
        super().__init__(root / "tmp")
        self._root = root

    def read(self, sha256: str, offset: int = 0, length: int | None = None) -> bytes:
        with self._existing(sha256).open("rb") as file:
            file.seek(offset)
            return file.read(-1 if length is None else length)

    def local_path(self, sha256: str) -> Path:
        return self._existing(sha256)

    def stat(self, sha256: str) -> ContainerStat:
        return _stat(self._existing(sha256))

    def containers(self) -> Iterator[ContainerStat]:
        for path in sorted(self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            try:
                yield _stat(path)
            except FileNotFoundError:
                continue

    def delete_if_older(self, sha256: str, before: datetime) -> bool:
        path = self._root / container_key(sha256)
        with self._lock(fcntl.LOCK_EX):
            try:
                if _stat(path).modified_at >= before:
                    return False
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    def check(self) -> None:
        try:
            self._tmp_dir.mkdir(parents=True, exist_ok=True)
            probe = self._tmp_dir / f"probe-{os.getpid()}"
            with full_disk_is_storage_full():
                probe.write_bytes(b"ok")
            probe.unlink()
            free = os.statvfs(self._root)
        except OSError as exc:
            raise NotReady("the data folder cannot be written") from exc
        if free.f_bavail * free.f_frsize < _RESERVE_BYTES:
            raise StorageFull("less than 64 MB are free on the data folder's disk")

    def _publish(self, staged: Path, sha256: str, size_bytes: int) -> None:
        target = self._root / container_key(sha256)
        with full_disk_is_storage_full():
            self._make_dirs(target)
            # Shared with other writers, exclusive to the collector: a file that is put
            # again is either renewed before the collector looks or put after it is gone.
            with self._lock(fcntl.LOCK_SH):
                try:
                    os.link(staged, target)
                    fault("storage.after-link")
                except FileExistsError:
                    os.utime(target)
            fsync_dir(target.parent)
        fault("storage.after-dir-fsync")
        staged.unlink()

    def _make_dirs(self, target: Path) -> None:
        second, first = target.parent, target.parent.parent
        for directory in (self._root, first, second):
            if not directory.is_dir():
                directory.mkdir(parents=True, exist_ok=True)
                fsync_dir(directory.parent)

    def _existing(self, sha256: str) -> Path:
        path = self._root / container_key(sha256)
        if not path.is_file():
            raise ContainerMissing("not a stored file")
        return path

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        self._tmp_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._root / ".collector.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, kind)
            yield
        finally:
            os.close(handle)


def _stat(path: Path) -> ContainerStat:
    found = path.stat()
    return ContainerStat(path.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))
