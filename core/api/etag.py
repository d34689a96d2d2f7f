"""`ETag` and `If-Match` on what several people edit."""

from rest_framework.request import Request

NO_REVISION = -1
_MOST_DIGITS = 18


def etag_of(revision: int) -> str:
    """The entity tag of a revision."""
    return f'"{revision}"'


def revision_expected(request: Request) -> int | None:
    """The revision named by `If-Match`, or None when the caller does not mind.

    What is no tag of ours matches nothing, so a caller who meant to be careful overwrites nothing.
    """
    sent = request.headers.get("If-Match", "").strip()
    if sent in ("", "*"):
        return None
    text = sent.removeprefix("W/").strip('"')
    is_ours = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_ours else NO_REVISION
