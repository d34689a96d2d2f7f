"""Stored files over HTTP: pictures and recordings inline, everything else as a download."""

import re
import uuid
from collections.abc import Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from core import media
from core.api.authentication import user_of
from core.api.problems import problem_response
from core.errors import DomainError, NotFound, Unauthorized
from core.models import OUTSIDE, Blob
from core.services.blobs import blob_row
from core.services.outside import outside_open
from core.services.storage import container_store

# Types that our own probe gives, of which a browser makes pixels or sound and nothing else.
INLINE = frozenset(
    {
        *("image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp"),
        *("audio/wav", "audio/flac", "audio/ogg", "audio/mpeg"),
    }
)
_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")
_CHUNK_BYTES = 1 << 18
_IN_MEMORY_BYTES = 8 << 20


@require_safe
def thumbnail(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A thumbnail, for whoever may see a sample that has it."""
    return _serve(request, sha256, None)


@require_safe
def original(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """An original, for whoever may see the sample named by `?s=`, or any that has it."""
    text = request.GET.get("s", "")
    try:
        sample_id = uuid.UUID(text) if text else None
    except ValueError:
        return problem_response(request, NotFound())
    return _serve(request, sha256, sample_id)


def blob_response(
    request: HttpRequest, blob: Blob, *, filename: str | None = None, immutable: bool = True
) -> HttpResponseBase:
    """The bytes of a blob; the caller has checked that they may be read.

    A name makes it a download. What is not a plain picture always is one.
    """
    etag = f'"{blob.pk}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        response = _content(request, blob, etag)
    inline = blob.media_type in INLINE and filename is None
    response["Content-Type"] = blob.media_type if blob.media_type in INLINE else "application/octet-stream"
    response["Content-Disposition"] = (
        content_disposition_header(not inline, filename or blob.pk) or "attachment"
    )
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = (
        f"private, max-age={31_536_000 if immutable else 0}" + ", immutable" * immutable
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _serve(request: HttpRequest, sha256: str, sample_id: uuid.UUID | None) -> HttpResponseBase:
    try:
        user = user_of(request)
        if user is None:
            raise Unauthorized("sign in first")
        if not media.may_read(user, sha256, sample_id):
            raise NotFound
        return blob_response(request, blob_row(sha256))
    except DomainError as error:
        return problem_response(request, error)


def _content(request: HttpRequest, blob: Blob, etag: str) -> HttpResponseBase:
    """All bytes, or the one range that was asked for: how a player seeks (RFC 9110, section 14).

    What asks for several ranges, or for those of other bytes, gets all of them.
    """
    asked = _RANGE.match(request.headers.get("Range", ""))
    if asked is None or asked.groups() == ("", "") or request.headers.get("If-Range", etag) != etag:
        return _bytes(blob, 0, blob.size_bytes)
    first, last = _range(asked[1], asked[2], blob.size_bytes)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{blob.size_bytes}"})
    response = _bytes(blob, first, last - first + 1)
    response.status_code = 206
    response["Content-Range"] = f"bytes {first}-{last}/{blob.size_bytes}"
    return response


def _range(first: str, last: str, size_bytes: int) -> tuple[int, int]:
    """The first and the last byte; the first is past the last where there is nothing of it."""
    if not first:
        return max(0, size_bytes - int(last)), size_bytes - 1
    return int(first), min(int(last), size_bytes - 1) if last else size_bytes - 1


def _bytes(blob: Blob, start: int, length: int) -> HttpResponseBase:
    if blob.container == OUTSIDE:
        file = outside_open(blob.pk, blob.size_bytes)
        if length <= _IN_MEMORY_BYTES:
            with file:
                file.seek(start)
                return HttpResponse(file.read(length))
    elif length <= _IN_MEMORY_BYTES:
        return HttpResponse(container_store().read(blob.container, blob.offset + start, length))
    else:
        file = container_store().local_path(blob.container).open("rb")
        start += blob.offset
    # A plain iterator is right because requests run as WSGI (docs/decisions: streams on the loop).
    return StreamingHttpResponse(_Pieces(file, start, length), headers={"Content-Length": str(length)})


class _Pieces:
    """A stretch of a file, piece by piece; closed by the answer that it is for, asked for or not."""

    def __init__(self, file: BinaryIO, offset: int, length: int) -> None:
        self._file, self._left = file, length
        file.seek(offset)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._file.read(min(_CHUNK_BYTES, self._left))
        if not piece:
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
