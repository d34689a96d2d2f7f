"""`ETag` and `If-Match` on what several people edit."""

from rest_framework.request import Request


def etag_of(revision: int) -> str:
    """The entity tag of a revision."""
    return f'"{revision}"'


def revision_expected(request: Request) -> int | None:
    """The revision named by `If-Match`, or None when the caller does not mind."""
    text = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    return int(text) if text.isascii() and text.isdigit() else None
