"""Requests, responses and refusals of the data plane. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from core.errors import DomainError

JSON: Final = b"application/json"
PROBLEM: Final = b"application/problem+json"
REASONS: Final = {
    200: b"OK", 400: b"Bad Request", 401: b"Unauthorized", 403: b"Forbidden", 404: b"Not Found",
    405: b"Method Not Allowed", 408: b"Request Timeout", 411: b"Length Required", 413: b"Payload Too Large",
    415: b"Unsupported Media Type", 422: b"Unprocessable Entity", 429: b"Too Many Requests",
    431: b"Request Header Fields Too Large", 500: b"Internal Server Error", 503: b"Service Unavailable",
    504: b"Gateway Timeout",
}  # fmt: skip
_FIXED: Final = b"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"


class Response:
    """What goes back; `headers` are extra lines, each ending in CRLF."""

    __slots__ = ("body", "content_type", "headers", "status")

    def __init__(self, status: int, body: bytes, content_type: bytes = JSON, headers: bytes = b"") -> None:
        self.status, self.body, self.content_type, self.headers = status, body, content_type, headers

    def wire(self, *, keep_alive: bool) -> bytes:
        """The bytes of an HTTP/1.1 response."""
        return b"".join(
            (
                b"HTTP/1.1 %d %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n"
                % (self.status, REASONS[self.status], self.content_type, len(self.body)),
                self.headers,
                _FIXED if keep_alive else _FIXED + b"Connection: close\r\n",
                b"\r\n",
                self.body,
            )
        )


class Request:
    """One request, whole. `headers` has lower-case names and only those the data plane reads."""

    __slots__ = ("body", "headers", "method", "peer", "query", "received", "reply", "request_id", "target")

    def __init__(
        self,
        *,
        method: bytes,
        target: str,
        query: str,
        headers: Mapping[bytes, bytes],
        body: bytes,
        peer: str,
        received: float,
        reply: Callable[[Response], None],
    ) -> None:
        """`reply` is called exactly once, now or later, on the loop; `received` is of `time.perf_counter`,
        since the loop's own time stands still for a millisecond."""
        self.method, self.target, self.query = method, target, query
        self.headers, self.body, self.peer = headers, body, peer
        self.received, self.reply = received, reply
        self.request_id = ""


def json_response(status: int, content: Any, headers: bytes = b"") -> Response:
    """A JSON answer; numpy arrays in it are written as lists."""
    return Response(status, orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), JSON, headers)


def problem_response(error: DomainError, request_id: str, headers: bytes = b"") -> Response:
    """The refusal as problem details; `error` is what Open Inference clients show."""
    content = {
        "code": error.code,
        "detail": error.detail,
        "params": error.params,
        "request_id": request_id,
        "error": error.detail,
    }
    wait = error.params.get("retry_after_s")
    if wait is not None:
        headers += b"Retry-After: %d\r\n" % max(1, int(wait))
    return Response(error.status, orjson.dumps(content, default=str), PROBLEM, headers)
