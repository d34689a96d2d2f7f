"""JSON from strangers: size and depth bounded, no NaN, no exceptions but one. Pure."""

import re
from typing import Any

import orjson

_TABLES = tuple(
    re.compile(rb'"' + key + rb'"\s*:\s*\[') for key in (b"images", b"annotations", b"categories")
)


class JsonRefused(Exception):
    """The text is no JSON we take; the message says where."""


def json_parsed(content: bytes) -> Any:
    """The document. A byte order mark is forgiven. Raises JsonRefused."""
    try:
        return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as exc:
        raise JsonRefused(f"the JSON is damaged at line {exc.lineno}, column {exc.colno}") from exc


def looks_like_coco(content: bytes) -> bool:
    """Whether COCO's tables `images` and `categories` or `annotations` occur, without parsing."""
    found = [bool(pattern.search(content)) for pattern in _TABLES]
    return found[0] and (found[1] or found[2])
