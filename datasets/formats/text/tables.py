"""CSV and TSV of texts: a row a text, with a column for the text and one for its class."""

import csv
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from datasets.formats.base import FormatImporter, FormatMismatch, Guess, Member, Plan, Reading, Tree
from datasets.formats.names import natural_key, shown, split_of
from datasets.formats.tables import MAX_COLUMNS, TableRefused, cell_plain, labels_of, separator_of
from datasets.formats.text.book import Said, TextBook, looked_at
from datasets.formats.text.columns import Columns, columns_found
from datasets.formats.textfiles import is_damaged

_SUFFIXES: Final = frozenset(("csv", "tsv"))
_LOOKED_ROWS: Final = 200
_MAX_FAULTS: Final = 1_000
_MAX_SPENT: Final = 64 * 1024**2
_LINE_END: Final = re.compile("\r\n|\n|\r")
_MAX_CELL: Final = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class TextTable(FormatImporter):
    """The header names the columns; without known names, the cells tell. `reading` overrules both.

    UTF-8, UTF-16 and GBK are read, with commas, tabulators, semicolons or bars; cells keep their line ends.
    """

    reading: Reading = field(default_factory=Reading)

    key = "csv"
    title = "CSV, TSV"

    def told(self, reading: Reading) -> "TextTable":
        """With columns that a person chose."""
        return TextTable(reading)

    def sniff(self, tree: Tree) -> Guess:
        """A table with a column that is like a text."""
        for member, text in looked_at(tree, _SUFFIXES):
            columns = columns_found(_head(text, member), self.reading.columns)
            if columns is not None:
                return Guess(0.7, f"{shown(member.name, 60)}: {columns.reason}")
        return Guess(0.0, "no table with a column of texts")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a table."""
        book, is_read = TextBook(tree), False
        for member in [one for one in tree.members if one.suffix in _SUFFIXES]:
            read = book.read(member, by_line=True)
            if read is None:
                is_read = True
                continue
            text, encoding = read
            columns = columns_found(_head(text, member), self.reading.columns)
            if columns is None:
                book.fault(
                    "annotation_unreadable", member.name, "no column is like a text; choose it by hand"
                )
                continue
            is_read, book.columns = True, book.columns or columns.notes
            _Table(book, member, columns, several=self.reading.several).take(text, encoding)
        if not is_read:
            raise FormatMismatch("no CSV or TSV with a column of texts; choose the column", field="format")
        return book.plan()


def _head(text: str, member: Member) -> list[list[str]]:
    """The first rows that can be read; one behind them that cannot says nothing of the columns."""
    found: list[list[str]] = []
    with suppress(TableRefused):
        for _, row in islice(_rows(text, member), _LOOKED_ROWS):
            if not any(map(is_damaged, row)):
                found.append(row)
    return found


def _rows(
    text: str, member: Member, bad: Callable[[int], None] = lambda line: None
) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every row that is not blank, cells as they are. Raises TableRefused.

    A line at which a row begins that is no CSV goes to `bad`; reading goes on with the line below it.
    """
    separator = "\t" if member.suffix == "tsv" else separator_of(text)
    csv.field_size_limit(min(_MAX_CELL, sys.maxsize))
    at, above, faults, spent = 0, 0, 0, 0
    while at < len(text):
        lines = _Lines(text, at)
        reader = csv.reader(lines, delimiter=separator, strict=True)
        begun, before = at, 0
        try:
            for row in reader:
                if len(row) > MAX_COLUMNS:
                    raise TableRefused(f"line {above + reader.line_num} has over {MAX_COLUMNS} columns")
                begun, before = lines.at, reader.line_num
                if any(cell.strip() for cell in row):
                    yield above + before, row
            return
        except csv.Error as exc:
            if begun == 0:  # without its first row nobody knows what the columns are
                raise TableRefused(
                    "the first row has a stray quote; double the quotes inside of cells"
                ) from exc
            faults, spent = faults + 1, spent + lines.at - begun
            # An open quote reaches to the end of the text, and the next one again.
            if faults > _MAX_FAULTS or spent > max(_MAX_SPENT, 4 * len(text)):
                raise TableRefused(
                    f"too many stray quotes, the last at line {above + before + 1}; double the quotes inside of cells"
                ) from exc
            bad(above + before + 1)
            at, above = _after_line(text, begun), above + before + 1


class _Lines:
    """The lines of a text from a place on, as they are; `at` is how far they were taken."""

    def __init__(self, text: str, at: int) -> None:
        self._text, self.at = text, at

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.at >= len(self._text):
            raise StopIteration
        start, self.at = self.at, _after_line(self._text, self.at)
        return self._text[start : self.at]


def _after_line(text: str, at: int) -> int:
    """Where the next line begins; a line ends with \\n, \\r or both."""
    found = _LINE_END.search(text, at)
    return found.end() if found else len(text)


class _Table:
    """One table."""

    def __init__(self, book: TextBook, member: Member, columns: Columns, *, several: bool) -> None:
        self._book, self._member, self._columns, self._several = book, member, columns, several
        self._has_damage = False

    def take(self, text: str, encoding: str) -> None:
        """Row by row; one that is no CSV is told and passed over."""
        self._has_damage = is_damaged(text)
        try:
            for label in sorted(self._labels(text), key=natural_key):
                self._book.class_of(label)
            width = 0
            for count, (line, row) in enumerate(_rows(text, self._member, self._quoted)):
                width = width or len(row)
                if count >= self._columns.first_row:
                    self._add(row, width, line, encoding)
        except TableRefused as exc:
            self._book.fault("annotation_unreadable", self._member.name, str(exc))

    def _quoted(self, line: int) -> None:
        detail = "a quote is not closed or stands inside of a cell; double it"
        self._book.fault("row_bad_quote", f"{self._member.name}:{line}", detail)

    def _is_spoiled(self, row: Sequence[str]) -> bool:
        return self._has_damage and any(map(is_damaged, row))

    def _labels(self, text: str) -> set[str]:
        """Classes in the order people count, whatever the order of the rows."""
        found: set[str] = set()
        with suppress(TableRefused):
            for count, (_, row) in enumerate(_rows(text, self._member)):
                if count >= self._columns.first_row and not self._is_spoiled(row):
                    found.update(labels_of(self._columns.cell(row, "label"), several=self._several))
        return found

    def _add(self, row: Sequence[str], width: int, line: int, encoding: str) -> None:
        where = f"{self._member.name}:{line}"
        if self._is_spoiled(row):
            self._book.fault("text_undecodable", where, "the row holds bytes that are no text; mend it")
            return
        if len(row) != width:
            detail = f"the row has {len(row)} columns where the first has {width}; look for a stray separator"
            self._book.fault("row_unreadable", where, detail)
            return
        cell = self._columns.cell
        labels = labels_of(cell(row, "label"), several=self._several)
        said = Said(
            labels,
            split=split_of(cell(row, "split")),
            group=cell_plain(cell(row, "group").strip()),
            is_annotated=bool(labels),
        )
        name = cell_plain(cell(row, "name").strip()) or where
        text = cell_plain(cell(row, "text"))
        self._book.add(self._member, text, said, name=name, encoding=encoding)
