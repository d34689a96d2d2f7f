"""Open Images: tables of relative boxes, of classes of whole pictures, and of class names."""

from collections.abc import Mapping

from datasets.formats.base import FormatImporter, Guess, Member, MemberUnreadable, Plan, Tree
from datasets.formats.book import ALL, LOOKED_AT, MISSING, Book, Marks, absent, telling
from datasets.formats.geometry import between, number
from datasets.formats.jsonfiles import MAX_JSON_BYTES
from datasets.formats.names import shown, split_in, split_of
from datasets.formats.tables import TableRefused, cell_plain, table_rows
from datasets.formats.textfiles import TextRefused, text_decoded

_SIDES = ("xmin", "ymin", "xmax", "ymax")
_FLAGS = ("isoccluded", "istruncated", "isgroupof", "isdepiction", "isinside")
_LARGEST = 1.5


class OpenImages(FormatImporter):
    """Boxes are fractions of the upright picture; `ImageID` is a picture's name without its ending."""

    key = "open_images"
    title = "Open Images"

    def sniff(self, tree: Tree) -> Guess:
        """A CSV with `ImageID`, `LabelName` and the sides of boxes, or confidences, in its header."""
        found = [
            member for member, header in _tables(tree) if _kind(member.name, header) in ("boxes", "labels")
        ]
        if not found:
            return Guess(0.0, "no Open Images table")
        return Guess(0.93, f"{shown(found[0].name, 60)} has the columns of Open Images")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a readable table."""
        tables = _tables(tree, ALL)
        if not any(_kind(member.name, header) in ("boxes", "labels") for member, header in tables):
            raise absent(tree, "no CSV with ImageID and LabelName among the files", "csv")
        book = Book(tree)
        names = _class_names(
            book, [member for member, header in tables if _kind(member.name, header) == "classes"]
        )
        for member, header in tables:
            if (kind := _kind(member.name, header)) in ("boxes", "labels", "images"):
                book.consume(member, _Rows(book, member, kind, header, names).take, MAX_JSON_BYTES)
        book.require_read()
        return book.plan()


def _tables(tree: Tree, limit: int = LOOKED_AT) -> list[tuple[Member, list[str]]]:
    found = []
    for member in telling([m for m in tree.members if m.suffix == "csv"], limit):
        try:
            text = text_decoded(tree.read(member, MAX_JSON_BYTES)) if member.size_bytes else ""
            _, header = next(table_rows(text[:65_536].partition("\n")[0], ","), (0, []))
        except (MemberUnreadable, TextRefused, TableRefused):
            continue
        found.append((member, [cell.lower() for cell in header]))
    return found


def _kind(name: str, header: list[str]) -> str:
    """What a table is by its header; the one of class names has none, so there its own name counts too."""
    columns = set(header)
    if {"imageid", "labelname", *_SIDES} <= columns:
        return "boxes"
    if {"imageid", "labelname", "confidence"} <= columns:
        return "labels"
    if {"imageid", "subset"} <= columns:
        return "images"
    names_classes = "class-descriptions" in name or (header and header[0].startswith("/"))
    return "classes" if names_classes and len(header) == 2 else ""


def _class_names(book: Book, members: list[Member]) -> dict[str, str]:
    names: dict[str, str] = {}
    for member in members:
        try:
            for _, row in table_rows(book.text(member) or "", ","):
                if row[0] != "LabelName" and len(row) == 2 and (name := book.class_named(cell_plain(row[1]))):
                    names[row[0]] = name
                    book.class_of(name)
        except TableRefused as exc:
            book.unreadable(member, str(exc))
    return names


class _Rows:
    """One table."""

    def __init__(
        self, book: Book, member: Member, kind: str, header: list[str], names: Mapping[str, str]
    ) -> None:
        self._book, self._member, self._kind, self._names = book, member, kind, names
        self._columns = {name: i for i, name in enumerate(header)}
        self._width = len(header)
        self._split = split_in(member.name.rpartition("/")[2])

    def take(self, content: bytes) -> None:
        """Row by row. Raises TextRefused; a row that is no CSV ends the table."""
        rows = table_rows(text_decoded(content), ",")
        next(rows, None)
        try:
            for line, row in rows:
                self._add(row, f"{self._member.name}:{line}")
        except TableRefused as exc:
            self._book.unreadable(self._member, str(exc))

    def _add(self, row: list[str], where: str) -> None:
        if len(row) != self._width:
            detail = f"the row has {len(row)} columns where the header has {self._width}"
            self._book.fault("image_row_unreadable", where, detail)
            return
        stated = cell_plain(row[self._columns["imageid"]])
        member = self._book.pictures.stemmed(f"{self._split}/{stated}")
        if member is None:
            self._book.fault("image_missing", stated or where, MISSING)
            return
        marks = self._book.marks(member)
        marks.annotated = True
        subset = row[self._columns["subset"]] if "subset" in self._columns else ""
        marks.split = marks.split or split_of(subset) or self._split
        if self._kind != "images":
            self._add_label(marks, row, where)

    def _add_label(self, marks: Marks, row: list[str], where: str) -> None:
        stated = row[self._columns["labelname"]]
        if self._names and stated not in self._names:
            detail = "the label is not in the table of class names"
            self._book.fault("category_unknown", where, detail, marks)
            return
        if not self._names:
            self._book.notice("class_names_missing", where)
        label = self._book.class_of(self._names.get(stated, stated))
        if self._kind == "labels":
            # Zero says that somebody looked and the class is not there.
            if label is not None and number(row[self._columns["confidence"]]) != 0:
                marks.labels.append(label)
            return
        self._add_box(marks, label, row, where)

    def _add_box(self, marks: Marks, label: str | None, row: list[str], where: str) -> None:
        corners = between(*(row[self._columns[side]] for side in _SIDES))
        if corners is not None and max(abs(value) for value in corners) > _LARGEST:
            detail = "boxes are fractions of the picture, between 0 and 1; these are larger"
            self._book.fault("box_invalid", where, detail, marks)
            return
        marks.is_relative = True
        self._book.box(marks, label, corners, where)
        flagged = any(row[self._columns[flag]] == "1" for flag in _FLAGS if flag in self._columns)
        self._book.notice("details_dropped", where, int(flagged))
