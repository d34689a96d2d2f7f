"""A filter as a list of tokens with their places. Pure."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from datasets.filters.grammar import FIELDS, QueryFault

# What an input method makes of the signs, one character for one: columns stay what they are.
_SIGNS: Final = str.maketrans("：（），＞＜＝～　“”－｜", ':(),><=~ ""-|')
_JOINS: Final = MappingProxyType(
    {"or": "or", "|": "or", "或": "or", "或者": "or", "and": "and", "且": "and", "并且": "and"}
    | {"not": "not", "非": "not"}
)
_COMPARED: Final = re.compile(r"([^\s:=<>~(),\"]+)(>=|<=|[:=<>~])")
_WORD: Final = re.compile(r"[^\s(),\"]+")
NAMES: Final = MappingProxyType({word: row.key for row in FIELDS.values() for word in (row.key, *row.words)})


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is one of `( ) , or and not field text`; `text` of a field is its key, `operator` what follows it."""

    kind: str
    text: str
    column: int
    length: int
    operator: str = ""


def tokens_of(source: str) -> list[Token]:
    """All tokens in order. Raises QueryFault for an unknown field and for a quote that is never closed."""
    text, found, at = source.translate(_SIGNS), list[Token](), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token(text, at, is_value=_awaits_value(found, at))
        found.append(token)
        at += token.length
    return found


def _awaits_value(found: list[Token], at: int) -> bool:
    """Right behind an operator or a comma everything is a value, also what looks like a field or a minus."""
    last = found[-1] if found else None
    return last is not None and last.kind in ("field", ",") and last.column - 1 + last.length == at


def _token(text: str, at: int, *, is_value: bool) -> Token:
    sign = text[at]
    if sign in "(),":
        return Token(sign, sign, at + 1, 1)
    if sign == '"':
        return _quoted(text, at)
    if is_value:
        return _word(text, at)
    if sign == "-" and at + 1 < len(text) and not text[at + 1].isspace():
        return Token("not", sign, at + 1, 1)
    compared = _COMPARED.match(text, at)
    if compared:
        return _field(compared, at)
    word = _word(text, at)
    joined = _JOINS.get(word.text.lower())
    return Token(joined, word.text, word.column, word.length) if joined else word


def _field(match: re.Match[str], at: int) -> Token:
    name, operator = match[1], match[2]
    key = NAMES.get(name.lower())
    if key is None:
        known = ", ".join(FIELDS)
        raise QueryFault(
            "filter_field", f"there is no field {name!r}; the fields are {known}",
            column=at + 1, length=len(name), word=name, known=list(FIELDS),
        )  # fmt: skip
    return Token("field", key, at + 1, len(match[0]), operator)


def _quoted(text: str, at: int) -> Token:
    pieces, here = list[str](), at + 1
    while here < len(text) and text[here] != '"':
        here += text[here] == "\\" and here + 1 < len(text)
        pieces.append(text[here])
        here += 1
    if here >= len(text):
        raise QueryFault(
            "filter_quote", "this quotation mark is never closed; close it or take it away", column=at + 1
        )
    return Token("text", "".join(pieces), at + 1, here + 1 - at)


def _word(text: str, at: int) -> Token:
    match = _WORD.match(text, at)
    word = match[0] if match else text[at]
    return Token("text", word, at + 1, len(word))
