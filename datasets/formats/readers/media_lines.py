"""JSONL of classes: an object a file, with a field for its name and one for its class, its classes or its regions."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson

from datasets.formats.base import FormatImporter, Guess, Member, MemberUnreadable, Plan, Reading, Tree
from datasets.formats.book import MISSING, Book, Marks, absent, telling
from datasets.formats.classlists import class_lines
from datasets.formats.jsonfiles import about_of
from datasets.formats.names import class_name, natural_key, shown, split_in, split_of
from datasets.formats.tables import labels_of
from datasets.formats.textfiles import TextRefused, text_decoded
from datasets.geometry.forms import attributes_from

_SUFFIXES: Final = ("jsonl", "ndjson", "json", "manifest")
_MAX_BYTES: Final = 256 * 1024**2
_LOOK_BYTES: Final = 64 * 1024
_LOOK_LINES: Final = 20
_MAX_LINE: Final = 1 << 20
_ENOUGH: Final = 0.5
_PATHS: Final = (
    *(
        "path",
        "file",
        "filename",
        "file_name",
        "filepath",
        "file_path",
        "audio",
        "audio_path",
        "audio_filepath",
    ),
    *(
        "wav",
        "image",
        "image_path",
        "img",
        "img_path",
        "image_name",
        "key",
        "id",
        "name",
        "文件",
        "路径",
        "音频",
        "图片",
    ),
)
_LABELS: Final = (
    *("label", "labels", "class", "classes", "category", "categories", "target", "tag", "tags", "command"),
    *("标签", "类别", "分类"),
)
# Stretches of a recording: `{start, end, label}` in seconds.
_REGIONS: Final = ("regions", "events", "segments")
_SPLITS: Final = ("split", "subset", "set", "fold", "划分", "数据集")
_GROUPS: Final = ("group", "group_id", "speaker", "speaker_id", "分组")


@dataclass(frozen=True, slots=True)
class MediaLines(FormatImporter):
    """`{"path": …, "label": …}` a line; `labels` may list several, `regions` are those of a recording, and NeMo's
    `audio_filepath` is a path too.

    Only where the files are recordings (`of_sounds`) are regions looked for: of pictures the same words say other things.
    """

    reading: Reading = field(default_factory=Reading)
    of_sounds: bool = False

    key = "jsonl"
    title = "JSONL"

    def told(self, reading: Reading) -> "MediaLines":
        """With what a person said: whether a sample may have several classes, and whether regions."""
        return replace(self, reading=reading)

    def sniff(self, tree: Tree) -> Guess:
        """A file most of whose first lines name files of the tree."""
        book = Book(tree)
        for member in telling([m for m in tree.members if m.suffix in _SUFFIXES]):
            try:
                text = text_decoded(tree.read(member, _MAX_BYTES))[:_LOOK_BYTES]
            except (MemberUnreadable, TextRefused):
                continue
            if self._is_telling(book, text):
                return Guess(0.8, f"{shown(member.name, 60)} names {tree.noun} and their classes")
        return Guess(0.0, f"no JSONL of {tree.noun} and classes")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a file."""
        members = [m for m in tree.members if m.suffix in _SUFFIXES]
        if not members:
            raise absent(tree, f"no JSONL file with a field of {tree.noun} and one of classes", "jsonl")
        book = Book(tree)
        for name in class_lines(book, ("classes.txt",)):
            book.class_of(name)
        for member in members:
            book.consume(member, _Lines(book, member, self).take, _MAX_BYTES)
        book.require_read()
        return book.plan()

    def regions_of(self, row: dict[str, Any]) -> list[Any] | None:
        """What a line lists as stretches of its recording, whatever it is; None where it says nothing of them."""
        listed = _value(row, _REGIONS) if self.of_sounds else None
        if not isinstance(listed, list):
            return None
        # Where they have no place, those with a class are told as left out; a transcript's never were labels.
        return listed if self.reading.regions else [one for one in listed if _class_in(one)] or None

    def _is_telling(self, book: Book, text: str) -> bool:
        lines = [line for line in text.splitlines()[:_LOOK_LINES] if line.strip()]
        rows = [row for row in map(_object, lines) if row is not None]
        found = [row for row in rows if _member(book, row) is not None and self._says_something(row)]
        return bool(found) and len(found) >= _ENOUGH * len(lines)

    def _says_something(self, row: dict[str, Any]) -> bool:
        return _value(row, _LABELS) is not None or self.regions_of(row) is not None


