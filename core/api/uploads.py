"""Resumable uploads: the tus 1.0 protocol with creation, termination, expiration and checksum."""

import base64
import binascii
import hashlib
import uuid
from io import BytesIO
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.rules import RULES
from core.api.views import StudioViewSet
from core.errors import BadRequest, DomainError, UnsupportedMedia
from core.models import Upload
from core.services import uploads

VERSION = "1.0.0"
PART_TYPE = "application/offset+octet-stream"
_CAPABILITIES = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,termination,expiration,checksum",
    "Tus-Max-Size": str(uploads.MAX_BYTES),
    "Tus-Checksum-Algorithm": "sha1,sha256",
}


class TusVersionRefused(DomainError):
    """Another version of the protocol."""

    code, status = "tus_version", 412


class ChecksumMismatch(DomainError):
    """The part did not arrive as it was sent."""

    code, status = "checksum_mismatch", 460


class PartParser(BaseParser):
    """Leaves the body where it is; the view reads it in pieces."""

    media_type = PART_TYPE

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The stream itself."""
        return stream


class UploadShape(serializers.Serializer[Any]):
    """An upload."""

    id = serializers.UUIDField()
    length = serializers.IntegerField()
    offset = serializers.IntegerField()
    filename = serializers.CharField()
    finished = serializers.BooleanField()
    expires_at = serializers.DateTimeField()


class UploadViewSet(StudioViewSet):
    """`/uploads/`."""

    resource = "uploads"
    rules = RULES
    parser_classes = (PartParser,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Every answer says which protocol it speaks; OPTIONS says what this server can."""
        if request.method == "OPTIONS":
            response: HttpResponseBase = HttpResponse(status=204, headers=_CAPABILITIES)
        else:
            response = super().dispatch(request, *args, **kwargs)
        response["Tus-Resumable"] = VERSION
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse another version of the protocol."""
        super().initial(request, *args, **kwargs)
        if request.headers.get("Tus-Resumable", VERSION) != VERSION:
            raise TusVersionRefused("this server speaks tus 1.0.0")

    @extend_schema(request=None, responses={201: UploadShape})
    def create(self, request: Request) -> Response:
        """Begin an upload of `Upload-Length` bytes; `Location` is where to send them."""
        known = _metadata(request.headers.get("Upload-Metadata", ""))
        upload = uploads.upload_create(
            self.user,
            length=_whole(request, "Upload-Length"),
            filename=known.get("filename", known.get("name", "")),
            media_type=known.get("filetype", known.get("type", "")),
        )
        return _answer(upload, 201, Location=f"/api/v1/uploads/{upload.pk}/")

    @extend_schema(responses=UploadShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """How far the upload is; as HEAD only the headers."""
        return _answer(uploads.upload_for(self.user, pk), 200)

    @extend_schema(request={PART_TYPE: bytes}, responses={204: None})
    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Append a part of at most 64 MB at `Upload-Offset`; durable when answered."""
        if (request.content_type or "").split(";")[0].strip() != PART_TYPE:
            raise UnsupportedMedia(f"send the part as {PART_TYPE}")
        body = cast(BinaryIO, request._request)
        if checksum := request.headers.get("Upload-Checksum"):
            body = _verified(body, checksum)
        upload = uploads.upload_append(self.user, pk, offset=_whole(request, "Upload-Offset"), body=body)
        return _answer(upload, 204)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """Forget the upload."""
        uploads.upload_delete(self.user, pk)
        return self.no_content()


def upload_render(upload: Upload) -> dict[str, Any]:
    """An upload."""
    return {
        "id": upload.pk,
        "length": upload.length,
        "offset": upload.offset,
        "filename": upload.filename,
        "finished": upload.finished_at is not None,
        "expires_at": upload.expires_at,
    }


def _answer(upload: Upload, status: int, **headers: str) -> Response:
    body = None if status == 204 else upload_render(upload)
    response = Response(body, status=status, headers=headers)
    response["Upload-Offset"] = str(upload.offset)
    response["Upload-Length"] = str(upload.length)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    response["Cache-Control"] = "no-store"
    return response


def _whole(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadRequest(f"{header} is a whole number of bytes")
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """`key base64,key base64`; what cannot be read is left out."""
    known = {}
    for pair in text.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            known[key] = base64.b64decode(value, validate=True).decode("utf-8").replace("\x00", "")
        except (binascii.Error, UnicodeDecodeError):
            continue
    return known


def _verified(body: BinaryIO, checksum: str) -> BinaryIO:
    """The part, read whole and compared. Raises BadRequest, ChecksumMismatch."""
    name, _, digest = checksum.strip().partition(" ")
    if name not in ("sha1", "sha256"):
        raise BadRequest("checksums are sha1 or sha256")
    content = body.read(uploads.MAX_PART_BYTES + 1)
    found = base64.b64encode(hashlib.new(name, content, usedforsecurity=False).digest()).decode()
    if found != digest.strip():
        raise ChecksumMismatch("the part did not arrive as it was sent; send it again")
    return BytesIO(content)
