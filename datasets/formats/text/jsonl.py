"""JSONL of texts: an object a line, with a field for the text and one for its class or its spans."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import orjson

from datasets.formats.base import (
    ColumnNote,
    FormatImporter,
    FormatMismatch,
    Guess,
    Member,
    Plan,
    Reading,
    Tree,
)
from datasets.formats.jsonfiles import JsonRefused, about_of, json_elements
from datasets.formats.names import shown, split_of
from datasets.formats.tables import labels_of
from datasets.formats.text.book import Said, TextBook, looked_at
from datasets.formats.text.columns import NAMES, ROLES, reason_of

SUFFIXES: Final = frozenset(("jsonl", "ndjson", "json"))
# A text may be as long as this, on one line with its labels; the lines behind a few are not looked at.
LOOK: Final = 64 * 1024**2
_LOOK_LINES: Final = 20
_DOCCANO: Final = frozenset(("annotation_approver", "Comments", "cats"))
_SPAN_KEYS: Final = ("spans", "entities")


@dataclass(frozen=True, slots=True)
class TextLines(FormatImporter):
    """Objects of `text` with `label` or `labels`, `spans` of `{start, end, label}` in code points, and `relations`
    of `{type, from, to}` by the places of the spans.

    A field by another name is found as a column of a table is; `reading` overrules that.
    """

    reading: Reading = field(default_factory=Reading)

    key = "jsonl"
    title = "JSONL"

    def told(self, reading: Reading) -> "TextLines":
        """With fields that a person chose."""
        return TextLines(reading)

    def sniff(self, tree: Tree) -> Guess:
        """A file whose first lines are objects with a text."""
        for member, text in looked_at(tree, SUFFIXES, most=LOOK):
            looked = first_objects(text)
            rows = [row for row in looked if isinstance(row, dict)]
            fields = [found for row in rows if "text" in (found := self._fields(row))]
            if are_most(fields, looked):
                score = 0.45 if are_of_doccano(rows) else 0.75
                return Guess(score, f"{shown(member.name, 60)}: {reason_of(self._notes(fields[0]))}")
        return Guess(0.0, "no JSONL with a field of texts")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a file."""
        members = [one for one in tree.members if one.suffix in SUFFIXES]
        if not members:
            raise FormatMismatch("no JSONL file among the files", field="format")
        book = TextBook(tree)
        for member, line, row, encoding in objects_of(book, members):
            self._add(book, member, f"{member.name}:{line}", row, encoding)
        return book.plan()

    def _fields(self, row: dict[str, Any]) -> dict[str, str]:
        """The key of each role."""
        by_name = {key.strip().lower(): key for key in row}
        found = {}
        for role in ROLES:
            names = (self.reading.columns[role].lower(),) if role in self.reading.columns else NAMES[role]
            key = next((by_name[name] for name in names if name in by_name), None)
            if key is not None and (role != "text" or isinstance(row[key], str)):
                found[role] = key
        return found

    def _notes(self, fields: dict[str, str]) -> tuple[ColumnNote, ...]:
        chosen = self.reading.columns
        return tuple(
            ColumnNote(role, shown(key, 60), "chosen" if role in chosen else "named")
            for role, key in fields.items()
        )

    def _add(self, book: TextBook, member: Member, where: str, row: dict[str, Any], encoding: str) -> None:
        fields = self._fields(row)
        if "text" not in fields:
            listed = ", ".join(shown(key, 40) for key in list(row)[:20])
            book.fault("row_unreadable", where, f"no field holds a text; there are: {listed}")
            return
        book.columns = book.columns or self._notes(fields)
        cells = {role: row[key] for role, key in fields.items()}
        labels = _labels(cells.get("label"), several=self.reading.several)
        spans = [one for key in _SPAN_KEYS for one in spans_of(row.get(key))]
        beside = [one.get("attributes") if isinstance(one, dict) else None for one in _listed_spans(row)]
        said = Said(
            labels,
            spans,
            about=about_of(row.get("attributes"), labels),
            beside=beside,
            relations=relations_of(row),
            split=split_of(str(cells.get("split", ""))),
            group=str(cells.get("group", "")),
            is_annotated=bool(labels) or any(isinstance(row.get(key), list) for key in _SPAN_KEYS),
        )
        name = cells.get("name")
        is_name = isinstance(name, str | int) and str(name).strip()
        book.add(member, cells["text"], said, name=str(name) if is_name else where, encoding=encoding)


def _listed_spans(row: dict[str, Any], keys: Sequence[str] = _SPAN_KEYS) -> Iterator[Any]:
    for key in keys:
        yield from row[key] if isinstance(row.get(key), list) else ()