def _class_in(region: Any) -> str:
    """The class that a stretch names, as it is shown; empty where it names none."""
    label = _value(region, _LABELS) if isinstance(region, dict) else None
    return class_name(label) if isinstance(label, str) else ""


def _object(line: str) -> dict[str, Any] | None:
    try:
        row = orjson.loads(line) if len(line) <= _MAX_LINE else None
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None


def _value(row: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if name in row), None)


def _member(book: Book, row: dict[str, Any]) -> Member | None:
    """The file that the first field with a fitting name means."""
    for name in _PATHS:
        stated = row.get(name)
        if isinstance(stated, str) and stated.strip():
            member = book.pictures.named(stated) or book.pictures.stemmed(stated)
            if member is not None:
                return member
    return None


class _Lines:
    """One file."""

    def __init__(self, book: Book, member: Member, lines: MediaLines) -> None:
        self._book, self._member, self._lines = book, member, lines
        self._several = lines.reading.several
        self._split = split_in(member.name.rpartition("/")[2])

    def take(self, content: bytes) -> None:
        """Line by line; one that is no object is a problem of its own. Raises TextRefused."""
        text = text_decoded(content)
        found = {label for line in text.splitlines() if (row := _object(line)) for label in self._named(row)}
        # In the order people count, whatever the order of the lines.
        for label in sorted(found, key=natural_key):
            self._book.class_of(label)
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                self._add(_object(line), f"{self._member.name}:{number}")

    def _add(self, row: dict[str, Any] | None, where: str) -> None:
        if row is None:
            self._book.fault("image_row_unreadable", where, "the line is no JSON object; mend it")
            return
        member = _member(self._book, row)
        if member is None:
            stated = _value(row, _PATHS)
            self._book.fault(
                "image_missing", stated if isinstance(stated, str) and stated else where, MISSING
            )
            return
        marks = self._book.marks(member)
        split, group = _value(row, _SPLITS), _value(row, _GROUPS)
        marks.split = marks.split or (split_of(split) if isinstance(split, str) else "") or self._split
        if isinstance(group, str | int):
            marks.group = marks.group or class_name(str(group))
        named = {raw: name for raw in self._labels(row) if (name := self._book.class_of(raw)) is not None}
        labels = list(named.values())
        marks.labels += labels
        about = about_of(row.get("attributes"), list(named))
        marks.about |= {
            name: found for raw, name in named.items() if (found := attributes_from(about.get(raw)))
        }
        # Where there may be several, an empty list says that it is none of them.
        is_none = self._several and _value(row, _LABELS) == []
        regions = self._lines.regions_of(row)
        for place, region in enumerate(regions or ()):
            self._add_region(marks, region, f"{where}, region {place + 1}")
        marks.annotated = marks.annotated or bool(labels) or is_none or regions is not None

    def _add_region(self, marks: Marks, region: Any, where: str) -> None:
        told = region if isinstance(region, dict) else {}
        # A schema that has no place for regions gets no classes from them either.
        is_kept = self._lines.reading.regions
        label = self._book.class_of(_value(told, _LABELS)) if is_kept else _class_in(told)
        self._book.region(marks, label, (told.get("start"), told.get("end")), where, told.get("attributes"))

    def _named(self, row: dict[str, Any]) -> Iterator[str]:
        """Every class of a line, of the whole file or of a stretch."""
        yield from self._labels(row)
        regions = self._lines.regions_of(row) if self._lines.reading.regions else None
        for region in regions or ():
            label = _value(region, _LABELS) if isinstance(region, dict) else None
            if isinstance(label, str):
                yield label

    def _labels(self, row: dict[str, Any]) -> Iterator[str]:
        value = _value(row, _LABELS)
        if isinstance(value, list):
            yield from (str(one) for one in value if isinstance(one, str | int) and not isinstance(one, bool))
        elif isinstance(value, str):
            yield from labels_of(value, several=self._several)
        elif isinstance(value, int) and not isinstance(value, bool):
            yield str(value)
