"""Query parameters, checked."""

import uuid
from collections.abc import Collection

from rest_framework.request import Request

from core.errors import InvalidInput


def uuid_of(request: Request, name: str) -> uuid.UUID | None:
    """An id, or None when absent. Raises InvalidInput."""
    text = request.query_params.get(name)
    return _uuid(text, name) if text else None


def ids_of(request: Request, name: str, *, most: int) -> list[uuid.UUID]:
    """Ids with commas between them, at least one. Raises InvalidInput."""
    texts = [text for text in request.query_params.get(name, "").split(",") if text]
    if not 1 <= len(texts) <= most:
        raise InvalidInput(f"1 to {most} ids were expected", field=name)
    return list(dict.fromkeys(_uuid(text, name) for text in texts))


def choices_of(request: Request, name: str, allowed: Collection[str]) -> list[str]:
    """Words out of `allowed` with commas between them; empty when absent. Raises InvalidInput."""
    wanted = [text for text in request.query_params.get(name, "").split(",") if text]
    if not set(wanted) <= set(allowed):
        raise InvalidInput("unknown value", field=name, allowed=sorted(allowed))
    return wanted


def number_of(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """A whole number. Raises InvalidInput."""
    text = request.query_params.get(name, str(default))
    is_whole = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not is_whole or not least <= int(text) <= most:
        raise InvalidInput(f"a whole number from {least} to {most} was expected", field=name)
    return int(text)


def _uuid(text: str, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as exc:
        raise InvalidInput("an id was expected", field=name) from exc
