"""What the parent and the child that reads Parquet say to each other: JSON and raw bytes over pipes. Pure."""

import struct
from dataclasses import dataclass
from typing import IO, Any, Final

import orjson

_HEAD: Final = struct.Struct("<qqLL")
_NOTE: Final = -1
_ABSENT: Final = -1


@dataclass(frozen=True, slots=True)
class Row:
    """One row, numbered from 0: the fields that were asked for, as JSON has them, and its media.

    `size_bytes` is of the media, None for none; `media` is empty too where they are over the limit.
    """

    number: int
    fields: dict[str, Any]
    media: bytes
    size_bytes: int | None


def send_row(pipe: IO[bytes], number: int, size_bytes: int | None, media: bytes | None, fields: str) -> None:
    """Child to parent."""
    text, content = fields.encode(), media or b""
    size = _ABSENT if size_bytes is None else size_bytes
    pipe.write(_HEAD.pack(number, size, len(content), len(text)) + text)
    pipe.write(content)


def send_note(pipe: IO[bytes], note: dict[str, Any]) -> None:
    """Child to parent: what the file is, that it is over, or why it is not read."""
    text = orjson.dumps(note)
    pipe.write(_HEAD.pack(_NOTE, _ABSENT, 0, len(text)) + text)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Row | dict[str, Any]:
    """A row or a note. Raises EOFError when the child is gone, ValueError for a row that JSON has no words for."""
    number, size, media_bytes, text_bytes = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    text, media = _exactly(pipe, text_bytes), _exactly(pipe, media_bytes)
    said: dict[str, Any] = orjson.loads(text)
    return said if number == _NOTE else Row(number, said, media, None if size == _ABSENT else size)


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    content = pipe.read(count)
    if len(content) < count:
        raise EOFError("the child is gone")
    return content
