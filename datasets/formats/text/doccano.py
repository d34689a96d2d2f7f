"""doccano: JSONL of classification (`label`) and sequence labeling (`entities`, or `label` with offsets)."""

from typing import Any, Final

from datasets.formats.base import FormatImporter, FormatMismatch, Guess, Member, Plan, Tree
from datasets.formats.names import shown, split_of
from datasets.formats.text.book import Said, TextBook, looked_at
from datasets.formats.text.jsonl import (
    LOOK,
    SUFFIXES,
    are_most,
    are_of_doccano,
    are_offsets,
    first_objects,
    objects_of,
    relations_of,
    spans_of,
)
from datasets.origins import Origin, State, is_no_moment, moment_of, origin_of, person_of

_TEXTS: Final = ("text", "data")
_MARKS: Final = ("entities", "annotations")
_AUTHORS: Final = ("user", "username", "annotator")
_DATES: Final = ("updated_at", "created_at")


class DoccanoLines(FormatImporter):
    """Offsets count code points. Who approved a text makes it reviewed.

    Of the dates in a line the last one counts.
    """

    key = "doccano"
    title = "doccano"

    def sniff(self, tree: Tree) -> Guess:
        """Lines with the fields that only doccano writes, or with offsets in `label`."""
        for member, text in looked_at(tree, SUFFIXES, most=LOOK):
            looked = first_objects(text)
            rows = [row for row in looked if isinstance(row, dict)]
            fit = [row for row in rows if _text_of(row) is not None]
            if are_most(fit, looked) and are_of_doccano(rows):
                return Guess(0.9, f"{shown(member.name, 60)} has lines as doccano exports them")
        return Guess(0.0, "no JSONL of doccano")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a file."""
        members = [one for one in tree.members if one.suffix in SUFFIXES]
        if not members:
            raise FormatMismatch("no JSONL file among the files", field="format")
        book = TextBook(tree)
        for member, line, row, encoding in objects_of(book, members):
            _add(book, member, f"{member.name}:{line}", row, encoding)
        return book.plan()


def _text_of(row: dict[str, Any]) -> str | None:
    return next((row[key] for key in _TEXTS if isinstance(row.get(key), str)), None)


def _add(book: TextBook, member: Member, where: str, row: dict[str, Any], encoding: str) -> None:
    text = _text_of(row)
    if text is None:
        book.fault("row_unreadable", where, "the line has no text")
        return
    given = row.get("label", row.get("labels", row.get("cats")))
    spans = [*spans_of(row.get("entities")), *(spans_of(given) if are_offsets(given) else ())]
    labels = [] if are_offsets(given) else _labels(given)
    origin = _origin(book, row, where)
    meta = row.get("meta")
    extra = {**(meta if isinstance(meta, dict) else {}), **row}
    said = Said(
        labels,
        spans,
        relations=relations_of(row, ("entities",)),
        split=split_of(str(extra.get("split", ""))),
        group=str(extra.get("group", "")),
        # A line with an empty list was looked at, unless nobody approved it and nothing was said.
        is_annotated=bool(labels or spans or (origin and origin.is_reviewed) or extra.get("is_annotated")),
        origin=origin,
    )
    name = extra.get("name", where)
    book.add(member, text, said, name=name if isinstance(name, str) and name else where, encoding=encoding)


def _origin(book: TextBook, row: dict[str, Any], where: str) -> Origin | None:
    """Who labeled it: of the line, else of its first mark that names somebody; an approver makes it reviewed."""
    marks = [mark for key in _MARKS for mark in _objects(row.get(key))]
    dates = [one.get(key) for one in (row, *marks) for key in _DATES]
    book.notice("date_invalid", where, sum(map(is_no_moment, dates)))
    moments = [at for date in dates if (at := moment_of(date)) is not None]
    authors = [one.get(key) for one in (row, *marks) for key in _AUTHORS]
    author = next((one for one in authors if person_of(one)), None)
    approver = row.get("annotation_approver")
    state: State = "reviewed" if person_of(approver) else "labeled"
    return origin_of(author, max(moments, default=None), state, approver)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _labels(value: Any) -> list[Any]:
    if isinstance(value, list):
        return list(value)
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else []
