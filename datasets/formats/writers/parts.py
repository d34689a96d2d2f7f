"""An archive written in pieces that stay on disk, so that who begins again goes on behind the last whole one. Pure.

A piece holds whole entries of a ZIP. Beside it lies what the directory of the archive will say of them; a piece
counts when both are there, durably and under their names. What is written depends on the version and the format
only, so two processes that write the same piece write the same bytes, and whoever comes last harms nobody.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Self
from uuid import uuid4
from zipfile import ZipInfo

import orjson

from core.faults import fault
from core.storage.writer import fsync_dir

PART_BYTES: Final = 16 << 20
PART_ENTRIES: Final = 5_000
_TAIL: Final = "tail.part"


class ArchiveDiffers(Exception):
    """The pieces are of an archive that would be written otherwise today."""


class Note(NamedTuple):
    """What the directory of the archive says of an entry; `offset` and `end` are its place in bytes."""

    name: str
    method: int
    offset: int
    end: int
    crc: int
    size: int
    packed: int
    needs: int  # the version of ZIP that who reads it must know

    @classmethod
    def of(cls, entry: ZipInfo, end: int) -> Self:
        """Of an entry that was written and ends there."""
        return cls(
            entry.filename,
            entry.compress_type,
            entry.header_offset,
            end,
            entry.CRC,
            entry.file_size,
            entry.compress_size,
            entry.extract_version,
        )

    def tell(self, entry: ZipInfo) -> None:
        """Make the entry say it."""
        entry.header_offset, entry.CRC = self.offset, self.crc
        entry.file_size, entry.compress_size = self.size, self.packed
        entry.create_version = entry.extract_version = self.needs


class ArchiveParts:
    """The file a ZIP is written into: append-only but for the header of the entry at its end.

    `on_whole` is called after each piece that will not have to be written again.
    """

    def __init__(self, folder: Path, on_whole: Callable[[], None] = lambda: None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._on_whole = folder, on_whole
        self._number, self._base = _whole(folder)
        self._recalled = self._notes_before(self._number)
        self._at = self._base
        self._notes: list[Note] = []
        self._file: BinaryIO | None = None
        self._staged = folder / f"{uuid4().hex}.tmp"
        self._is_closed = False

    def recalled(self, entry: ZipInfo) -> Note | None:
        """What is known of the next entry, when a whole piece has it. Raises ArchiveDiffers."""
        note = next(self._recalled, None)
        if note is not None and (note.name, note.method) != (entry.filename, entry.compress_type):
            raise ArchiveDiffers(note.name)
        return note

    def noted(self, note: Note) -> None:
        """An entry was written to its end."""
        self._notes.append(note)
        if note.end - self._base >= PART_BYTES or len(self._notes) >= PART_ENTRIES:
            self.cut()

    def cut(self) -> None:
        """Make durable what was written since the last piece; nothing when there is nothing."""
        if not self._notes:
            return
        self._synced(self._part())
        self._number += 1
        notes = self.folder / f"{uuid4().hex}.tmp"
        with notes.open("wb") as file:
            file.write(orjson.dumps([list(note) for note in self._notes]))
            file.flush()
            os.fsync(file.fileno())
        notes.replace(_notes_path(self.folder, self._number))
        fault("export.before-part")
        self._staged.replace(_part_path(self.folder, self._number))
        fsync_dir(self.folder)
        self._base, self._notes = self._notes[-1].end, []
        self._staged = self.folder / f"{uuid4().hex}.tmp"
        fault("export.after-part")
        self._on_whole()

    def whole(self) -> list[Path]:
        """The files of the finished archive in their order. Raises ArchiveDiffers when it had more entries once."""
        if next(self._recalled, None) is not None:
            raise ArchiveDiffers("entries are left")
        tail = self.folder / _TAIL
        self._part().close()
        self._staged.replace(tail)
        self._is_closed = True
        return [*(_part_path(self.folder, number) for number in range(1, self._number + 1)), tail]

    def tell(self) -> int:
        """The place in the archive."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place of the present piece, or to where a whole one ends."""
        if whence:
            raise ValueError("a place is counted from the start of the archive")
        self._at = offset
        return offset

    def write(self, content: bytes) -> int:
        """At the present place."""
        # What zipfile still writes when it is collected after an error goes nowhere.
        if self._is_closed:
            return len(content)
        if self._at < self._base:
            raise ValueError("a whole piece is not written again")
        file = self._part()
        if file.tell() != self._at - self._base:
            file.seek(self._at - self._base)
        file.write(content)
        self._at += len(content)
        return len(content)

    def flush(self) -> None:
        """Nothing: a piece is durable or does not count."""

    def close(self) -> None:
        """Let go of the piece that is not whole."""
        self._is_closed = True
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _part(self) -> BinaryIO:
        if self._file is None or self._file.closed:
            self._file = self._staged.open("wb")
        return self._file

    def _synced(self, file: BinaryIO) -> None:
        file.flush()
        os.fsync(file.fileno())
        file.close()

    def _notes_before(self, count: int) -> Iterator[Note]:
        """Of the whole pieces, one piece in memory at a time."""
        for number in range(1, count + 1):
            yield from _notes_read(_notes_path(self.folder, number))


def _whole(folder: Path) -> tuple[int, int]:
    """How many pieces from the first on are whole, and where the last of them ends."""
    number = end = 0
    while True:
        part, notes = _part_path(folder, number + 1), _notes_path(folder, number + 1)
        if not part.exists() or not notes.exists():
            return number, end
        told = _notes_read(notes)
        if not told or part.stat().st_size != told[-1].end - end:
            return number, end
        number, end = number + 1, told[-1].end


def _notes_read(path: Path) -> list[Note]:
    """What was written, or nothing when it cannot be read."""
    try:
        return [Note(*row) for row in orjson.loads(path.read_bytes())]
    except (ValueError, TypeError):
        return []


def _part_path(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.part"


def _notes_path(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.json"