def relations_of(row: dict[str, Any], keys: Sequence[str] = _SPAN_KEYS) -> list[tuple[Any, Any, Any]]:
    """Name, from and to of the relations of a line, by the places of its spans; None where there is no such span.

    `from` and `to` are places, as are the `head` and `tail` of others; `from_id` and `to_id` are the `id` of spans.
    """
    listed = row.get("relations")
    if not isinstance(listed, list):
        return []
    places: dict[str | int, int] = {}
    for place, one in enumerate(_listed_spans(row, keys)):
        if isinstance(one, dict) and (key := _name(one.get("id"))) is not None:
            places.setdefault(key, place)
    return [_relation(one, places) for one in listed]


def _name(value: Any) -> str | int | None:
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _relation(one: Any, places: dict[str | int, int]) -> tuple[Any, Any, Any]:
    if not isinstance(one, dict):
        return None, None, None
    name = one.get("type", one.get("label"))
    if "from_id" in one or "to_id" in one:
        start, end = _name(one.get("from_id")), _name(one.get("to_id"))
        return name, None if start is None else places.get(start), None if end is None else places.get(end)
    return name, one.get("from", one.get("head")), one.get("to", one.get("tail"))


def _labels(value: Any, *, several: bool) -> list[Any]:
    if isinstance(value, list):
        return [one for one in value if isinstance(one, str | int)]
    if isinstance(value, str):
        return list(labels_of(value, several=several))
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def spans_of(value: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Class, start and end of the spans in a list: objects, or `[start, end, class]` as doccano writes them."""
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            start = one.get("start", one.get("start_offset"))
            end = one.get("end", one.get("end_offset"))
            yield one.get("label", one.get("class")), start, end
        elif isinstance(one, list) and len(one) == 3:
            yield one[2], one[0], one[1]
        else:
            yield None, None, None


def are_of_doccano(rows: Sequence[dict[str, Any]]) -> bool:
    """Whether a line is one that only doccano writes, and none is of ours: what it would not read would be lost."""
    return any(map(_is_of_doccano, rows)) and not any(isinstance(row.get("spans"), list) for row in rows)


def _is_of_doccano(row: dict[str, Any]) -> bool:
    """A line with the fields that only doccano writes, with offsets in `label`, or entities with relations by ids."""
    relations = row.get("relations")
    has_ids = {"entities", "relations"} <= row.keys() and (
        not isinstance(relations, list)
        or not relations
        or (isinstance(relations[0], dict) and "from_id" in relations[0])
    )
    return bool(_DOCCANO & row.keys()) or has_ids or are_offsets(row.get("label", row.get("labels")))


def are_offsets(value: Any) -> bool:
    """Whether this is doccano's list of `[start, end, class]`."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, list) for one in value)


def are_most(fit: Sequence[object], looked: Sequence[object]) -> bool:
    """Whether half of what was looked at fits or more: a few bad lines do not make it another format."""
    return 0 < len(looked) <= 2 * len(fit)


def first_objects(text: str) -> list[Any]:
    """The values of the first lines, or the first of a list; None for no JSON. One cut off is left out."""
    found: list[Any] = []
    if text.lstrip()[:1] == "[":
        with suppress(JsonRefused):
            found.extend(islice(json_elements(text.encode(errors="surrogateescape")), _LOOK_LINES))
        return found
    for line in text.split("\n", _LOOK_LINES + 1)[: _LOOK_LINES + 1]:
        if line.strip():
            found.append(_value(line))
    return found[:-1] if found and found[-1] is None else found[:_LOOK_LINES]


def _value(line: str) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def objects_of(book: TextBook, members: list[Member]) -> Iterator[tuple[Member, int, dict[str, Any], str]]:
    """File, line and value of every object; a line that is none becomes a problem."""
    for member in members:
        read = book.read(member, by_line=True)
        if read is None:
            continue
        text, encoding = read
        if text.lstrip()[:1] == "[":
            yield from _listed(book, member, text, encoding)
            continue
        start, line = 0, 0
        while start < len(text):
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            line += 1
            row = text[start:end].strip()
            start = end + 1
            if not row:
                continue
            value = _value(row)
            if isinstance(value, dict):
                yield member, line, value, encoding
            else:
                book.fault("row_unreadable", f"{member.name}:{line}", "the line is no JSON object; mend it")


def _listed(
    book: TextBook, member: Member, text: str, encoding: str
) -> Iterator[tuple[Member, int, dict[str, Any], str]]:
    """The objects of a file that is one JSON list, numbered from 1."""
    try:
        for number, value in enumerate(json_elements(text.encode(errors="surrogateescape")), start=1):
            if isinstance(value, dict):
                yield member, number, value, encoding
            else:
                book.fault("row_unreadable", f"{member.name}#{number}", "no JSON object, or damaged; mend it")
    except JsonRefused as exc:
        book.fault("annotation_unreadable", member.name, f"{exc}; export it again")
