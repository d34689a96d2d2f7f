"""Local copies of bytes that lie elsewhere: few enough, whole or absent, checked once when they come. Pure."""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from core.faults import fault
from core.storage.base import container_key
from core.storage.trim import oldest_removed
from core.storage.writer import fsync_dir, full_disk_is_storage_full

# Looking at every copy costs a statement to the disk each, so a process does it after a twentieth of the room.
_TRIM_SHARE = 20
_DEAD_AFTER_S = 24 * 3600.0


class Incoming:
    """Bytes on their way into a copy; more of them than were promised are refused by the caller (`is_over`)."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file, self.wanted_bytes = file, size_bytes
        self.restart()

    def restart(self) -> None:
        """Forget what came, to try another way."""
        self._file.seek(0)
        self._file.truncate()
        self._digest, self.size_bytes = hashlib.sha256(), 0

    def write(self, chunk: bytes) -> None:
        """Take the next bytes; what is over the promised size is counted and not written. Raises StorageFull."""
        room = self.wanted_bytes - self.size_bytes
        self.size_bytes += len(chunk)
        if room > 0:
            self._digest.update(chunk[:room])
            with full_disk_is_storage_full():
                self._file.write(chunk[:room])

    def has(self, sha256: str) -> bool:
        """Whether what came is exactly what has this name."""
        return self.size_bytes == self.wanted_bytes and self._digest.hexdigest() == sha256


Fetch = Callable[[Incoming], None]


class CopyDamaged(Exception):
    """Other bytes came than those that were asked for, and whoever fetched them did not notice."""


class CopyCache:
    """`folder/aa/bb/<sha256>`, at most `most_bytes` and what each process brought since it last looked.

    Two that want the same bytes at once fetch them once. A copy appears under its name when every byte is durable;
    what a killed process left is taken up by the next one. A reader keeps the file that it has open.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._tmp, self._most = folder, folder / "tmp", most_bytes
        self._brought = most_bytes
        self._lock = Lock()

    def kept(self, sha256: str, size_bytes: int) -> BinaryIO | None:
        """The copy, opened, if it is there; it counts as used now."""
        path = self._path(sha256)
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return None
        if os.fstat(file.fileno()).st_size != size_bytes:
            file.close()
            path.unlink(missing_ok=True)
            return None
        os.utime(file.fileno())
        return file

    def opened(self, sha256: str, size_bytes: int, fetch: Fetch) -> BinaryIO:
        """The copy, fetched if need be. Raises StorageFull, CopyDamaged and what `fetch` raises."""
        while True:
            if (file := self.kept(sha256, size_bytes)) is not None:
                return file
            self._brought_in(sha256, size_bytes, fetch)

    def linked(self, sha256: str, size_bytes: int, fetch: Fetch, target: Path) -> Path:
        """A name of its own for a copy, which stays as long as the caller keeps it; on the same disk."""
        while not target.exists():
            self.opened(sha256, size_bytes, fetch).close()
            try:
                os.link(self._path(sha256), target)
            except (FileNotFoundError, FileExistsError):
                continue
        return target

    def trim(self) -> int:
        """Remove the copies that were not used for longest until the rest fits, and what died long ago; how many went."""
        for path in self._tmp.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - _DEAD_AFTER_S:
                    path.unlink()
        return oldest_removed(self._folder.glob("??/??/*"), self._most)

    def _path(self, sha256: str) -> Path:
        return self._folder / container_key(sha256)

    def _brought_in(self, sha256: str, size_bytes: int, fetch: Fetch) -> None:
        self._make_room(size_bytes)
        path, aside = self._path(sha256), self._tmp / sha256
        with full_disk_is_storage_full():
            self._tmp.mkdir(parents=True, exist_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(aside, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(handle, fcntl.LOCK_EX)
            # Who waited here finds that it is done, or that the file it waited for is nobody's name any more.
            if path.exists() or not _is_named(handle, aside):
                return
            try:
                incoming = Incoming(file, size_bytes)
                fetch(incoming)
                if not incoming.has(sha256):
                    raise CopyDamaged
                with full_disk_is_storage_full():
                    file.flush()
                    os.fsync(handle)
                    fault("outside.before-rename")
                    aside.replace(path)
                    fsync_dir(path.parent)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise

    def _make_room(self, size_bytes: int) -> None:
        with self._lock:
            self._brought += size_bytes
            is_due = self._brought * _TRIM_SHARE >= self._most
            if is_due:
                self._brought = 0
        if is_due:
            oldest_removed(self._folder.glob("??/??/*"), max(0, self._most - size_bytes))


def _is_named(handle: int, path: Path) -> bool:
    try:
        return os.fstat(handle).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False
