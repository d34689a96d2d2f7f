"""The one place where an error becomes HTTP (problem details, RFC 9457)."""

import errno
import logging
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.api.idempotency import Replay
from core.errors import DomainError

logger = logging.getLogger(__name__)
PROBLEM = "application/problem+json"
_TOO_LARGE = (RequestDataTooBig, TooManyFilesSent, TooManyFieldsSent)
_PLAIN: tuple[tuple[tuple[type[Exception], ...], tuple[str, int, str]], ...] = (
    ((Http404,), ("not_found", 404, "not found")),
    ((PermissionDenied,), ("forbidden", 403, "you may not do this")),
    (_TOO_LARGE, ("payload_too_large", 413, "the request is too large; use a resumable upload")),
    ((SuspiciousOperation,), ("bad_request", 400, "the request cannot be understood")),
)


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. Bugs are logged and answered without internals."""
    if isinstance(exc, Replay):
        return exc.response
    set_rollback()
    request_id = getattr(getattr(context.get("request"), "_request", None), "request_id", "")
    code, http_status, detail, params = _describe(exc)
    if http_status == status.HTTP_500_INTERNAL_SERVER_ERROR:
        logger.error("unhandled error", exc_info=exc, extra={"request": request_id})
    headers: dict[str, str] = {}
    if "retry_after_s" in params:
        headers["Retry-After"] = str(params["retry_after_s"])
    if http_status == status.HTTP_401_UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="studio"'
    body = {"code": code, "detail": detail, "params": params, "request_id": request_id}
    return Response(body, status=http_status, headers=headers, content_type=PROBLEM)


def _describe(exc: Exception) -> tuple[str, int, str, dict[str, Any]]:
    """Code, status, detail and params of an error."""
    if isinstance(exc, DomainError):
        return exc.code, exc.status, exc.detail, exc.params
    if isinstance(exc, exceptions.ValidationError):
        return "invalid_input", 422, "some fields are not right", {"fields": _fields(exc.detail)}
    if isinstance(exc, exceptions.APIException):
        return _of_framework(exc)
    for kinds, answer in _PLAIN:
        if isinstance(exc, kinds):
            return *answer, {}
    if _is_full(exc):
        return "storage_full", 507, "the disk is full; nothing was kept", {}
    if isinstance(exc, DataError):
        return "invalid_input", 422, "a text or a number in the request cannot be stored", {}
    if isinstance(exc, OperationalError | InterfaceError):
        return "not_ready", 503, "the database does not answer; try again in a moment", {"retry_after_s": 5}
    return "internal_error", 500, "something went wrong here; the request id finds it in the log", {}


def _is_full(exc: Exception) -> bool:
    """The disk of the files or of the database has no room."""
    if isinstance(exc, OSError):
        return exc.errno in (errno.ENOSPC, errno.EDQUOT)
    cause = exc.__cause__
    is_full = getattr(cause, "sqlstate", None) == "53100" or "disk is full" in str(exc)
    return isinstance(exc, OperationalError) and is_full


def _of_framework(exc: exceptions.APIException) -> tuple[str, int, str, dict[str, Any]]:
    known: dict[type[exceptions.APIException], tuple[str, str]] = {
        exceptions.ParseError: ("bad_request", "the body cannot be parsed"),
        exceptions.NotAuthenticated: ("not_authenticated", "sign in first"),
        exceptions.AuthenticationFailed: ("not_authenticated", "these credentials are not valid"),
        exceptions.PermissionDenied: ("forbidden", "you may not do this"),
        exceptions.NotFound: ("not_found", "not found"),
        exceptions.MethodNotAllowed: ("method_not_allowed", "this resource does not take that method"),
        exceptions.NotAcceptable: ("not_acceptable", "this resource has no such representation"),
        exceptions.UnsupportedMediaType: (
            "unsupported_media",
            "this resource does not take that content type",
        ),
    }
    if isinstance(exc, exceptions.Throttled):
        return (
            "too_many_requests",
            429,
            "too many requests",
            {"retry_after_s": int(getattr(exc, "wait", None) or 1) + 1},
        )
    code, detail = known.get(type(exc), ("bad_request", "the request cannot be understood"))
    if isinstance(exc, exceptions.PermissionDenied) and "CSRF" in str(exc.detail):
        return "csrf_failed", 403, "the page is out of date; reload it", {}
    return code, exc.status_code, detail, {}


def _fields(detail: Any) -> dict[str, Any]:
    if isinstance(detail, dict):
        return {str(name): value for name, value in detail.items()}
    return {"non_field_errors": detail}
