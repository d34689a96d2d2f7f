"""From the tokens of a filter to its tree. Pure: recursive descent, `or` binds weakest, `not` strongest."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final

from datasets.filters.grammar import FIELDS, AllOf, AnyOf, Expression, Field, Kind, Not, QueryFault, Term
from datasets.filters.lexer import Token, tokens_of

MAX_CHARACTERS: Final = 2_000
MAX_TERMS: Final = 100
MAX_DEPTH: Final = 20
_BYTES: Final = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*(b|kb|k|mb|m|gb|g|kib|mib|gib)?", re.IGNORECASE)
_UNITS: Final = MappingProxyType(
    {"b": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}
)
_NUMBER: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")


def filter_parse(text: str) -> Expression:
    """The tree of `text`; an empty one lets everything pass. Raises QueryFault."""
    if len(text) > MAX_CHARACTERS:
        raise QueryFault(
            "filter_long", f"a filter has at most {MAX_CHARACTERS} characters; take something away",
            column=MAX_CHARACTERS + 1, most=MAX_CHARACTERS,
        )  # fmt: skip
    if "\x00" in text:
        raise QueryFault("filter_sign", "this sign cannot be looked for", column=text.index("\x00") + 1)
    return _Parser(tokens_of(text), len(text)).whole()


class _Parser:
    def __init__(self, tokens: list[Token], end: int) -> None:
        self._tokens, self._at, self._end = tokens, 0, end
        self._terms, self._depth = 0, 0

    def whole(self) -> Expression:
        if not self._tokens:
            return AllOf(())
        found = self._either()
        left = self._peek()
        if left is not None:
            raise QueryFault(
                "filter_parenthesis", "this parenthesis was never opened; take it away", column=left.column
            )
        return found

    def _either(self) -> Expression:
        parts = [self._both()]
        while self._takes("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self) -> Expression:
        parts = [self._one()]
        while (token := self._peek()) is not None and token.kind not in ("or", ")"):
            self._takes("and")
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self) -> Expression:
        token = self._peek()
        if token is None or token.kind in ("or", "and", ")", ","):
            column = self._end + 1 if token is None else token.column
            raise QueryFault(
                "filter_expected", "something to look for is missing here, such as label:cat", column=column
            )
        self._at += 1
        if token.kind == "not":
            return Not(self._nested(token, self._one))
        if token.kind == "(":
            inside = self._nested(token, self._either)
            if not self._takes(")"):
                raise QueryFault(
                    "filter_parenthesis", "this parenthesis is never closed; close it", column=token.column
                )
            return inside
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise QueryFault(
                "filter_many", f"a filter has at most {MAX_TERMS} conditions; use fewer",
                column=token.column, most=MAX_TERMS,
            )  # fmt: skip
        if token.kind == "text":
            return Term("name", "~", (token.text,), token.column, token.length)
        return self._term(token)

    def _nested(self, token: Token, inner: Callable[[], Expression]) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryFault(
                "filter_deep", f"conditions nest at most {MAX_DEPTH} deep; use fewer parentheses",
                column=token.column, most=MAX_DEPTH,
            )  # fmt: skip
        found = inner()
        self._depth -= 1
        return found

    def _term(self, token: Token) -> Term:
        field = FIELDS[token.text]
        if token.operator not in field.operators:
            raise QueryFault(
                "filter_operator",
                f"{field.key} is compared with {' '.join(field.operators)}, not with {token.operator}",
                column=token.column, length=token.length, word=field.key, known=list(field.operators),
            )  # fmt: skip
        found = self._values(token)
        length = found[-1].column + found[-1].length - token.column
        operator = ":" if token.operator == "=" and field.kind is not Kind.TEXT else token.operator
        operator = "~" if operator == ":" and field.kind is Kind.TEXT else operator
        read = _day if field.kind is Kind.TIME and operator == ":" else _VALUES[field.kind]
        return Term(field.key, operator, read(field, found), token.column, length)

    def _values(self, token: Token) -> list[Token]:
        """The texts behind a field, with commas between."""
        found: list[Token] = []
        while True:
            value = self._peek()
            if value is None or value.kind != "text":
                raise QueryFault(
                    "filter_value", f"a value is missing behind {token.text}{token.operator}",
                    column=token.column + token.length, word=token.text,
                )  # fmt: skip
            self._at += 1
            found.append(value)
            if not self._takes(","):
                return found

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _takes(self, kind: str) -> bool:
        token = self._peek()
        if token is None or token.kind != kind:
            return False
        self._at += 1
        return True


def _texts(field: Field, found: list[Token]) -> tuple[str, ...]:
    return tuple(token.text for token in found)


def _choices(field: Field, found: list[Token]) -> tuple[str, ...]:
    known = {word: key for key, words in field.choices.items() for word in (key, *words)}
    for token in found:
        if token.text.lower() not in known:
            raise QueryFault(
                "filter_choice", f"{field.key} is one of {', '.join(field.choices)}",
                column=token.column, length=token.length, word=token.text, known=list(field.choices),
            )  # fmt: skip
    return tuple(known[token.text.lower()] for token in found)


def _only(field: Field, found: list[Token], example: str) -> Token:
    if len(found) > 1:
        raise QueryFault(
            "filter_number", f"{field.key} takes one value, such as {example}",
            column=found[1].column, length=found[1].length, word=field.key, example=example,
        )  # fmt: skip
    return found[0]


def _number(field: Field, found: list[Token]) -> tuple[float]:
    token = _only(field, found, "0.8")
    if not _NUMBER.fullmatch(token.text):
        raise _unreadable(field, token, "0.8")
    return (float(token.text),)


def _bytes(field: Field, found: list[Token]) -> tuple[float]:
    token = _only(field, found, "100kb")
    match = _BYTES.fullmatch(token.text)
    if match is None:
        raise _unreadable(field, token, "100kb")
    unit = (match[2] or "b").lower()
    return (float(match[1]) * _UNITS[unit if unit.endswith("ib") else unit[0]],)


def _time(field: Field, found: list[Token]) -> tuple[str, ...]:
    token = _only(field, found, "2026-01-31")
    try:
        moment = datetime.fromisoformat(token.text)
    except ValueError as exc:
        raise _unreadable(field, token, "2026-01-31") from exc
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return (moment.astimezone(UTC).isoformat(),)
    except OverflowError as exc:
        raise _unreadable(field, token, "2026-01-31") from exc


def _day(field: Field, found: list[Token]) -> tuple[str, ...]:
    """A date alone stays one: it means the whole day."""
    try:
        return (date.fromisoformat(_only(field, found, "2026-01-31").text).isoformat(),)
    except ValueError:
        return _time(field, found)


def _unreadable(field: Field, token: Token, example: str) -> QueryFault:
    return QueryFault(
        "filter_number", f"{field.key} takes a value such as {example}",
        column=token.column, length=token.length, word=field.key, example=example,
    )  # fmt: skip


_VALUES: Final[Mapping[Kind, Callable[[Field, list[Token]], tuple[str, ...] | tuple[float]]]] = (
    MappingProxyType(
        {
            Kind.WORD: _texts,
            Kind.CHOICE: _choices,
            Kind.TEXT: _texts,
            Kind.BYTES: _bytes,
            Kind.NUMBER: _number,
            Kind.TIME: _time,
        }
    )
)
