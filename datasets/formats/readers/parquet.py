"""Parquet of pictures or recordings: a row a sample, with its bytes in a column."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

from datasets.audio.reading import MAX_BYTES
from datasets.formats.base import (
    AUDIO_SUFFIXES,
    Draft,
    FormatImporter,
    Guess,
    Member,
    MemberUnreadable,
    Plan,
    Reading,
    Split,
    Tree,
)
from datasets.formats.book import Book, Marks, absent
from datasets.formats.forms import form_or_none
from datasets.formats.geometry import size_of
from datasets.formats.names import class_name, natural_key, shown, split_in
from datasets.formats.parquet.asking import SUFFIXES, ParquetFile, parquet_opened
from datasets.formats.parquet.cells import (
    attributes_in,
    box_in,
    label_in,
    names_of,
    objects_of,
    origin_in,
    split_in_cell,
    text_of,
)
from datasets.formats.parquet.columns import Columns, columns_of
from datasets.formats.parquet.limits import MAX_ROWS, is_bomb
from datasets.formats.parquet.wire import Row
from datasets.formats.spool import Spool
from datasets.formats.tables import TableDamaged
from datasets.geometry.forms import FIELD_OF_KIND, FormRefused
from datasets.geometry.skeleton import skeleton_from

_EMPTY: Final = "the row holds no bytes and names no file; fill it or leave it out"
_BOMB: Final = "unpacked, the media are far larger than the file; leave out what only repeats"
_NO_COLUMN: Final = "no column holds {noun}: it has to be of bytes, or a structure of bytes and path"


@dataclass(frozen=True, slots=True)
class MediaParquet(FormatImporter):
    """Ours, those of Hugging Face, and any with a column of bytes; boxes are x, y, width, height in pixels.

    Rows without bytes may name files that came along.
    """

    reading: Reading = field(default_factory=Reading)

    key = "parquet"
    title = "Parquet"

    def told(self, reading: Reading) -> "MediaParquet":
        """With what a person said of the columns, and whether a sample may have several classes."""
        return MediaParquet(reading)

    def sniff(self, tree: Tree) -> Guess:
        """The smallest file tells of all."""
        members = parquet_members(tree)
        columns = looked_at(tree, _modality(tree), self.reading.columns) if members else None
        if columns is None or not (columns.media or any(map(tree.is_sample, tree.members))):
            return Guess(0.0, f"no Parquet with a column of {tree.noun}")
        said = ", ".join(f"“{note.column}” is the {note.role}" for note in columns.notes)
        return Guess(0.96 if columns.media else 0.6, f"{shown(members[0].name, 60)}: {said}")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a file that can be read."""
        members = parquet_members(tree)
        if not members:
            raise absent(tree, "no Parquet file among the files", *SUFFIXES)
        return _Rows(tree, self.reading).plan(members)


def parquet_members(tree: Tree) -> list[Member]:
    """The files of rows in a tree."""
    return [member for member in tree.members if member.suffix in SUFFIXES]


_LOOKS: WeakKeyDictionary[Tree, ParquetFile | None] = WeakKeyDictionary()


def looked_at(tree: Tree, modality: str, chosen: Mapping[str, str]) -> Columns | None:
    """The columns of the smallest file of a tree; None where it cannot be read or has none of that modality."""
    if tree not in _LOOKS:
        _LOOKS[tree] = None
        try:
            with parquet_opened(tree, min(parquet_members(tree), key=lambda row: row.size_bytes)) as file:
                _LOOKS[tree] = file
        except (TableDamaged, MemberUnreadable):
            pass
    seen = _LOOKS[tree]
    return None if seen is None else columns_of(seen, modality, chosen)


def _modality(tree: Tree) -> str:
    return "audio" if tree.media == AUDIO_SUFFIXES else "image"


