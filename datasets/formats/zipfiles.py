"""ZIP read by hand: the central directory is believed only where the local headers agree. Pure.

Not the standard library's reader: it trusts declared counts and names, and opens what overlaps.
"""

import os
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from datasets.formats.base import Member, MemberUnreadable, Problem, Tree
from datasets.formats.limits import MAX_ENTRIES, MAX_MEMBER_BYTES, ArchiveRefused, check_totals
from datasets.formats.names import compare_key, is_litter, names_decoded, shown, unsafe_reason

_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64: Final = struct.Struct("<4sLQL")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_CHUNK: Final = 1 << 20
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_ENCRYPTED: Final = "file_encrypted"
_MAX_DIRECTORY_BYTES: Final = MAX_ENTRIES * 1_200


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the central directory."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed_bytes: int
    size_bytes: int
    offset: int
    unix_mode: int
    unicode_name: bytes | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the packed bytes lie."""

    entry: _Entry
    start: int


class ZipTree(Tree):
    """Owns `fd`. Raises ArchiveRefused for an archive that is unfit as a whole."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        try:
            self._open()
        except ArchiveRefused:
            os.close(fd)
            raise
        except (struct.error, OverflowError) as exc:
            os.close(fd)
            raise _damaged() from exc

    def _open(self) -> None:
        archive_bytes = os.fstat(self._fd).st_size
        entries = _central_directory(self._fd, archive_bytes)
        check_totals(len(entries), sum(e.size_bytes for e in entries), archive_bytes)
        starts = [_data_start(self._fd, entry) for entry in entries]
        _check_no_overlap(entries, starts, archive_bytes)
        names, self.name_encoding = names_decoded(
            [
                (e.unicode_name or e.raw_name, bool(e.flags & _UTF8_FLAG) or e.unicode_name is not None)
                for e in entries
            ]
        )
        members: list[Member] = []
        refused: list[Problem] = []
        self._places: list[_Place] = []
        seen: set[str] = set()
        for entry, start, name in zip(entries, starts, names, strict=True):
            if _is_folder(entry) or (name is not None and is_litter(name)):
                continue
            problem = _entry_problem(entry, start, name, seen)
            if problem is not None or name is None:
                refused.append(problem or Problem("unsafe_name", "?", "the name cannot be read"))
                continue
            members.append(Member(len(members), name, entry.size_bytes))
            self._places.append(_Place(entry, start))
        if not members and any(problem.code == _ENCRYPTED for problem in refused):
            raise ArchiveRefused("archive_encrypted", "the ZIP is encrypted; pack it without a password")
        self.members, self.refused = members, refused

    def read(self, member: Member, limit_bytes: int) -> bytes:
        """Inflated and checked against the declared size and checksum."""
        return b"".join(self.chunks(member, min(limit_bytes, MAX_MEMBER_BYTES)))

    def chunks(self, member: Member, limit_bytes: int) -> Iterator[bytes]:
        """As `read`, a few at a time; a wrong checksum raises behind the last piece."""
        entry, start = self._places[member.index].entry, self._places[member.index].start
        if entry.size_bytes > limit_bytes:
            detail = "the file is over the size limit; send a smaller one"
            raise MemberUnreadable(Problem("file_too_large", shown(member.name), detail))
        size_bytes = crc = 0
        for chunk in _unpacked(self._fd, entry, start):
            size_bytes, crc = size_bytes + len(chunk), zlib.crc32(chunk, crc)
            yield chunk
        if size_bytes != entry.size_bytes or crc != entry.crc:
            detail = "the packed file is damaged or lies about its size; pack it again"
            raise MemberUnreadable(Problem("file_damaged", shown(member.name), detail))

    def close(self) -> None:
        """Close the archive."""
        os.close(self._fd)


def _damaged() -> ArchiveRefused:
    return ArchiveRefused("archive_damaged", "the ZIP is incomplete or damaged; pack or upload it again")


def _central_directory(fd: int, archive_bytes: int) -> list[_Entry]:
    tail_at = max(0, archive_bytes - (_END.size + 0xFFFF))
    tail = os.pread(fd, archive_bytes - tail_at, tail_at)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or found + _END.size > len(tail):
        raise _damaged()
    end_at = tail_at + found
    _, disk, cd_disk, here, count, cd_bytes, cd_at, _ = _END.unpack_from(tail, found)
    if disk or cd_disk or here != count:
        raise _damaged()
    if count == 0xFFFF or cd_bytes == 0xFFFFFFFF or cd_at == 0xFFFFFFFF:
        end_at, count, cd_bytes, cd_at = _end64(fd, end_at, (count, cd_bytes, cd_at))
    if count > MAX_ENTRIES or cd_bytes > _MAX_DIRECTORY_BYTES:
        check_totals(max(count, MAX_ENTRIES + 1), 0, archive_bytes)
    shift = end_at - cd_bytes - cd_at
    if shift < 0:
        raise _damaged()
    entries = _entries(os.pread(fd, cd_bytes, cd_at + shift), shift)
    if len(entries) != count:
        raise _damaged()
    return entries


