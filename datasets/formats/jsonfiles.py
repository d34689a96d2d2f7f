"""JSON from strangers: size and depth bounded, no NaN, no exceptions but one. Pure.

Whole documents by `json_parsed`; long arrays by `json_spans` and `json_elements`, which hold one element
at a time: the brackets are found by one regular expression over the bytes, whatever their nesting.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from datasets.formats.textfiles import TextRefused, text_decoded

MAX_JSON_BYTES: Final = 512 * 1024**2
_MAX_ELEMENT_BYTES: Final = 16 * 1024**2
_MAX_KEYS: Final = 1_000
_OPENING: Final = b"[{"
_TABLES = tuple(
    re.compile(rb'"' + key + rb'"\s*:\s*\[') for key in (b"images", b"annotations", b"categories")
)
_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_PLAIN: Final = rb'[^"\[\]{}]*+'
_BRACKET: Final = re.compile(rb"%s(?:%s%s)*+([\[\]{}])" % (_PLAIN, _STRING, _PLAIN), re.DOTALL)
# What most elements are: an object of numbers, texts and lists of them, with the commas before it. Found in one
# step instead of one a bracket.
_LIST: Final = rb"\[%s(?:%s%s)*+\]" % (_PLAIN, _STRING, _PLAIN)
_FLAT: Final = re.compile(
    rb"[, \t\r\n]*+(\{%s(?:(?:%s|%s)%s)*+\})" % (_PLAIN, _STRING, _LIST, _PLAIN), re.DOTALL
)
_LAST_KEY: Final = re.compile(rb'"((?:[^"\\]|\\.){0,200})"\s*:\s*$')


class JsonRefused(Exception):
    """The text is no JSON we take; the message says where."""


def json_parsed(content: bytes) -> Any:
    """The document. A byte order mark is forgiven, so are UTF-16 and GBK. Raises JsonRefused."""
    try:
        return orjson.loads(json_utf8(content))
    except orjson.JSONDecodeError as exc:
        raise JsonRefused(f"the JSON is damaged at line {exc.lineno}, column {exc.colno}") from exc


def json_utf8(content: bytes) -> bytes:
    """The same text as UTF-8 without a mark. Raises JsonRefused."""
    plain = content.removeprefix(b"\xef\xbb\xbf")
    try:
        if b"\x00" not in plain[:8] and (plain.isascii() or plain.decode("utf-8")):
            return plain
    except UnicodeDecodeError:
        pass
    try:
        return text_decoded(content).encode()
    except TextRefused as exc:
        raise JsonRefused(str(exc)) from exc


def json_spans(content: bytes) -> dict[str, int]:
    """Where the arrays and objects of a top-level object begin, by key. Raises JsonRefused.

    `content` is UTF-8 (`json_utf8`). Of a key that occurs twice the last one counts, as in every parser.
    """
    start = _begin(content, b"{")
    spans: dict[str, int] = {}
    gap_at = start + 1
    for at, depth in _brackets(content, start, skips_flat=True):
        if depth == 2 and content[at] in _OPENING:
            found = _LAST_KEY.search(content[max(gap_at, at - 300) : at])
            if found is None:
                raise JsonRefused(f"the JSON is damaged at {_place(content, at)}")
            spans[found[1].decode("utf-8", "replace")] = at
            if len(spans) > _MAX_KEYS:
                raise JsonRefused("the JSON has too many keys at its top")
        if depth == 1:
            gap_at = at + 1
    return spans


def json_value(content: bytes, at: int) -> Any:
    """The array or object that begins at `at`. Raises JsonRefused."""
    for end, depth in _brackets(content, at):
        if depth == 0:
            return _element(content, at, end + 1)
    raise JsonRefused(f"the JSON breaks off at {_place(content, len(content))}")


def json_elements(content: bytes, at: int | None = None) -> Iterator[Any]:
    """The elements of the array at `at`, or of the document, one at a time.

    None stands for an element that is no array or object, or is damaged in itself. Raises JsonRefused where the
    array breaks off, after everything in front of it.
    """
    gap_at = element_at = 1 + (_begin(content, b"[") if at is None else at)
    is_open = True
    while is_open:
        while (found := _FLAT.match(content, gap_at)) is not None:
            gap_at = found.end()
            yield _element_or_none(content, found.start(1), gap_at)
        is_open = False
        for where, depth in _brackets(content, gap_at, depth=1):
            if depth == 2 and content[where] in _OPENING:
                element_at = where
                yield from _scalars(content, gap_at, where)
            elif depth == 1:
                yield _element_or_none(content, element_at, where + 1)
                gap_at, is_open = where + 1, True
                break
            elif depth == 0:
                yield from _scalars(content, gap_at, where)
                return
    raise JsonRefused(f"the JSON breaks off at {_place(content, len(content))}")


def looks_like_coco(content: bytes) -> bool:
    """Whether COCO's tables `images` and `categories` or `annotations` occur, without parsing."""
    found = [bool(pattern.search(content)) for pattern in _TABLES]
    return found[0] and (found[1] or found[2])


def _place(content: bytes, at: int) -> str:
    line, column = content.count(b"\n", 0, at) + 1, at - content.rfind(b"\n", 0, at)
    return f"line {line}, column {column}"


def _begin(content: bytes, bracket: bytes) -> int:
    at = len(content) - len(content.lstrip())
    if content[at : at + 1] != bracket:
        kind = "a list" if bracket == b"[" else "an object"
        raise JsonRefused(f"the JSON is not {kind}")
    return at


def _brackets(
    content: bytes, at: int, depth: int = 0, *, skips_flat: bool = False
) -> Iterator[tuple[int, int]]:
    """Every bracket from `at` on with the depth behind an end, or within a beginning, until the depth is 0.

    `depth` is that in front of `at`. Flat objects below the second depth may be passed over.
    """
    # By `match` from place to place: `finditer` would look for a start behind an unclosed quote, again and again.
    while (found := _BRACKET.match(content, at)) is not None:
        at = found.end()
        depth += 1 if content[at - 1] in _OPENING else -1
        yield at - 1, depth
        if depth <= 0:
            return
        while skips_flat and depth >= 2 and (flat := _FLAT.match(content, at)) is not None:
            at = flat.end()


def _scalars(content: bytes, start: int, end: int) -> Iterator[None]:
    """One None for each value between two elements; nothing but commas is none."""
    if content[start:end].strip(b", \t\r\n"):
        yield None


def _element(content: bytes, start: int, end: int) -> Any:
    if end - start > _MAX_ELEMENT_BYTES:
        raise JsonRefused(
            f"the JSON has an element of over {_MAX_ELEMENT_BYTES >> 20} MB at {_place(content, start)}"
        )
    try:
        return orjson.loads(content[start:end])
    except orjson.JSONDecodeError as exc:
        raise JsonRefused(f"the JSON is damaged at {_place(content, start + exc.pos)}") from exc


def _element_or_none(content: bytes, start: int, end: int) -> Any:
    """No place is worked out here: a million damaged elements would each count the lines before them."""
    try:
        return orjson.loads(content[start:end]) if end - start <= _MAX_ELEMENT_BYTES else None
    except orjson.JSONDecodeError:
        return None


def about_of(attributes: Any, labels: Sequence[Any]) -> Mapping[Any, Any]:
    """What a line says beside its classes, by class: its `attributes` are those of its one class, or have one for each."""
    if not isinstance(attributes, dict):
        return {}
    if all(isinstance(one, dict) for one in attributes.values()):
        return attributes
    return {labels[0]: attributes} if len(labels) == 1 else {}
