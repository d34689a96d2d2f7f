"""`ETag` and `If-Match` on what several people edit."""

from typing import Any

from rest_framework.request import Request

from core.errors import Conflict


class StaleRevision(Conflict):
    """Somebody else changed it first; `params.current` is how it stands now."""

    code = "stale_revision"


def etag_of(revision: int) -> str:
    """The entity tag of a revision."""
    return f'"{revision}"'


def revision_expected(request: Request) -> int | None:
    """The revision named by `If-Match`, or None when the caller does not mind."""
    text = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    return int(text) if text.isascii() and text.isdigit() else None


def check_revision(request: Request, revision: int, current: Any) -> None:
    """Raises StaleRevision when `If-Match` names another revision than the present one."""
    expected = revision_expected(request)
    if expected is not None and expected != revision:
        raise StaleRevision("somebody else changed this first", current=current)
