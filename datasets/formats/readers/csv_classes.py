"""CSV of classes: a row a picture, with a column for the file and one for the class."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from datasets.formats.base import FormatImporter, Guess, Member, MemberUnreadable, Plan, Reading, Tree
from datasets.formats.book import ALL, LOOKED_AT, MISSING, Book, absent, telling
from datasets.formats.classlists import class_lines
from datasets.formats.matching import PictureIndex, pictures_of
from datasets.formats.names import class_name, compare_key, natural_key, shown, split_in, split_of
from datasets.formats.tables import TableRefused, cell_plain, labels_of, table_rows
from datasets.formats.textfiles import TextRefused, text_decoded
from datasets.formats.unread import is_like_annotations

_MAX_TABLE_BYTES = 256 * 1024**2
_LINES = 50
_ENOUGH = 0.5
_PATHS = (
    "path",
    "file",
    "filename",
    "file_name",
    "filepath",
    "file_path",
    "image",
    "image_path",
    "image_name",
    "img",
    "img_path",
    "picture",
    "image_id",
    "audio",
    "audio_path",
    "audio_file",
    "wav",
    "clip",
    "recording",
    "name",
    "id",
    "图片",
    "文件",
    "文件名",
    "路径",
    "图片路径",
    "音频",
    "音频文件",
)
_LABELS = (
    "label",
    "class",
    "category",
    "target",
    "class_name",
    "label_name",
    "labels",
    "tag",
    "标签",
    "类别",
    "分类",
    "标注",
)
_SPLITS = ("split", "subset", "set", "data_set", "fold", "划分", "数据集")
_GROUPS = ("group", "group_id", "分组")
# A table of boxes is no table of classes: its rows would give a picture many of them.
_BOXES = (
    frozenset(("xmin", "ymin")),
    frozenset(("x_min", "y_min")),
    frozenset(("x1", "y1")),
    frozenset(("x", "y", "w", "h")),
    frozenset(("x", "y", "width", "height")),
    frozenset(("left", "top")),
    frozenset(("bbox",)),
    frozenset(("bbox_x", "bbox_y")),
)
# Columns that say something else of a picture than its class.
_OTHERS = frozenset(
    [
        "caption",
        "captions",
        "description",
        "text",
        "comment",
        "url",
        "link",
        "size",
        "bytes",
        "width",
        "height",
        "sha1",
        "sha256",
        "md5",
        "hash",
        "date",
        "time",
        "timestamp",
        "author",
        "source",
        "license",
        "score",
        "confidence",
    ]
)
_NAMES = frozenset((*_PATHS, *_OTHERS))
_LIKE_FILE = re.compile(r"[\d./\\]")


@dataclass(frozen=True, slots=True)
class CsvClasses(FormatImporter):
    """The header names the columns; without one, the first two are file and class.

    UTF-8, UTF-16 and GBK are read, with commas, tabulators, semicolons or bars. Where a sample may have several
    classes, a cell may name more than one.
    """

    reading: Reading = field(default_factory=Reading)

    key = "csv"
    title = "CSV"

    def told(self, reading: Reading) -> "CsvClasses":
        """With what a person said, which is whether a sample may have several classes."""
        return CsvClasses(reading)

    def sniff(self, tree: Tree) -> Guess:
        """A table one of whose columns names pictures of the tree."""
        found = _tables(tree)
        if not found:
            return Guess(0.0, f"no table of {tree.noun} and classes")
        if all(table.repeats_folders for table in found):
            return Guess(0.3, f"{shown(found[0].member.name, 60)} says what the folders say")
        return Guess(0.8, f"{shown(found[0].member.name, 60)} names {tree.noun} and their classes")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a table."""
        tables = _tables(tree, ALL)
        if not tables:
            raise absent(
                tree,
                f"no CSV with a column of {tree.noun} and one of classes; tables of boxes are not read, so convert them "
                "to COCO or YOLO",
                "csv",
            )
        book = Book(tree)
        for name in class_lines(book, ("classes.txt",)):
            book.class_of(name)
        for table in tables:
            book.consume(
                table.member, _Rows(book, table, several=self.reading.several).take, _MAX_TABLE_BYTES
            )
        read = {table.member for table in tables}
        for member in tree.members:
            if member.suffix in ("csv", "tsv") and member not in read and is_like_annotations(member):
                book.notice("annotations_not_understood", member.name)
        book.require_read()
        return book.plan()


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the columns are; -1 for none. `first_row` is 1 below a header."""

    member: Member
    path: int
    label: int
    split: int
    group: int
    first_row: int
    repeats_folders: bool = False


def _tables(tree: Tree, limit: int = LOOKED_AT) -> list[_Table]:
    index = pictures_of(tree)
    found = []
    for member in telling([m for m in tree.members if m.suffix in ("csv", "tsv")], limit):
        try:
            text = text_decoded(tree.read(member, _MAX_TABLE_BYTES))
        except (MemberUnreadable, TextRefused):
            continue
        table = _understood(member, list(_head(text)), index)
        if table is not None:
            found.append(table)
    return found


def _head(text: str) -> Iterator[list[str]]:
    try:
        for count, (_, row) in enumerate(table_rows(text)):
            if count > _LINES:
                return
            yield row
    except TableRefused:
        return


def _understood(member: Member, rows: list[list[str]], index: PictureIndex) -> _Table | None:
    if not rows:
        return None
    header = [cell.lower() for cell in rows[0]]
    if any(sides <= set(header) for sides in _BOXES):
        return None
    # A row that names a picture with its ending is no header, whatever its cells are called.
    is_row = any(index.named(cell_plain(cell)) is not None for cell in rows[0])
    tables = [*([] if is_row else _headed(member, header)), *_bare(member, rows, index)]
    return next((found for table in tables if (found := _matched(table, rows, index))), None)


def _bare(member: Member, rows: list[list[str]], index: PictureIndex) -> list[_Table]:
    """Two or three columns without known names: picture, class and split."""
    header, is_picture = [cell.lower() for cell in rows[0]], _picture(index, rows[0][0]) is not None
    if len(header) not in (2, 3) or (not is_picture and not _NAMES.isdisjoint(header)):
        return []
    # A first cell that is neither a picture here nor like a file or a number is a header nobody knows.
    is_header = len(rows) > 1 and not is_picture and not _LIKE_FILE.search(header[0])
    if is_header and len(header) == 3 and header[2] not in _SPLITS:
        return []
    return [_Table(member, 0, 1, 2 if len(header) == 3 else -1, -1, int(is_header))]


def _headed(member: Member, header: list[str]) -> list[_Table]:
    """What the columns may be by their names, best first; none when no name is known.

    The class is the column called so, else the only one that is left.
    """
    split, group = _column(header, _SPLITS), _column(header, _GROUPS)
    tables = []
    for path in [header.index(name) for name in _PATHS if name in header]:
        label = _column(header, _LABELS)
        if label in (-1, path):
            taken = {path, split, group} | {i for i, name in enumerate(header) if name in _OTHERS}
            others = [i for i in range(len(header)) if i not in taken]
            others = [i for i in others if len(header) == 2 or header[i] not in _PATHS]
            label = others[0] if len(others) == 1 else -1
        if label >= 0:
            tables.append(_Table(member, path, label, split, group, 1))
    return tables


def _matched(table: _Table, rows: list[list[str]], index: PictureIndex) -> _Table | None:
    """The table when its column of pictures names pictures of the tree."""
    header = rows[0]
    body = [row for row in rows[table.first_row :] if len(row) == len(header)]
    pictures = [(_picture(index, row[table.path]), row[table.label]) for row in body]
    matched = [(picture, label) for picture, label in pictures if picture is not None]
    if not matched or len(matched) < _ENOUGH * len(body):
        return None
    repeats = all(_is_folder(picture, label) for picture, label in matched)
    return replace(table, repeats_folders=repeats)


def _column(header: list[str], names: tuple[str, ...]) -> int:
    return next((header.index(name) for name in names if name in header), -1)


def _picture(index: PictureIndex, stated: str) -> Member | None:
    return index.named(cell_plain(stated)) or index.stemmed(cell_plain(stated))


def _is_folder(picture: Member, label: str) -> bool:
    """Whether the picture lies in a folder called like its class."""
    folder = picture.name.split("/")[-2:-1]
    return not label or (
        bool(folder) and compare_key(class_name(folder[0])) == compare_key(class_name(cell_plain(label)))
    )


class _Rows:
    """One table."""

    def __init__(self, book: Book, table: _Table, *, several: bool) -> None:
        self._book, self._table, self._several = book, table, several
        self._split = split_in(table.member.name.rpartition("/")[2])

    def take(self, content: bytes) -> None:
        """Row by row. Raises TextRefused; a row that is no CSV ends the table."""
        text = text_decoded(content)
        self._add_classes(text)
        width = 0
        try:
            for count, (line, row) in enumerate(table_rows(text)):
                width = width or len(row)
                if count >= self._table.first_row:
                    self._add(row, width, f"{self._table.member.name}:{line}")
        except TableRefused as exc:
            self._book.unreadable(self._table.member, str(exc))

    def _add_classes(self, text: str) -> None:
        """Classes in the order people count, whatever the order of the rows."""
        labels: set[str] = set()
        try:
            for count, (_, row) in enumerate(table_rows(text)):
                if count >= self._table.first_row and len(row) > self._table.label:
                    labels.update(labels_of(row[self._table.label], several=self._several))
        except TableRefused:
            pass
        for label in sorted(labels, key=natural_key):
            self._book.class_of(label)

    def _add(self, row: list[str], width: int, where: str) -> None:
        if len(row) != width:
            detail = f"the row has {len(row)} columns where the first has {width}"
            self._book.fault("image_row_unreadable", where, detail)
            return
        member = _picture(self._book.pictures, row[self._table.path])
        if member is None:
            self._book.fault("image_missing", row[self._table.path] or where, MISSING)
            return
        marks = self._book.marks(member)
        stated = row[self._table.split] if self._table.split >= 0 else ""
        marks.split = marks.split or split_of(stated) or self._split
        if self._table.group >= 0:
            marks.group = marks.group or class_name(cell_plain(row[self._table.group]))
        for said in labels_of(row[self._table.label], several=self._several):
            label = self._book.class_of(said)
            if label is not None:
                marks.annotated = True
                marks.labels.append(label)
