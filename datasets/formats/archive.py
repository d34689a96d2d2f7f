"""Archives as trees of members, without ever extracting one to its name. Pure.

ZIP, TAR and TAR compressed by gzip, bzip2 or xz; anything else is a tree of one file. What makes a whole
archive unfit (a bomb, overlapping members, a broken end) raises ArchiveRefused; a single bad member is
listed in `Tree.refused`.
"""

import os
from pathlib import Path
from typing import Final

from datasets.formats.base import (
    AUDIO_SUFFIXES,
    IMAGE_SUFFIXES,
    TEXT_SUFFIXES,
    Member,
    MemberUnreadable,
    Problem,
    Tree,
)
from datasets.formats.limits import MAX_MEMBER_BYTES, ArchiveRefused
from datasets.formats.names import shown
from datasets.formats.tarfiles import TarTree, inflated_tar, is_tar
from datasets.formats.zipfiles import ZipTree

__all__ = ["ArchiveRefused", "SingleFile", "archive_kind", "open_tree"]

_COMPRESSED: Final = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"))
_UNREADABLE: Final = (
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
)

_ARCHIVES: Final = frozenset(("zip", "tar", "tgz", "tbz2", "txz"))
# Files of rows that hold samples of any modality.
_ROWS: Final = frozenset(("parquet", "pq"))
_SINGLE: Final = {
    "image": (
        IMAGE_SUFFIXES,
        "this is neither an archive nor a picture; send a ZIP, a TAR, a Parquet or an image",
    ),
    "audio": (
        AUDIO_SUFFIXES,
        "this is neither an archive nor a recording; send a ZIP, a TAR, or a WAV, FLAC, OGG, MP3 or Parquet file",
    ),
    "text": (
        TEXT_SUFFIXES,
        "this is neither an archive nor a text; send a ZIP, a TAR, or a TXT, CSV, TSV, JSONL, JSON, CoNLL or Parquet file",
    ),
}


def archive_kind(head: bytes) -> str:
    """`zip`, `tar`, `gzip`, `bzip2`, `xz` or `file`, by the first 512 bytes. Raises ArchiveRefused."""
    if not head:
        raise ArchiveRefused("archive_empty", "the file is empty; upload it again")
    for magic, name in _UNREADABLE:
        if head.startswith(magic):
            raise ArchiveRefused("archive_unsupported", f"{name} archives are not read; send a ZIP or TAR")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    for magic, name in _COMPRESSED:
        if head.startswith(magic):
            return name
    return "tar" if is_tar(head) else "file"


def open_tree(path: Path, filename: str, scratch_dir: Path, modality: str = "image") -> Tree:
    """The members of the file at `path`, which the client called `filename`.

    `modality` is what shall be read from it: what a single file may be depends on it. Compressed TARs are inflated into a nameless file in `scratch_dir`. Raises ArchiveRefused.
    """
    tree = _opened(path, filename, scratch_dir, modality).meant_for(modality)
    tree.scratch = scratch_dir
    return tree


def _opened(path: Path, filename: str, scratch_dir: Path, modality: str) -> Tree:
    with path.open("rb") as source:
        kind = archive_kind(source.read(512))
        if kind == "zip":
            return ZipTree(os.dup(source.fileno()))
        if kind == "tar":
            return TarTree(os.dup(source.fileno()), path.stat().st_size)
        if kind == "file":
            return SingleFile(path, filename, modality)
        return inflated_tar(source, kind, path.stat().st_size, scratch_dir)


class SingleFile(Tree):
    """One file that is no archive. Raises ArchiveRefused when it cannot be a sample either."""

    def __init__(self, path: Path, filename: str, modality: str = "image") -> None:
        self._path = path
        tail = filename.replace("\\", "/").rpartition("/")[2] or "file"
        member = Member(0, shown(tail), path.stat().st_size)
        if member.suffix in _ARCHIVES:
            raise ArchiveRefused(
                "archive_damaged", "this is no archive, whatever its name says; make it again"
            )
        suffixes, remedy = _SINGLE[modality]
        if member.suffix not in suffixes | _ROWS:
            raise ArchiveRefused("archive_unsupported", remedy)
        self.members: tuple[Member, ...] = (member,)
        self.refused: tuple[Problem, ...] = ()

    def read(self, member: Member, limit_bytes: int) -> bytes:
        """The whole file."""
        if member.size_bytes > min(limit_bytes, MAX_MEMBER_BYTES):
            raise MemberUnreadable(
                Problem("file_too_large", member.name, "the file is over the size limit; send a smaller one")
            )
        return self._path.read_bytes()

    def path_of(self, member: Member) -> Path | None:
        """The file itself."""
        return self._path

    def close(self) -> None:
        """Nothing stays open between reads."""
