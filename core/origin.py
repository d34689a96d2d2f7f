"""Where the present request came from: for the audit trail and the log. Pure."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestOrigin:
    """Set by the middleware; empty in jobs."""

    request_id: str = ""
    address: str = ""
    token_prefix: str = ""


origin: ContextVar[RequestOrigin] = ContextVar("origin", default=RequestOrigin())  # noqa: B039  frozen
