"""LabelMe: a JSON a picture; rectangles are boxes, flags are classes of the whole picture."""

from typing import Any

from datasets.formats.base import FormatImporter, Guess, Member, Plan, Tree
from datasets.formats.book import MISSING, Book, Marks, absent, covering, sniffed
from datasets.formats.classlists import class_lines
from datasets.formats.geometry import Corners, around, between, numbers, size_of
from datasets.formats.jsonfiles import JsonRefused, json_parsed
from datasets.formats.names import class_name, shown

_MAX_FILE_BYTES = 64 * 1024**2
_OUTLINES = frozenset(("polygon", "mask", "circle", "oriented_rectangle"))
_SNIFFED = (b'"shapes"', b'"imagePath"')
# What LabelMe writes above the classes.
_NO_CLASSES = frozenset(("__ignore__", "_background_"))


class LabelMe(FormatImporter):
    """Outlines and circles come in as the box around them; points and lines have none.

    A JSON belongs to the picture that `imagePath` names, else to the one of the same stem.
    """

    key = "labelme"
    title = "LabelMe"

    def sniff(self, tree: Tree) -> Guess:
        """JSON files with `shapes` and `imagePath`."""
        found = [
            member
            for member, content in sniffed(tree, "json", limit_bytes=_MAX_FILE_BYTES)
            if content.lstrip()[:1] != b"[" and all(key in content for key in _SNIFFED)
        ]
        if not found:
            return Guess(0.0, "no LabelMe file")
        files = sum(member.suffix == "json" for member in tree.members)
        return Guess(
            covering(0.92, files, tree), f"{shown(found[0].name, 60)} holds the shapes of one picture"
        )

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a readable file."""
        book = Book(tree)
        files = [member for member in tree.members if member.suffix == "json"]
        if not files:
            raise absent(tree, "no JSON file among the files", "json")
        for name in class_lines(book, ("labels.txt", "classes.txt")):
            if name not in _NO_CLASSES:
                book.class_of(name)
        for member in files:
            book.consume(member, _Shapes(book, member).take, _MAX_FILE_BYTES)
        book.require_read()
        return book.plan()


class _Shapes:
    """One JSON."""

    def __init__(self, book: Book, member: Member) -> None:
        self._book, self._member = book, member

    def take(self, content: bytes) -> None:
        """Raises JsonRefused."""
        document = json_parsed(content)
        shapes = document.get("shapes") if isinstance(document, dict) else None
        if not isinstance(shapes, list):
            raise JsonRefused("the JSON is no LabelMe file; it has no list of shapes")
        member = self._picture(document.get("imagePath"))
        if member is None:
            detail = "save the pictures beside the JSON; the copy inside of it is not read"
            self._book.fault(
                "image_missing", self._member.name, detail if document.get("imageData") else MISSING
            )
            return
        marks = self._book.marks(member)
        marks.annotated = True
        marks.size = size_of(document.get("imageWidth"), document.get("imageHeight"))
        marks.group = marks.group or class_name(str(document.get("group", "")))
        flags = document.get("flags")
        for name, is_set in flags.items() if isinstance(flags, dict) else ():
            label = self._book.class_of(name)
            if label is not None and is_set is True:
                marks.labels.append(label)
        for shape in shapes:
            self._add(marks, shape)

    def _picture(self, stated: Any) -> Member | None:
        folder = self._member.name.rpartition("/")[0]
        if isinstance(stated, str) and stated:
            near = self._book.pictures.named(f"{folder}/{stated}")
            if near is not None:
                return near
        return self._book.pictures.beside(self._member.name)

    def _add(self, marks: Marks, shape: Any) -> None:
        where = self._member.name
        if not isinstance(shape, dict):
            self._book.fault("box_invalid", where, "a shape is no object; draw it again", marks)
            return
        label = self._book.class_of(shape.get("label"))
        kind = shape.get("shape_type") or "polygon"
        if kind != "rectangle" and kind not in _OUTLINES:
            detail = f"a {str(kind)[:30]} has no box; draw one around the object"
            self._book.fault("shape_unsupported", where, detail, marks)
            return
        self._book.box(marks, label, _corners(kind, shape.get("points")), where)
        self._book.notice("geometry_reduced", where, int(kind != "rectangle"))
        has_details = (
            any(shape.get(key) for key in ("description", "flags")) or shape.get("group_id") is not None
        )
        self._book.notice("details_dropped", where, int(has_details))


def _corners(kind: str, points: Any) -> Corners | None:
    if not isinstance(points, list) or not all(isinstance(p, list) and len(p) == 2 for p in points):
        return None
    values = numbers(value for point in points for value in point)
    if values is None or len(values) < 4:
        return None
    xs, ys = values[0::2], values[1::2]
    if kind == "circle":
        radius = ((xs[1] - xs[0]) ** 2 + (ys[1] - ys[0]) ** 2) ** 0.5
        return xs[0] - radius, ys[0] - radius, 2 * radius, 2 * radius
    if kind == "rectangle" and len(xs) == 2:
        return between(xs[0], ys[0], xs[1], ys[1])
    return around(xs, ys)
