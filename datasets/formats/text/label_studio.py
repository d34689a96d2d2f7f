"""Label Studio: JSON and JSON-MIN of texts; choices are classes, labels are spans."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Final

from datasets.formats.base import (
    FormatImporter,
    FormatMismatch,
    Guess,
    Member,
    MemberUnreadable,
    Plan,
    Tree,
)
from datasets.formats.jsonfiles import JsonRefused, json_elements, json_utf8
from datasets.formats.names import shown, split_of
from datasets.formats.opinions import annotation_chosen, annotation_origin
from datasets.formats.text.book import MAX_FILE_BYTES, Said, TextBook, looked_at

SUFFIXES: Final = frozenset(("json",))
_NAMES: Final = ("text", "document", "content", "review", "dialogue", "ner")
_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
# What a relation without a label is called.
UNNAMED: Final = "relation"
_BLANKS: Final = re.compile(r"\s+")


class LabelStudioTexts(FormatImporter):
    """A task's newest annotation that was not cancelled counts; a ground truth comes first and is reviewed.

    Label Studio counts UTF-16 units, its users' scripts count code points: of the two, the one counts that
    gives the words which the result quotes. Who labeled it and when is kept with it.
    """

    key = "label_studio"
    title = "Label Studio"

    def sniff(self, tree: Tree) -> Guess:
        """A JSON list of tasks with a text."""
        for member, text in looked_at(tree, SUFFIXES):
            head = text.lstrip()[:1] == "[" and any(
                sign in text
                for sign in ('"annotations"', '"completions"', '"predictions"', '"annotator"', '"choice"')
            )
            if head and any(f'"{name}"' in text for name in ("data", *_NAMES)):
                return Guess(0.92, f"{shown(member.name, 60)} is a list of labeling tasks")
        return Guess(0.0, "no list of labeling tasks")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a readable file."""
        members = [one for one in tree.members if one.suffix in SUFFIXES]
        if not members:
            raise FormatMismatch("no JSON with a list of tasks among the files", field="format")
        book = TextBook(tree)
        for member in members:
            _read(book, member)
        return book.plan()


def _read(book: TextBook, member: Member) -> None:
    try:
        content = json_utf8(book.tree.read(member, MAX_FILE_BYTES))
        for number, task in enumerate(json_elements(content), start=1):
            where = f"{member.name}#{number}"
            if isinstance(task, dict):
                _add(book, member, where, task)
            else:
                book.fault("row_unreadable", where, "a task is no object, or is damaged")
    except MemberUnreadable as exc:
        book.fault(exc.problem.code, exc.problem.where, exc.problem.detail)
    except JsonRefused as exc:
        book.fault("annotation_unreadable", member.name, f"{exc}; export it again")


def _add(book: TextBook, member: Member, where: str, task: dict[str, Any]) -> None:
    data = task.get("data")
    fields = data if isinstance(data, dict) else task
    text = _text_of(fields)
    if text is None:
        book.fault("row_unreadable", where, "a task has no text in its data")
        return
    if isinstance(data, dict):
        given, origin = annotation_chosen(task, where, book.notice)
    else:
        given, origin = {"result": list(_minimal(task))}, annotation_origin(task, where, book.notice)
    results = given.get("result") if given is not None else None
    labels: list[Any] = []
    spans: list[tuple[Any, Any, Any]] = []
    units = Units(text)
    places: dict[str, int] = {}
    relations: list[dict[str, Any]] = []
    for result in results if isinstance(results, list) else ():
        if isinstance(result, dict) and result.get("type") == "relation":
            relations.append(result)
            continue
        before = len(spans)
        _take(book, units, result, labels, spans, where)
        if len(spans) > before and isinstance(result.get("id"), str):
            places.setdefault(result["id"], before)
    said = Said(
        labels,
        spans,
        relations=[link for one in relations for link in _links(one, places)],
        split=split_of(str(fields.get("split", ""))),
        group=str(fields.get("group", "")),
        is_annotated=given is not None,
        origin=origin,
    )
    name = fields.get("name", where)
    book.add(member, text, said, name=name if isinstance(name, str) and name else where, encoding="utf-8")


