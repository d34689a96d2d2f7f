"""Content-addressed containers: immutable files named by the SHA-256 of their bytes. Pure."""

from core.storage.base import ContainerMissing, ContainerStat, ContainerStore
from core.storage.local import LocalStore
from core.storage.segment import Member, SegmentWriter
from core.storage.writer import ContainerWriter

__all__ = [
    "ContainerMissing",
    "ContainerStat",
    "ContainerStore",
    "ContainerWriter",
    "LocalStore",
    "Member",
    "SegmentWriter",
]