def _end64(fd: int, end_at: int, small: tuple[int, int, int]) -> tuple[int, int, int, int]:
    locator = os.pread(fd, _LOCATOR64.size, max(0, end_at - _LOCATOR64.size))
    if len(locator) < _LOCATOR64.size or not locator.startswith(b"PK\x06\x07"):
        return (end_at, *small)
    at = _LOCATOR64.unpack(locator)[2]
    record = os.pread(fd, _END64.size, at)
    if len(record) < _END64.size or not record.startswith(b"PK\x06\x06"):
        raise _damaged()
    fields = _END64.unpack(record)
    return at, fields[7], fields[8], fields[9]


def _entries(directory: bytes, shift: int) -> list[_Entry]:
    entries: list[_Entry] = []
    at = 0
    while at + _CENTRAL.size <= len(directory) and directory[at : at + 4] == b"PK\x01\x02":
        f = _CENTRAL.unpack_from(directory, at)
        name_end = at + _CENTRAL.size + f[10]
        extra_end = name_end + f[11]
        raw_name, extra = directory[at + _CENTRAL.size : name_end], directory[name_end:extra_end]
        size, packed, offset = _zip64_sizes(extra, f[9], f[8], f[16])
        mode = (f[15] >> 16) if f[1] >> 8 == 3 else 0
        unicode_name = _unicode_name(extra, raw_name)
        entries.append(_Entry(raw_name, f[3], f[4], f[7], packed, size, offset + shift, mode, unicode_name))
        if len(entries) > MAX_ENTRIES:
            check_totals(len(entries), 0, 0)
        at = extra_end + f[12]
    return entries


def _extra_field(extra: bytes, wanted: int) -> bytes | None:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return None


def _zip64_sizes(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    if 0xFFFFFFFF not in (size, packed, offset):
        return size, packed, offset
    block = _extra_field(extra, 0x0001)
    if block is None:
        return size, packed, offset
    values = [size, packed, offset]
    at = 0
    for i, value in enumerate(values):
        if value == 0xFFFFFFFF:
            values[i] = struct.unpack_from("<Q", block, at)[0]
            at += 8
    return values[0], values[1], values[2]


def _unicode_name(extra: bytes, raw_name: bytes) -> bytes | None:
    block = _extra_field(extra, 0x7075)
    if block is None or len(block) < 5 or struct.unpack_from("<L", block, 1)[0] != zlib.crc32(raw_name):
        return None
    return block[5:]


def _data_start(fd: int, entry: _Entry) -> int:
    """Offset of the packed bytes, or -1 when the local header tells another story."""
    header = os.pread(fd, _LOCAL.size + len(entry.raw_name), entry.offset)
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise _damaged()
    fields = _LOCAL.unpack_from(header)
    start = entry.offset + _LOCAL.size + int(fields[9]) + int(fields[10])
    if fields[9] != len(entry.raw_name) or header[_LOCAL.size :] != entry.raw_name:
        return -1
    return start


def _check_no_overlap(entries: list[_Entry], starts: list[int], archive_bytes: int) -> None:
    reached = 0
    for offset, end in sorted(
        (e.offset, max(start, e.offset + _LOCAL.size) + e.packed_bytes)
        for e, start in zip(entries, starts, strict=True)
    ):
        if offset < reached:
            raise ArchiveRefused(
                "archive_overlap", "files inside the archive overlap, which no packer writes; pack it again"
            )
        if end > archive_bytes:
            raise _damaged()
        reached = end


def _is_folder(entry: _Entry) -> bool:
    return entry.raw_name.endswith(b"/") and entry.size_bytes == 0


def _entry_problem(entry: _Entry, start: int, name: str | None, seen: set[str]) -> Problem | None:
    where = shown(name) if name is not None else "?"
    reason = "a name that breaks its encoding" if name is None else unsafe_reason(name)
    if reason is not None:
        return Problem("unsafe_name", where, f"the name holds {reason}")
    if start < 0:
        return Problem("unsafe_name", where, "the archive gives this file two names")
    if entry.flags & _ENCRYPTED_FLAG:
        return Problem(_ENCRYPTED, where, "the file is encrypted; pack it without a password")
    if entry.unix_mode and stat.S_IFMT(entry.unix_mode) not in (0, stat.S_IFREG):
        return Problem("unsafe_link", where, "links and devices are not read")
    if entry.method not in (_STORED, _DEFLATED):
        return Problem("method_unsupported", where, "packed by a method that is not read; use deflate")
    if entry.method == _STORED and entry.packed_bytes != entry.size_bytes:
        return Problem(
            "file_damaged", where, "the packed file is damaged or lies about its size; pack it again"
        )
    key = compare_key(name or "")
    if key in seen:
        return Problem("name_clash", where, "another file of the archive has the same name")
    seen.add(key)
    return None


def _unpacked(fd: int, entry: _Entry, start: int) -> Iterator[bytes]:
    """The bytes of an entry, and no more than one over its declared size; what is damaged ends them."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left = entry.size_bytes + 1
    for offset in range(0, entry.packed_bytes, _CHUNK):
        content = os.pread(fd, min(_CHUNK, entry.packed_bytes - offset), start + offset)
        if entry.method != _DEFLATED:
            yield content
            continue
        try:
            content = inflater.decompress(content, left)
        except zlib.error:
            return
        left -= len(content)
        yield content
        if not left:
            return
