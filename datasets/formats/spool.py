"""Samples cut out of a larger file, kept on disk in one nameless file until they are stored. Pure."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from weakref import finalize


class Spool:
    """Append-only; memory stays flat however many samples there are. Gone with the last reference to it."""

    def __init__(self, folder: Path | None = None) -> None:
        """In `folder`; None is the folder of the system."""
        with TemporaryFile(buffering=0, dir=folder) as file:
            self._fd = os.dup(file.fileno())
        finalize(self, os.close, self._fd)
        self._waiting: list[bytes] = []
        self._waiting_bytes = self._size_bytes = 0

    def add(self, content: bytes) -> tuple[int, int]:
        """Where `content` lies from now on: offset and length in bytes."""
        part = self._size_bytes, len(content)
        self._waiting.append(content)
        self._waiting_bytes += len(content)
        self._size_bytes += len(content)
        if self._waiting_bytes > 1 << 20:
            self._flush()
        return part

    def read(self, offset: int, length: int) -> bytes:
        """What `add` was given."""
        self._flush()
        return os.pread(self._fd, length, offset)

    @property
    def size_bytes(self) -> int:
        """All of it."""
        return self._size_bytes

    def chunks(self) -> Iterator[bytes]:
        """Everything in the order it was added."""
        for offset in range(0, self._size_bytes, 1 << 20):
            yield self.read(offset, min(1 << 20, self._size_bytes - offset))

    def _flush(self) -> None:
        if self._waiting:
            content = memoryview(b"".join(self._waiting))
            while content:
                content = content[os.write(self._fd, content) :]
            self._waiting.clear()
            self._waiting_bytes = 0
