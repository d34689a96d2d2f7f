"""TAR read by hand: ustar, GNU long names and pax paths, nothing else. Pure.

Not the standard library's reader: it takes the size of a pax header on trust and holds it in memory.
"""

import bz2
import gzip
import lzma
import os
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from datasets.formats.base import Member, MemberUnreadable, Problem, Tree
from datasets.formats.limits import (
    MAX_ENTRIES,
    MAX_MEMBER_BYTES,
    MAX_RATIO,
    MAX_TOTAL_BYTES,
    RATIO_FREE_BYTES,
    ArchiveRefused,
    check_totals,
)
from datasets.formats.names import compare_key, is_litter, names_decoded, shown, unsafe_reason

_BLOCK: Final = 512
_MAX_LONG_NAME: Final = 8_192
_CHUNK: Final = 1 << 20
_FILES: Final = (b"0", b"\x00", b"7")
_FOLDER: Final = b"5"


@dataclass(slots=True)
class _Entry:
    """One header that stands for something in the tree."""

    raw_name: bytes
    kind: bytes
    offset: int
    size_bytes: int


def is_tar(head: bytes) -> bool:
    """Whether the first block is a TAR header with the right checksum."""
    return len(head) >= _BLOCK and _checksum_holds(head[:_BLOCK])


class TarTree(Tree):
    """Owns `fd`. `packed_bytes` is the size of the archive as it was sent. Raises ArchiveRefused."""

    def __init__(self, fd: int, packed_bytes: int) -> None:
        self._fd = fd
        try:
            self._open(packed_bytes)
        except ArchiveRefused:
            os.close(fd)
            raise

    def _open(self, packed_bytes: int) -> None:
        entries = list(_entries(self._fd, os.fstat(self._fd).st_size))
        check_totals(len(entries), sum(e.size_bytes for e in entries), packed_bytes)
        names, self.name_encoding = names_decoded([(e.raw_name, False) for e in entries])
        members: list[Member] = []
        refused: list[Problem] = []
        self._offsets: list[int] = []
        seen: set[str] = set()
        for entry, raw in zip(entries, names, strict=True):
            name = (raw or "?").removeprefix("./")
            if entry.kind == _FOLDER or is_litter(name):
                continue
            problem = _entry_problem(entry, name, seen)
            if problem is not None:
                refused.append(problem)
                continue
            members.append(Member(len(members), name, entry.size_bytes))
            self._offsets.append(entry.offset)
        self.members, self.refused = members, refused

    def read(self, member: Member, limit_bytes: int) -> bytes:
        """The slice of the archive."""
        if member.size_bytes > min(limit_bytes, MAX_MEMBER_BYTES):
            raise MemberUnreadable(
                Problem(
                    "file_too_large",
                    shown(member.name),
                    "the file is over the size limit; send a smaller one",
                )
            )
        return os.pread(self._fd, member.size_bytes, self._offsets[member.index])

    def chunks(self, member: Member, limit_bytes: int) -> Iterator[bytes]:
        """As `read`, a few at a time."""
        for offset in range(0, member.size_bytes, _CHUNK):
            length = min(_CHUNK, member.size_bytes - offset)
            yield os.pread(self._fd, length, self._offsets[member.index] + offset)

    def close(self) -> None:
        """Close the archive."""
        os.close(self._fd)


def inflated_tar(source: IO[bytes], kind: str, packed_bytes: int, scratch_dir: Path) -> TarTree:
    """Inflate into a nameless file and read that; stops at the first breach of a limit."""
    source.seek(0)
    limit = min(MAX_TOTAL_BYTES, max(MAX_RATIO * packed_bytes, RATIO_FREE_BYTES))
    with tempfile.TemporaryFile(dir=scratch_dir) as plain:
        written = 0
        try:
            with _inflater(source, kind) as stream:
                while chunk := stream.read(_CHUNK):
                    written += len(chunk)
                    if written > limit:
                        check_totals(0, max(written, MAX_RATIO * packed_bytes + 1), packed_bytes)
                    plain.write(chunk)
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as exc:
            raise _damaged() from exc
        plain.flush()
        if not is_tar(os.pread(plain.fileno(), _BLOCK, 0)):
            raise ArchiveRefused(
                "archive_unsupported", "the compressed file holds no TAR; send a ZIP or a TAR"
            )
        return TarTree(os.dup(plain.fileno()), packed_bytes)


def _inflater(source: IO[bytes], kind: str) -> IO[bytes]:
    if kind == "gzip":
        return gzip.GzipFile(fileobj=source, mode="rb")  # type: ignore[return-value]
    if kind == "bzip2":
        return bz2.BZ2File(source, "rb")
    return lzma.LZMAFile(source, "rb", format=lzma.FORMAT_XZ)


def _damaged() -> ArchiveRefused:
    return ArchiveRefused("archive_damaged", "the TAR is incomplete or damaged; pack or upload it again")


def _checksum_holds(block: bytes) -> bool:
    try:
        stated = _octal(block[148:156])
    except ArchiveRefused:
        return False
    return stated == sum(block) - sum(block[148:156]) + 8 * 0x20


def _octal(raw: bytes) -> int:
    if raw[:1] == b"\x80":
        return int.from_bytes(raw[1:], "big")
    text = raw.strip(b" \x00")
    if not text:
        return 0
    if not all(0x30 <= byte <= 0x37 for byte in text):
        raise _damaged()
    return int(text, 8)


def _entries(fd: int, plain_bytes: int) -> Iterator[_Entry]:
    at, count = 0, 0
    long_name: bytes | None = None
    while at + _BLOCK <= plain_bytes:
        block = os.pread(fd, _BLOCK, at)
        if not any(block):
            return
        if not _checksum_holds(block):
            raise _damaged()
        size, kind = _octal(block[124:136]), block[156:157]
        data_at = at + _BLOCK
        at = data_at + (size + _BLOCK - 1) // _BLOCK * _BLOCK
        if at > plain_bytes + _BLOCK or data_at + size > plain_bytes:
            raise _damaged()
        count += 1
        if count > 2 * MAX_ENTRIES:
            check_totals(count, 0, plain_bytes)
        if kind in (b"L", b"x"):
            content = os.pread(fd, min(size, _MAX_LONG_NAME), data_at)
            long_name = content.rstrip(b"\x00") if kind == b"L" else _pax_path(content) or long_name
            continue
        if kind in (b"g", b"K"):
            continue
        yield _Entry(long_name or _short_name(block), kind, data_at, size)
        long_name = None


def _short_name(block: bytes) -> bytes:
    name = block[:100].partition(b"\x00")[0]
    prefix = block[345:500].partition(b"\x00")[0] if block[257:263] == b"ustar\x00" else b""
    return prefix + b"/" + name if prefix else name


def _pax_path(content: bytes) -> bytes | None:
    for line in content.split(b"\n"):
        _, _, record = line.partition(b" ")
        key, _, value = record.partition(b"=")
        if key == b"path":
            return value
    return None


def _entry_problem(entry: _Entry, name: str, seen: set[str]) -> Problem | None:
    where = shown(name)
    if (reason := unsafe_reason(name)) is not None:
        return Problem("unsafe_name", where, f"the name holds {reason}")
    if entry.kind not in _FILES:
        return Problem("unsafe_link", where, "links, devices and sparse files are not read")
    key = compare_key(name)
    if key in seen:
        return Problem("name_clash", where, "another file of the archive has the same name")
    seen.add(key)
    return None
