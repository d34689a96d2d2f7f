"""CVAT for images 1.1: one XML for all pictures."""

from datasets.formats.base import FormatImporter, Guess, Member, Plan, Tree
from datasets.formats.book import ALL, LOOKED_AT, Book, Marks, absent, sniffed
from datasets.formats.geometry import Corners, around_flat, around_turned, between, number, numbers, size_of
from datasets.formats.jsonfiles import MAX_JSON_BYTES
from datasets.formats.names import class_name, shown, split_in, split_of
from datasets.formats.xmlfiles import Node, xml_records, xml_root, xml_source

_RECORDS = frozenset(("image", "label", "track"))
_OUTLINES = frozenset(("polygon", "ellipse", "mask"))
_MAX_POINTS_TEXT = 4 * 1024**2
_UNSUPPORTED = frozenset(("polyline", "points", "cuboid", "skeleton"))


class CvatXml(FormatImporter):
    """Boxes, tags of whole pictures, and subsets; other shapes as the box around them where there is one."""

    key = "cvat"
    title = "CVAT for images"

    def sniff(self, tree: Tree) -> Guess:
        """An XML whose root is `annotations` and which has `image` elements."""
        found = _files(tree)
        if not found:
            return Guess(0.0, "no CVAT file")
        return Guess(0.93, f"{shown(found[0].name, 60)} is an annotation file of CVAT")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a readable file."""
        files = _files(tree, ALL)
        if not files:
            raise absent(tree, "no XML with the annotations of CVAT among the files", "xml")
        book = Book(tree)
        for member in files:
            book.consume(member, _Annotations(book, member).take, MAX_JSON_BYTES)
        book.require_read()
        return book.plan()


def _files(tree: Tree, limit: int = LOOKED_AT) -> list[Member]:
    return [
        member
        for member, content in sniffed(tree, "xml", limit=limit, limit_bytes=MAX_JSON_BYTES)
        if xml_root(content) == "annotations"
    ]


class _Annotations:
    """One file."""

    def __init__(self, book: Book, member: Member) -> None:
        self._book, self._member = book, member

    def take(self, content: bytes) -> None:
        """Picture by picture. Raises XmlRefused."""
        for record in xml_records(xml_source(content), _RECORDS):
            if record.tag == "label":
                self._book.class_of(record.words("name"))
            elif record.tag == "image":
                self._add_image(record)
            else:
                detail = "tracks of videos are not read; export the task as CVAT for images"
                self._book.fault("shape_unsupported", self._member.name, detail)

    def _add_image(self, record: Node) -> None:
        stated = record.attributes.get("name", "")
        if not stated:
            self._book.fault("image_row_unreadable", self._member.name, "an image needs a name")
            return
        stated_subset = record.attributes.get("subset", "").strip()
        folder = self._member.name.rpartition("/")[0]
        marks = self._book.named(
            stated, [f"images/{stated_subset}", stated_subset, f"{folder}/images", folder]
        )
        if marks is None:
            return
        marks.annotated = True
        subset = split_of(stated_subset)
        marks.split = marks.split or subset or split_in(self._member.name)
        marks.group = marks.group or class_name(record.attributes.get("group", ""))
        marks.size = size_of(record.attributes.get("width"), record.attributes.get("height"))
        for shape in record.children:
            self._add_shape(marks, shape, stated)

    def _add_shape(self, marks: Marks, shape: Node, where: str) -> None:
        label = self._book.class_of(shape.attributes.get("label"))
        if shape.tag in _UNSUPPORTED:
            detail = f"a {shape.tag} has no box; draw one around the object"
            self._book.fault("shape_unsupported", where, detail, marks)
        elif shape.tag == "tag":
            if label is None:
                self._book.fault("category_unknown", where, "a tag names no class; give it one", marks)
            else:
                marks.labels.append(label)
        elif shape.tag == "box" or shape.tag in _OUTLINES:
            turned = number(shape.attributes.get("rotation", "0")) or 0.0
            self._book.box(marks, label, _corners(shape, turned), where)
            self._book.notice("geometry_reduced", where, int(shape.tag in _OUTLINES or turned != 0))
        has_details = bool(shape.children) or shape.attributes.get("occluded", "0") != "0"
        self._book.notice("details_dropped", where, int(has_details))


def _corners(shape: Node, turned: float) -> Corners | None:
    given = shape.attributes
    if shape.tag == "polygon":
        points = given.get("points", "")
        if len(points) > _MAX_POINTS_TEXT:
            return None
        return around_flat([value for point in points.split(";") for value in point.split(",")])
    if shape.tag == "mask":
        values = numbers(given.get(key) for key in ("left", "top", "width", "height"))
        return (values[0], values[1], values[2], values[3]) if values else None
    if shape.tag == "ellipse":
        values = numbers(given.get(key) for key in ("cx", "cy", "rx", "ry"))
        corners = (
            (values[0] - values[2], values[1] - values[3], 2 * values[2], 2 * values[3]) if values else None
        )
    else:
        corners = between(given.get("xtl"), given.get("ytl"), given.get("xbr"), given.get("ybr"))
    if corners is None or not turned:
        return corners
    x, y, w, h = corners
    return around_turned(corners, turned, (x + w / 2, y + h / 2))
