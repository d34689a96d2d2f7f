"""Datumaro: one JSON a subset in `annotations/`, pictures in `images/`."""

import re
from collections.abc import Iterator
from typing import Any

from datasets.formats.base import FormatImporter, Guess, Member, Plan, Tree
from datasets.formats.book import ALL, LOOKED_AT, MISSING, Book, Marks, absent, sniffed
from datasets.formats.forms import (
    ellipse_of,
    form_or_none,
    points_of,
    polygon_of,
    skeleton_of,
    turned_of,
    united,
)
from datasets.formats.geometry import Corners, number, numbers, size_of
from datasets.formats.jsonfiles import (
    MAX_JSON_BYTES,
    JsonRefused,
    json_elements,
    json_spans,
    json_utf8,
    json_value,
)
from datasets.formats.names import class_name, shown, split_in
from datasets.geometry import Form
from datasets.geometry.forms import attributes_from

_ITEMS = re.compile(rb'"items"\s*:\s*\[')
_CATEGORIES = re.compile(rb'"categories"\s*:\s*\{')
_FORMS = frozenset(("polygon", "ellipse", "rotated_bbox", "mask", "polyline", "points"))


class DatumaroJson(FormatImporter):
    """Boxes, turned ones, polygons, masks, lines, points and labels; parts of one group are one polygon."""

    key = "datumaro"
    title = "Datumaro"

    def sniff(self, tree: Tree) -> Guess:
        """A JSON with `items` and with `categories` that are an object."""
        found = _files(tree)
        if not found:
            return Guess(0.0, "no Datumaro file")
        return Guess(0.94, f"{shown(found[0].name, 60)} holds items and categories")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a readable file."""
        files = _files(tree, ALL)
        if not files:
            raise absent(tree, "no JSON with items and categories among the files", "json")
        book = Book(tree)
        for member in files:
            book.consume(member, _Subset(book, member).take, MAX_JSON_BYTES)
        book.require_read()
        return book.plan()


def _files(tree: Tree, limit: int = LOOKED_AT) -> list[Member]:
    return [
        member
        for member, content in sniffed(tree, "json", limit=limit, limit_bytes=MAX_JSON_BYTES)
        if _ITEMS.search(content) and _CATEGORIES.search(content)
    ]


class _Subset:
    """One file; its name is the name of the subset."""

    def __init__(self, book: Book, member: Member) -> None:
        self._book, self._member = book, member
        self._subset = member.name.rpartition("/")[2].removesuffix(".json")
        self._names: list[str | None] = []

    def take(self, content: bytes) -> None:
        """Item by item. Raises JsonRefused."""
        text = json_utf8(content)
        spans = json_spans(text)
        if "items" not in spans or "categories" not in spans:
            raise JsonRefused("the JSON lacks items or categories")
        categories = json_value(text, spans["categories"])
        self._names = list(self._class_names(categories))
        self._add_skeletons(categories)
        for item in json_elements(text, spans["items"]):
            if isinstance(item, dict):
                self._add(item)
            else:
                self._book.fault(
                    "image_row_unreadable", self._member.name, "an item is no object, or is damaged"
                )

    def _class_names(self, categories: Any) -> Iterator[str | None]:
        group = categories.get("label") if isinstance(categories, dict) else None
        labels = group.get("labels") if isinstance(group, dict) else None
        for row in labels if isinstance(labels, list) else ():
            name = self._book.class_of(row.get("name") if isinstance(row, dict) else None)
            if name is None:
                self._book.fault("category_unreadable", self._member.name, "a label needs a name")
            yield name

    def _add_skeletons(self, categories: Any) -> None:
        group = categories.get("points") if isinstance(categories, dict) else None
        items = group.get("items") if isinstance(group, dict) else None
        for row in items if isinstance(items, list) else ():
            name = self._label(row.get("label_id")) if isinstance(row, dict) else None
            if name is not None:
                self._book.skeleton(name, skeleton_of(row.get("labels"), row.get("joints"), 1))

    def _add(self, item: dict[str, Any]) -> None:
        image = item.get("image")
        image = image if isinstance(image, dict) else {}
        path, item_id = image.get("path"), item.get("id")
        member = self._picture(path, item_id)
        if member is None:
            self._book.fault("image_missing", str(path or item_id or self._member.name), MISSING)
            return
        marks = self._book.marks(member)
        attributes = item.get("attr")
        attributes = attributes if isinstance(attributes, dict) else {}
        marks.annotated = True
        marks.split = marks.split or split_in(f"{self._subset}.json")
        marks.group = marks.group or class_name(str(attributes.get("group", "")))
        size = image.get("size")
        if isinstance(size, list) and len(size) == 2:
            marks.size = size_of(size[1], size[0])
        annotations = item.get("annotations")
        for row in _parts_joined(annotations if isinstance(annotations, list) else []):
            self._add_annotation(marks, row, member.name)

    def _picture(self, path: Any, item_id: Any) -> Member | None:
        found = None
        if isinstance(path, str) and path:
            found = self._book.pictures.named(f"{self._subset}/{path}")
        if found is None and isinstance(item_id, str) and item_id:
            found = self._book.pictures.stemmed(f"{self._subset}/{item_id}")
        return found

    def _add_annotation(self, marks: Marks, row: Any, where: str) -> None:
        if not isinstance(row, dict):
            self._book.fault("box_invalid", where, "an annotation is no object; draw it again", marks)
            return
        kind, label = row.get("type"), self._label(row.get("label_id"))
        if kind != "bbox" and kind != "label" and kind not in _FORMS:
            detail = f"{str(kind)[:30]} has no place here; draw an outline or a box around the object"
            self._book.fault("shape_unsupported", where, detail, marks)
            return
        if label is None:
            detail = "an annotation names a label that is not defined"
            self._book.fault("category_unknown", where, detail, marks)
        elif kind == "label":
            marks.labels.append(label)
            self._book.notice("details_dropped", where, int(bool(row.get("attributes"))))
        else:
            self._add_place(marks, label, row, where)

    def _add_place(self, marks: Marks, label: str, row: dict[str, Any], where: str) -> None:
        kind, (given, turned) = row["type"], _rotation(row)
        attributes, box = attributes_from(given), _corners(row)
        if turned % 360 and box is not None:
            self._book.shape(marks, label, turned_of(box, turned), where, attributes)
            return
        form = _form(kind, row, marks.size)
        # What has no geometry of its own, or a damaged one, may still name the box around it.
        box = box if form is None else None
        if kind == "bbox" or box is not None:
            self._book.box(marks, label, box, where, attributes)
            self._book.notice("geometry_reduced", where, int(kind != "bbox"))
            return
        self._book.shape(marks, label, form, where, attributes)
        self._book.notice("curve_approximated", where, int(kind == "ellipse"))

    def _label(self, number: Any) -> str | None:
        is_known = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(self._names)
        return self._names[number] if is_known else None


def _parts_joined(rows: list[Any]) -> Iterator[Any]:
    """The rows with the polygons of one group and label as one, all their points in `parts`."""
    known: dict[tuple[Any, Any], dict[str, Any]] = {}
    ordered: list[Any] = []
    for row in rows:
        if not isinstance(row, dict) or row.get("type") != "polygon":
            ordered.append(row)
            continue
        key = (row.get("group"), row.get("label_id"))
        is_grouped = isinstance(key[0], int) and key[0] > 0 and isinstance(key[1], int)
        if is_grouped and key in known:
            known[key]["parts"].append(row.get("points"))
            continue
        ordered.append({**row, "parts": [row.get("points")]})
        if is_grouped:
            known[key] = ordered[-1]
    return iter(ordered)


def _form(kind: str, row: dict[str, Any], size: tuple[int, int] | None) -> Form | None:
    if kind == "polygon":
        polygon = polygon_of(points_of(flat) for flat in row["parts"])
        return None if polygon is None else united(polygon, size)
    if kind == "mask":
        return form_or_none("mask", row.get("rle"))
    if kind == "rotated_bbox":
        values, turned = numbers(row.get(key) for key in ("cx", "cy", "w", "h")), number(row.get("r", 0))
        if values is None or turned is None:
            return None
        cx, cy, w, h = values
        return turned_of((cx - w / 2, cy - h / 2, w, h), turned)
    points = points_of(row.get("points"))
    if points is None or kind == "bbox":
        return None
    if kind == "ellipse":
        (left, top), (right, bottom) = points[0], points[-1]
        return ellipse_of([(left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2])
    if kind == "polyline":
        return form_or_none("polyline", points)
    seen = row.get("visibility")
    seen = seen if isinstance(seen, list) and len(seen) == len(points) else [2] * len(points)
    return form_or_none("keypoints", [[x, y, v] for (x, y), v in zip(points, seen, strict=True)])


def _rotation(row: dict[str, Any]) -> tuple[Any, float]:
    """The attributes without the number that says how far a box is turned, as CVAT writes it; and that number."""
    given = row.get("attributes")
    if row["type"] != "bbox" or not isinstance(given, dict):
        return given, 0.0
    raw = given.get("rotation")
    turned = None if isinstance(raw, str) else number(raw)
    if turned is None:
        return given, 0.0
    return {name: value for name, value in given.items() if name != "rotation"}, turned


def _corners(row: dict[str, Any]) -> Corners | None:
    box = row.get("bbox")
    values = numbers(box) if isinstance(box, list) and len(box) == 4 else None
    return (values[0], values[1], values[2], values[3]) if values else None
