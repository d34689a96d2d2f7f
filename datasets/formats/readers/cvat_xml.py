"""CVAT for images 1.1: one XML for all pictures."""

import re
from dataclasses import replace

from datasets.attributes import Attribute, AttributesRefused, Kind, attributes_of_class
from datasets.formats.base import FormatImporter, Guess, Member, Plan, Tree
from datasets.formats.book import ALL, LOOKED_AT, Book, Marks, absent, sniffed
from datasets.formats.cvat_work import WORK_FIELDS, CvatWork
from datasets.formats.forms import (
    ellipse_of,
    form_or_none,
    mask_in,
    points_of,
    polygon_of,
    rows_unpacked,
    skeleton_of,
    turned_of,
)
from datasets.formats.geometry import Corners, between, number, numbers, size_of
from datasets.formats.jsonfiles import MAX_JSON_BYTES
from datasets.formats.names import class_name, shown, split_in, split_of
from datasets.formats.xmlfiles import Node, xml_records, xml_root, xml_source
from datasets.geometry import Form
from datasets.geometry.forms import MAX_ATTRIBUTES, attributes_from

_RECORDS = frozenset(("image", "label", "track", "segments", *WORK_FIELDS))
_FORMS = frozenset(("polygon", "polyline", "points", "ellipse", "mask", "skeleton"))
_MAX_POINTS_TEXT = 4 * 1024**2
_EDGE = re.compile(r'data-node-from="(\d{1,4})"[^>]{0,200}data-node-to="(\d{1,4})"')
_KEPT = ("occluded", "group_id")
_AUTOMATIC = frozenset(("auto", "semi-auto"))


class CvatXml(FormatImporter):
    """Boxes, also turned ones, outlines, masks, lines, points and skeletons, tags of whole pictures, subsets.

    Who a task or job was given to, when it changed last and whether it was accepted are said of its pictures.
    """

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
        self._points: dict[str, list[str]] = {}
        self._skeletons: list[tuple[str, str, list[list[int]]]] = []
        self._work = CvatWork(book.notice, member.name)

    def take(self, content: bytes) -> None:
        """Picture by picture. Raises XmlRefused."""
        for record in xml_records(xml_source(content), _RECORDS):
            if record.tag == "image":
                self._know_skeletons()
            if record.tag == "label":
                self._add_label(record)
            elif record.tag == "image":
                self._add_image(record)
            elif record.tag in WORK_FIELDS:
                self._work.take(record)
            elif record.tag == "track":
                detail = "tracks of videos are not read; export the task as CVAT for images"
                self._book.fault("shape_unsupported", self._member.name, detail)

    def _add_label(self, record: Node) -> None:
        """A class, or a point of the skeleton that is its parent."""
        name, parent = record.words("name"), record.words("parent")
        if parent:
            self._points.setdefault(parent, []).append(name)
            return
        label = self._book.class_of(name)
        if label is not None:
            self._book.asked(label, _asked(record))
        if label is not None and record.words("type") == "skeleton":
            edges = [[int(a), int(b)] for a, b in _EDGE.findall(record.words("svg"))]
            self._skeletons.append((label, name, edges))

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
        marks.origin = marks.origin or self._work.origin(record.attributes.get("task_id"))
        subset = split_of(stated_subset)
        marks.split = marks.split or subset or split_in(self._member.name)
        marks.group = marks.group or class_name(record.attributes.get("group", ""))
        marks.size = size_of(record.attributes.get("width"), record.attributes.get("height"))
        for shape in record.children:
            self._add_shape(marks, shape, stated)

    def _add_shape(self, marks: Marks, shape: Node, where: str) -> None:
        label = self._book.class_of(shape.attributes.get("label"))
        attributes = _attributes(shape)
        if shape.tag == "tag":
            if label is None:
                self._book.fault("category_unknown", where, "a tag names no class; give it one", marks)
            else:
                marks.labels.append(label)
            self._book.notice("details_dropped", where, int(bool(attributes)))
        elif shape.tag == "box":
            turned, corners = number(shape.attributes.get("rotation", "0")) or 0.0, _corners(shape)
            if turned % 360:
                self._book.shape(marks, label, turned_of(corners, turned), where, attributes)
            else:
                self._book.box(marks, label, corners, where, attributes)
        elif shape.tag in _FORMS:
            form = self._form(shape, marks)
            box = _mask_corners(shape) if form is None and shape.tag == "mask" else None
            if box is not None:
                self._book.box(marks, label, box, where, attributes)
                self._book.notice("geometry_reduced", where)
                return
            self._book.shape(marks, label, form, where, attributes)
            self._book.notice("curve_approximated", where, int(shape.tag == "ellipse"))
        else:
            detail = f"a {shape.tag} has no place here; draw an outline or a box around the object"
            self._book.fault("shape_unsupported", where, detail, marks)

    def _form(self, shape: Node, marks: Marks) -> Form | None:
        given = shape.attributes
        if shape.tag == "mask":
            return _mask(shape, marks.size)
        if shape.tag == "ellipse":
            values = numbers(given.get(key) for key in ("cx", "cy", "rx", "ry"))
            return ellipse_of(values, number(given.get("rotation", "0")) or 0.0)
        if shape.tag == "skeleton":
            return self._skeleton(shape)
        points = _points(given.get("points", ""))
        if points is None:
            return None
        if shape.tag == "polygon":
            return polygon_of([points])
        if shape.tag == "polyline":
            return form_or_none("polyline", points)
        return form_or_none("keypoints", [[*point, 2] for point in points])

    def _skeleton(self, shape: Node) -> Form | None:
        """Its points in the order of the label's; outside is not there, occluded is hidden."""
        found: dict[str, list[float]] = {}
        for node in shape.all("points"):
            points = _points(node.attributes.get("points", ""))
            if not points:
                continue
            is_there = node.attributes.get("outside", "0") != "1"
            seen = 1 if node.attributes.get("occluded", "0") == "1" else 2
            name = node.attributes.get("label", str(len(found)))
            found[name] = [*points[0], seen] if is_there else [0.0, 0.0, 0]
        names = self._points.get(shape.attributes.get("label", "")) or list(found)
        return form_or_none("keypoints", [found.get(name, [0.0, 0.0, 0]) for name in names])

    def _know_skeletons(self) -> None:
        while self._skeletons:
            label, name, edges = self._skeletons.pop()
            self._book.skeleton(label, skeleton_of(self._points.get(name), edges, 1))


