"""Pictures out of a request body: multipart form, or the body itself. Pure."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from core.errors import BadRequest, InvalidInput, UnsupportedMedia

MAX_PARTS: Final = 100
MAX_FILES: Final = 32
MAX_BOUNDARY: Final = 70
_MAX_PART_HEADER: Final = 4 << 10
_BOUNDARY = re.compile(rb'boundary=(?:"([^"\r\n]+)"|([^;\s,]+))', re.IGNORECASE)
_FILENAME = re.compile(rb";\s*filename\*?=", re.IGNORECASE)
_NAME = re.compile(rb';\s*name="([^"]*)"', re.IGNORECASE)
_MAGIC: Final = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8", b"BM", b"II", b"MM")
_HOW: Final = 'send the picture as multipart "file" or as the raw body, for example curl -F file=@cat.jpg'


class NoPicture(InvalidInput):
    """The request holds no picture."""

    code = "no_picture"


class NotInline(InvalidInput):
    """An address or a path instead of bytes."""

    code = "inputs_inline_only"

    def __init__(self) -> None:
        super().__init__(f"inputs are inline bytes only, never addresses or paths; {_HOW}")


class PicturesOnly(InvalidInput):
    """Text or rows for an endpoint that takes pictures."""

    code = "pictures_only"

    def __init__(self) -> None:
        super().__init__(f"this endpoint takes pictures, not text or rows; {_HOW}")


def pictures_from_body(body: bytes, headers: Mapping[bytes, bytes]) -> list[bytes]:
    """One entry per picture sent, at least one. Raises DomainErrors that say how to send it."""
    content_type = headers.get(b"content-type", b"")
    kind = content_type.split(b";", 1)[0].strip().lower()
    if kind == b"multipart/form-data":
        return _from_multipart(body, content_type)
    if kind == b"application/json":
        raise NotInline if b'"url"' in body[:4_096] or b'"path"' in body[:4_096] else PicturesOnly
    if not body:
        raise NoPicture(f"the body is empty; {_HOW}")
    if kind in (b"", b"application/octet-stream", b"application/x-www-form-urlencoded") or kind.startswith(
        b"image/"
    ):
        if kind == b"application/x-www-form-urlencoded" and not body.startswith(_MAGIC):
            raise NotInline if _names_address(body) else NoPicture(f"the body is no picture; {_HOW}")
        return [body]
    raise UnsupportedMedia(f"content of this type is not taken; {_HOW}")


def _names_address(body: bytes) -> bool:
    fields = parse_qs(body[:4_096].decode("latin-1"))
    return any(name in fields for name in ("url", "path", "file"))


def _from_multipart(body: bytes, content_type: bytes) -> list[bytes]:
    found = _BOUNDARY.search(content_type)
    boundary = (found.group(1) or found.group(2)) if found else b""
    if not 0 < len(boundary) <= MAX_BOUNDARY:
        raise BadRequest(f"the multipart boundary must have 1 to {MAX_BOUNDARY} bytes")
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary, MAX_PARTS + 2)
    if len(parts) > MAX_PARTS + 2:
        raise BadRequest(f"at most {MAX_PARTS} parts")
    if len(parts) < 3 or not parts[-1].startswith(b"--"):
        raise BadRequest("the multipart body is incomplete")
    pictures: list[bytes] = []
    for part in parts[1:-1]:
        head, separator, content = part.partition(b"\r\n\r\n")
        if not separator or len(head) > _MAX_PART_HEADER:
            raise BadRequest("a part of the multipart body is damaged")
        if _FILENAME.search(head):
            pictures.append(content)
        elif (name := _NAME.search(head)) and name.group(1) in (b"url", b"path", b"file"):
            raise NotInline
    if not pictures:
        raise NoPicture(f"no file in the form; {_HOW}")
    if len(pictures) > MAX_FILES:
        raise BadRequest(f"at most {MAX_FILES} pictures a request")
    return pictures
