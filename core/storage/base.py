"""What a container store promises, whatever holds the bytes. Pure."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import NotFound
from core.storage.writer import ContainerWriter

_SHA256 = re.compile(r"[0-9a-f]{64}")


class ContainerMissing(NotFound):
    """No container of that name in the store."""

    code = "container_missing"


@dataclass(frozen=True, slots=True)
class ContainerStat:
    """One stored container. `modified_at` is the last time somebody put it, aware UTC."""

    sha256: str
    size_bytes: int
    modified_at: datetime


def container_key(sha256: str) -> str:
    """`aa/bb/<sha256>`; refuses whatever is not 64 lower-case hexadecimal digits."""
    if not _SHA256.fullmatch(sha256):
        raise ContainerMissing("not a stored file")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


class ContainerStore(ABC):
    """Immutable files addressed by content.

    A container is either absent or whole: it appears under its name only after every
    byte is durable. Putting what is there already is harmless and renews `modified_at`,
    which is what keeps the collector away from it. A full disk raises StorageFull, an
    unreachable store NotReady, an unknown name ContainerMissing.
    """

    def __init__(self, tmp_dir: Path) -> None:
        self._tmp_dir = tmp_dir

    def writer(self) -> ContainerWriter:
        """A new container to write into; nothing is visible before its `commit`."""
        return ContainerWriter(self._tmp_dir, self._publish)

    def tmp_files(self) -> Iterator[Path]:
        """Half-written files, also those of processes that died."""
        if self._tmp_dir.is_dir():
            yield from sorted(p for p in self._tmp_dir.iterdir() if p.is_file())

    @abstractmethod
    def read(self, sha256: str, offset: int = 0, length: int | None = None) -> bytes:
        """Bytes `[offset, offset + length)` of a container, to its end when length is None."""

    @abstractmethod
    def local_path(self, sha256: str) -> Path:
        """A local file with the whole container, for processes that read by themselves."""

    @abstractmethod
    def stat(self, sha256: str) -> ContainerStat:
        """Size and age of one container."""

    @abstractmethod
    def containers(self) -> Iterator[ContainerStat]:
        """Every container, ordered by name."""

    @abstractmethod
    def delete_if_older(self, sha256: str, before: datetime) -> bool:
        """Remove a container last put before `before`; False when it is younger or gone."""

    def trim_cache(self) -> int:
        """Remove the least recently used local copies above the cache's limit; how many. None by default."""
        return 0

    @abstractmethod
    def check(self) -> None:
        """Raise NotReady or StorageFull unless the store can be written right now."""

    @abstractmethod
    def _publish(self, staged: Path, sha256: str, size_bytes: int) -> None:
        """Give a durable temporary file its name; consumes `staged`."""