class _Rows:
    """All files of one tree."""

    def __init__(self, tree: Tree, reading: Reading) -> None:
        self._tree, self._reading = tree, reading
        self._book, self._spool = Book(tree), Spool(tree.scratch)
        self._drafts: list[Draft] = []
        self._columns: Columns | None = None
        self._is_told = False

    def plan(self, members: list[Member]) -> Plan:
        """One draft a row with bytes, then the pictures that rows named, then the problems."""
        for member in members:
            try:
                self._read(member)
            except MemberUnreadable as exc:
                self._book.fault(exc.problem.code, exc.problem.where, exc.problem.detail)
            except TableDamaged as exc:
                self._book.unreadable(member, exc.detail)
        self._book.require_read()
        plan = self._book.plan()
        classes = plan.classes if self._is_told else tuple(sorted(plan.classes, key=natural_key))
        notes = () if self._columns is None else self._columns.notes
        items = [*self._drafts, *plan.items]
        return replace(plan, classes=classes, items=items, columns=notes, spool=self._spool)

    def _read(self, member: Member) -> None:
        with parquet_opened(self._tree, member) as file:
            columns = columns_of(file, _modality(self._tree), self._reading.columns)
            if columns is None:
                self._book.unreadable(member, _NO_COLUMN.format(noun=self._tree.noun))
                return
            self._columns = self._columns or columns
            self._learn(columns)
            total, room = 0, MAX_ROWS - len(self._drafts)
            for row in file.read(columns.media, columns.fields, MAX_BYTES, room):
                self._book.read_any = True
                total += len(row.media)
                if is_bomb(total, file.size_bytes, self._spool.size_bytes):
                    self._book.fault("file_too_large", member.name, _BOMB)
                    return
                self._add(member, columns, row)
            self._book.read_any = True
            if file.rows > room:
                self._book.fault("too_many_samples", member.name, f"over {MAX_ROWS} rows; split the file")

    def _learn(self, columns: Columns) -> None:
        for name in columns.told:
            self._is_told = True
            self._book.class_of(name)
        for row in columns.said.get("classes", ()) if isinstance(columns.said.get("classes"), list) else ():
            if isinstance(row, dict) and row.get("skeleton") and isinstance(row.get("name"), str):
                with suppress(FormRefused):
                    self._book.skeleton(class_name(row["name"]), skeleton_from(row["skeleton"]))

    def _add(self, member: Member, columns: Columns, row: Row) -> None:
        said = row.fields
        stated = text_of(said.get("path")) or text_of(said.get("name"))
        where = shown(text_of(said.get("name")) or stated or f"{member.name}#{row.number + 1}")
        if not row.size_bytes:
            marks = self._book.named(stated) if stated else None
            if marks is not None:
                self._mark(marks, columns, said, where, member)
            elif not stated:
                self._book.fault("image_row_unreadable", where, _EMPTY)
            return
        if not row.media:
            detail = f"one sample is over {MAX_BYTES >> 20} MB; split it"
            self._book.fault("file_too_large", where, detail)
            return
        marks = Marks()
        self._mark(marks, columns, said, where, member)
        labels = () if marks.boxes else tuple(dict.fromkeys(marks.labels))
        self._drafts.append(
            Draft(
                member,
                where,
                label=labels[0] if len(labels) == 1 else None,
                labels=labels,
                boxes=tuple(marks.boxes),
                split=cast(Split, marks.split),
                group=marks.group,
                annotated=marks.annotated and bool(marks.boxes or labels or not marks.rejected),
                stated_size=marks.size,
                part=self._spool.add(row.media),
                origin=marks.origin,
            )
        )

    def _mark(
        self, marks: Marks, columns: Columns, said: Mapping[str, Any], where: str, member: Member
    ) -> None:
        """What the row says of its sample."""
        several = self._reading.several
        for role in ("label", "labels"):
            found = names_of(said.get(role), columns.classes.get(role, ()), several=several)
            marks.labels += [name for name in map(self._book.class_of, found) if name is not None]
        marks.split = split_in_cell(said.get("split")) or split_in(member.name)
        marks.group = class_name(text_of(said.get("group")))
        marks.size = size_of(said.get("width"), said.get("height"))
        marks.origin = origin_in(said.get("origin"))
        for one in objects_of(said.get("objects")):
            self._object(marks, columns, one, where)
        is_none = several and said.get("labels") == []
        marks.annotated = bool(marks.labels) or is_none or said.get("objects") is not None

    def _object(self, marks: Marks, columns: Columns, one: Mapping[str, Any], where: str) -> None:
        label = self._book.class_of(label_in(one, columns.classes.get("objects", ())))
        attributes = attributes_in(one)
        for kind, name in FIELD_OF_KIND.items():
            if one.get(name) is not None:
                self._book.shape(marks, label, form_or_none(kind, one[name]), where, attributes)
                return
        self._book.box(marks, label, box_in(one), where, attributes)
