"""`Idempotency-Key`: a repeated POST gets the first answer again.

The record, the effect and the stored answer are one transaction, so a process that dies leaves
either all three or none. Answers that are not 2xx are not kept: nothing happened.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from core.clock import utc_now
from core.errors import Conflict, InvalidInput
from core.models import IdempotencyRecord, User

HEADER = "Idempotency-Key"
KEEP = timedelta(hours=24)
_RECORD = "_idempotency_record"


class IdempotencyKeyReused(InvalidInput):
    """The key already stands for a different request."""

    code = "idempotency_key_reused"


class IdempotencyInProgress(Conflict):
    """The same request is being worked on right now."""

    code = "idempotency_in_progress"


class SecretShownOnce(Conflict):
    """It was made; its secret was in the first answer, which is kept nowhere."""

    code = "secret_shown_once"


class Replay(Exception):
    """Carries the first answer out of the view."""

    def __init__(self, response: Response) -> None:
        super().__init__("replay")
        self.response = response


@contextmanager
def transaction_for(request: HttpRequest) -> Iterator[None]:
    """A transaction around a POST that carries a key; nothing around any other request."""
    if request.method != "POST" or HEADER not in request.headers:
        yield
        return
    with transaction.atomic():
        yield


def begin(request: Request) -> None:
    """Remember the request, or raise Replay with the answer it already got."""
    key, user = request.headers.get(HEADER), request.user
    if request.method != "POST" or key is None or not isinstance(user, User):
        return
    if not 1 <= len(key) <= 200:
        raise InvalidInput("Idempotency-Key has 1 to 200 characters", field=HEADER)
    digest = _digest(request)
    mine = IdempotencyRecord.objects.filter(user=user, key=key)
    mine.filter(created_at__lt=utc_now() - KEEP).delete()
    known = mine.first()
    if known is not None:
        raise Replay(_answer(known, digest))
    try:
        with transaction.atomic():
            record = IdempotencyRecord.objects.create(user=user, key=key, request_sha256=digest)
    except IntegrityError as exc:
        raise IdempotencyInProgress("the same request is being worked on; come back") from exc
    setattr(request._request, _RECORD, record)


def keep(request: HttpRequest, response: HttpResponseBase, *, secret: bool = False) -> None:
    """Store a successful answer with its record; forget the record of any other.

    Of an answer that holds a `secret` only the fact is kept.
    """
    record: IdempotencyRecord | None = getattr(request, _RECORD, None)
    if record is None or not isinstance(response, Response):
        return
    if response.status_code >= 300:
        transaction.set_rollback(True)
        return
    response.render()
    record.status, record.body = response.status_code, None if secret else bytes(response.content)
    record.headers = {name: response[name] for name in ("Location", "ETag") if name in response}
    record.save(update_fields=["status", "body", "headers"])


def _digest(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not (request.content_type or "").startswith("multipart/"):
        digest.update(request._request.body)
        return digest.hexdigest()
    # The CSRF check may have parsed the form already, and boundaries differ between repeats.
    for name, values in sorted(request._request.POST.lists()):
        digest.update(repr((name, values)).encode())
    for name, files in sorted(request._request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def _answer(record: IdempotencyRecord, digest: str) -> Response:
    if record.request_sha256 != digest:
        raise IdempotencyKeyReused("this Idempotency-Key was used for another request")
    if record.status is not None and record.body is None:
        raise SecretShownOnce("this was made before; its secret was shown once, make another")
    if record.status is None or record.body is None:
        raise IdempotencyInProgress("the same request is being worked on; come back")
    headers: dict[str, Any] = {**record.headers, "Idempotency-Replayed": "true"}
    response = Response(status=record.status, headers=headers)
    response.data = StoredBody(bytes(record.body))
    return response


class StoredBody(bytes):
    """Bytes that the renderer passes on as they are."""