_KIND_OF_INPUT: dict[str, Kind] = {
    "select": "select",
    "radio": "select",
    "checkbox": "bool",
    "number": "number",
    "text": "text",
}


def _asked(record: Node) -> tuple[Attribute, ...]:
    """What the label asks of its objects; an attribute that could be none of ours is left out."""
    asked: dict[str, Attribute] = {}
    for node in (found for group in record.all("attributes") for found in group.all("attribute")):
        kind = _KIND_OF_INPUT.get(node.words("input_type"), "text")
        chosen = node.words("values").split("\n") if kind == "select" else []
        row = {
            "name": node.words("name"),
            "kind": kind,
            "options": [one.strip() for one in chosen if one.strip()],
        }
        default = node.words("default_value")
        try:
            one = attributes_of_class([row])[0]
        except AttributesRefused:
            continue
        asked.setdefault(one.name, replace(one, default=default if one.accepts(default) else ""))
    return tuple(asked.values())[:MAX_ATTRIBUTES]


def _attributes(shape: Node) -> tuple[tuple[str, str], ...]:
    said = {node.attributes.get("name", ""): node.text for node in shape.all("attribute")}
    flags = {key: shape.attributes[key] for key in _KEPT if shape.attributes.get(key, "0") != "0"}
    made = shape.attributes.get("source", "").strip().lower()
    return attributes_from(said | flags | ({"source": made} if made in _AUTOMATIC else {}))


def _points(text: str) -> list[list[float]] | None:
    if len(text) > _MAX_POINTS_TEXT:
        return None
    return points_of([value for point in text.split(";") for value in point.split(",")])


def _corners(shape: Node) -> Corners | None:
    given = shape.attributes
    return between(given.get("xtl"), given.get("ytl"), given.get("xbr"), given.get("ybr"))


def _mask_corners(shape: Node) -> Corners | None:
    values = numbers(shape.attributes.get(key) for key in ("left", "top", "width", "height"))
    return (values[0], values[1], values[2], values[3]) if values else None


def _mask(shape: Node, size: tuple[int, int] | None) -> Form | None:
    """Runs along the rows of the box around the mask."""
    text, corners = shape.attributes.get("rle", ""), _mask_corners(shape)
    if size is None or corners is None or len(text) > _MAX_POINTS_TEXT or any(v != int(v) for v in corners):
        return None
    left, top, width, height = map(int, corners)
    runs = numbers(text.split(","))
    region = None if runs is None else rows_unpacked(runs, width, height)
    return None if region is None else mask_in(region, left, top, size)
