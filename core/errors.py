"""Errors a caller can act on. Pure: imports nothing of Django.

DomainError
├── BadRequest 400   ├── NotFound 404   ├── PayloadTooLarge 413    ├── TooManyRequests 429
├── Unauthorized 401 ├── Conflict 409   ├── UnsupportedMedia 415   ├── InternalError 500
└── Forbidden 403                       └── InvalidInput 422       ├── NotReady 503
                                                                   └── StorageFull 507
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """Base of every expected failure; a bug must never be one of these.

    `code` is part of the public API: stable, snake_case, unique. `detail` is one English sentence
    without paths or secrets. `params` carry what a client needs to react or to show its own words.
    """

    code: ClassVar[str] = "domain_error"
    status: ClassVar[int] = 400

    def __init__(self, detail: str, **params: Any) -> None:
        super().__init__(detail)
        self.detail, self.params = detail, params


class BadRequest(DomainError):
    """The request cannot be understood as sent."""

    code, status = "bad_request", 400


class Unauthorized(DomainError):
    """Nobody is signed in, or the credentials are wrong, expired or revoked."""

    code, status = "not_authenticated", 401


class Forbidden(DomainError):
    """Visible to the caller, but not theirs to do."""

    code, status = "forbidden", 403


class NotFound(DomainError):
    """Absent, or not for this caller to see: the two must look alike."""

    code, status = "not_found", 404

    def __init__(self, detail: str = "not found", **params: Any) -> None:
        super().__init__(detail, **params)


class Conflict(DomainError):
    """Right in itself, wrong in the present state; may succeed later."""

    code, status = "conflict", 409


class StaleRevision(Conflict):
    """Somebody else changed it first; `params.current` is how it stands now."""

    code = "stale_revision"


class PayloadTooLarge(DomainError):
    """More bytes than this resource takes."""

    code, status = "payload_too_large", 413


class UnsupportedMedia(DomainError):
    """A kind of content this resource does not take."""

    code, status = "unsupported_media", 415


class InvalidInput(DomainError):
    """Will never succeed as sent. `field="x"` names the field at fault."""

    code, status = "invalid_input", 422

    def __init__(self, detail: str, *, field: str | None = None, **params: Any) -> None:
        if field is not None:
            params["fields"] = {field: [detail]}
        super().__init__(detail, **params)


class TooManyRequests(DomainError):
    """The caller is over a limit; `retry_after_s` says when to come back."""

    code, status = "too_many_requests", 429

    def __init__(self, detail: str, *, retry_after_s: int, **params: Any) -> None:
        super().__init__(detail, retry_after_s=retry_after_s, **params)


class NotReady(DomainError):
    """Ours to bring up; the client should come back."""

    code, status = "not_ready", 503


class InternalError(DomainError):
    """A bug, where an answer is due all the same; the log knows more."""

    code, status = "internal_error", 500

    def __init__(self, detail: str = "something went wrong here; the request id finds it in the log") -> None:
        super().__init__(detail)


class StorageFull(DomainError):
    """No room left for what was sent; nothing of it was kept."""

    code, status = "storage_full", 507