def _text_of(fields: dict[str, Any]) -> str | None:
    """The text of a task: the field that is called so, else the longest."""
    named = next((fields[key] for key in _NAMES if isinstance(fields.get(key), str)), None)
    texts = [
        value
        for key, value in fields.items()
        if isinstance(value, str) and key not in ("annotator", "created_at")
    ]
    return named if named is not None else max(texts, key=len, default=None)


def _minimal(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """JSON-MIN puts spans and choices under the names the configuration gave them."""
    for key, entry in task.items():
        if isinstance(entry, list):
            yield from ({"value": value} for value in entry if isinstance(value, dict) and "start" in value)
        elif isinstance(entry, dict) and "choices" in entry:
            yield {"value": entry}
        elif key in ("choice", "choices", "sentiment", "class", "category") and isinstance(entry, str):
            yield {"value": {"choices": [entry]}}


def _take(
    book: TextBook,
    units: "Units",
    result: Any,
    labels: list[Any],
    spans: list[tuple[Any, Any, Any]],
    where: str,
) -> None:
    value = result.get("value") if isinstance(result, dict) else None
    if not isinstance(value, dict):
        book.notice("details_dropped", where)
    elif "choices" in value:
        labels += value["choices"] if isinstance(value["choices"], list) else [value["choices"]]
    elif "labels" in value or "hypertextlabels" in value:
        names = value.get("labels", value.get("hypertextlabels"))
        start, end = units.offsets(value)
        spans += ((name, start, end) for name in (names if isinstance(names, list) else [names]))
    else:
        book.notice("details_dropped", where)


def _links(result: dict[str, Any], places: dict[str, int]) -> Iterator[tuple[Any, Any, Any]]:
    """A relation once for each of its labels, and one without a label by the name of what it is; both ways where it says so."""
    ends = [places.get(str(result.get(side))) for side in ("from_id", "to_id")]
    given = result.get("labels")
    direction = result.get("direction", "right")
    for name in given if isinstance(given, list) and given else [UNNAMED]:
        if direction != "left":
            yield name, ends[0], ends[1]
        if direction in ("left", "bi"):
            yield name, ends[1], ends[0]


class Units:
    """A text whose places may be counted in UTF-16 units; made once a text, asked once a result."""

    def __init__(self, text: str) -> None:
        self._text = text
        # The unit at which each character of two units begins.
        self._pairs = array("Q", (m.start() + i for i, m in enumerate(_ASTRAL.finditer(text))))

    def offsets(self, value: dict[str, Any]) -> tuple[Any, Any]:
        """Start and end in code points of a result that may count units; None for what does not fit its quote."""
        start, end, quoted = value.get("start"), value.get("end"), value.get("text")
        if not (isinstance(start, int) and isinstance(end, int)):
            return start, end
        pairs = [(self.points(start), self.points(end)), (start, end)]
        if isinstance(quoted, str) and quoted.strip():
            words = quoted.split()
            fitting = (pair for pair in pairs if None not in pair and self._says(words, *pair))
            return next(fitting, (None, None))
        return next(pair for pair in pairs if None not in pair)

    def points(self, units: int) -> int | None:
        """The number of code points in so many UTF-16 units; None inside a pair or behind the end."""
        if not 0 <= units <= len(self._text) + len(self._pairs):
            return None
        before = bisect_left(self._pairs, units)
        is_inside = before > 0 and self._pairs[before - 1] == units - 1
        return None if is_inside else units - before

    def units(self, points: int) -> int:
        """The number of UTF-16 units in so many code points."""
        pairs = self._pairs
        return points + bisect_left(range(len(pairs)), points, key=lambda place: pairs[place] - place)

    def _says(self, words: list[str], start: int | None, end: int | None) -> bool:
        """Whether these words and no others lie there; never longer than the words and the blanks between."""
        if start is None or end is None or not 0 <= start < end or start >= len(self._text):
            return False
        at, end = start, min(end, len(self._text))
        for word in words:
            first = at
            at = self._behind_blanks(at, end)
            if (first == at and first > start) or not self._text.startswith(word, at, max(at, end)):
                return False
            at += len(word)
        return self._behind_blanks(at, end) >= end

    def _behind_blanks(self, at: int, end: int) -> int:
        blanks = _BLANKS.match(self._text, at, end)
        return at if blanks is None else blanks.end()
