"""Many small files in one container, so that a thousand thumbnails cost one fsync. Pure."""

import hashlib
from dataclasses import dataclass

from core.storage.base import ContainerStore


@dataclass(frozen=True, slots=True)
class Member:
    """Where one small file lies inside its segment."""

    sha256: str
    offset: int
    size_bytes: int


class SegmentWriter:
    """Packs byte strings one after another; equal ones are stored once.

    Nothing is durable before `seal`, which returns the container's name. An empty
    segment seals to None and stores nothing.
    """

    def __init__(self, store: ContainerStore) -> None:
        self._store = store
        self._writer = store.writer()
        self._members: dict[str, Member] = {}
        self._sealed = False

    @property
    def size_bytes(self) -> int:
        """Bytes written so far."""
        return self._writer.size_bytes

    def __len__(self) -> int:
        return len(self._members)

    def add(self, content: bytes, sha256: str = "") -> Member:
        """Append a file unless this segment holds it already; `sha256` when the caller has worked it out."""
        if self._sealed:
            raise RuntimeError("the segment is sealed")
        sha256 = sha256 or hashlib.sha256(content).hexdigest()
        if (known := self._members.get(sha256)) is not None:
            return known
        member = Member(sha256, self._writer.write(content), len(content))
        self._members[sha256] = member
        return member

    def seal(self) -> str | None:
        """Make every added file durable; returns the container's name."""
        self._sealed = True
        if not self._members:
            self._writer.abort()
            return None
        return self._writer.commit()

    def abort(self) -> None:
        """Drop what is not sealed; harmless after `seal`."""
        self._sealed = True
        self._writer.abort()
