"""Parquet of texts: a row a text, with columns for its class, its classes or its spans."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from datasets.formats.base import (
    FormatImporter,
    FormatMismatch,
    Guess,
    Member,
    MemberUnreadable,
    Plan,
    Reading,
    Tree,
)
from datasets.formats.names import natural_key, shown
from datasets.formats.parquet.asking import parquet_opened
from datasets.formats.parquet.cells import label_in, names_of, objects_of, origin_in, split_in_cell, text_of
from datasets.formats.parquet.columns import Columns, columns_of
from datasets.formats.parquet.limits import MAX_ROWS, is_bomb
from datasets.formats.parquet.wire import Row
from datasets.formats.readers.parquet import looked_at, parquet_members
from datasets.formats.tables import TableDamaged
from datasets.formats.text.book import Said, TextBook
from datasets.formats.text.columns import reason_of

_MAX_TEXT = 16 << 20


@dataclass(frozen=True, slots=True)
class TextParquet(FormatImporter):
    """Ours, and any with a column of texts by a usual name; spans count Unicode code points."""

    reading: Reading = field(default_factory=Reading)

    key = "parquet"
    title = "Parquet"

    def told(self, reading: Reading) -> "TextParquet":
        """With columns that a person chose."""
        return TextParquet(reading)

    def sniff(self, tree: Tree) -> Guess:
        """The smallest file tells of all."""
        members = parquet_members(tree)
        columns = looked_at(tree, "text", self.reading.columns) if members else None
        if columns is None:
            return Guess(0.0, "no Parquet with a column of texts")
        return Guess(0.96, f"{shown(members[0].name, 60)}: {reason_of(_notes(columns))}")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a file that can be read."""
        members = parquet_members(tree)
        if not members:
            raise FormatMismatch("no Parquet file among the files", field="format")
        book, is_told, is_read = TextBook(tree), False, False
        for member in members:
            try:
                is_told |= self._read(book, member)
                is_read = True
            except MemberUnreadable as exc:
                book.fault(exc.problem.code, exc.problem.where, exc.problem.detail)
            except TableDamaged as exc:
                book.fault("annotation_unreadable", member.name, exc.detail)
        plan = book.plan()
        if not is_read and not any(True for _ in _drafts(plan)):
            raise FormatMismatch("no Parquet file could be read; write it again", field="format")
        return plan if is_told else replace(plan, classes=tuple(sorted(plan.classes, key=natural_key)))

    def _read(self, book: TextBook, member: Member) -> bool:
        """Whether the file names its classes itself."""
        with parquet_opened(book.tree, member) as file:
            columns = columns_of(file, "text", self.reading.columns)
            if columns is None:
                raise TableDamaged("no column holds texts; choose it by hand")
            book.columns = book.columns or _notes(columns)
            told = [name for name in map(book.class_of, columns.told) if name]
            fields, total = {**columns.fields, "text": columns.media}, 0
            for row in file.read((), fields, _MAX_TEXT, MAX_ROWS):
                total += len(text_of(row.fields.get("text")))
                if is_bomb(total, file.size_bytes, 0):
                    detail = "unpacked, the texts are far larger than the file; send them as JSONL"
                    book.fault("file_too_large", member.name, detail)
                    break
                self._add(book, member, columns, row)
            return bool(told)

    def _add(self, book: TextBook, member: Member, columns: Columns, row: Row) -> None:
        said = row.fields
        labels = [
            name
            for role in ("label", "labels")
            for name in names_of(said.get(role), columns.classes.get(role, ()), several=self.reading.several)
        ]
        names = columns.classes.get("spans", ())
        spans = [
            (label_in(one, names), one.get("start"), one.get("end")) for one in objects_of(said.get("spans"))
        ]
        told = Said(
            labels,
            spans,
            split=split_in_cell(said.get("split")),
            group=text_of(said.get("group")),
            is_annotated=bool(labels) or isinstance(said.get("spans"), list),
            origin=origin_in(said.get("origin")),
        )
        name = text_of(said.get("name")).strip() or f"{member.name}#{row.number + 1}"
        book.add(member, text_of(said.get("text")), told, name=name, encoding="utf-8")


def _notes(columns: Columns) -> Any:
    return tuple(replace(note, role="text") if note.role == "media" else note for note in columns.notes)


def _drafts(plan: Plan) -> Iterator[Any]:
    return (item for item in plan.items if hasattr(item, "member"))
