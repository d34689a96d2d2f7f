"""Label Studio: its JSON and JSON-MIN exports; shapes in percent, choices as classes of the picture.

Key points whose `parentID` is a shape are the parts of that object, named by their labels; the class is the shape's.
"""

import math
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from datasets.formats.base import IMAGE_SUFFIXES, FormatImporter, Guess, Member, Plan, Tree
from datasets.formats.book import ALL, LOOKED_AT, MISSING, Book, Marks, absent, sniffed
from datasets.formats.brush import brush_unpacked
from datasets.formats.forms import ellipse_of, form_or_none, mask_in, polygon_of, quad_of
from datasets.formats.geometry import Corners, number, numbers, size_of
from datasets.formats.jsonfiles import MAX_JSON_BYTES, json_elements, json_utf8
from datasets.formats.names import class_name, shown, split_of
from datasets.formats.opinions import annotation_chosen, annotation_origin
from datasets.formats.poses import HIDDEN, Part, Poses
from datasets.formats.xmlfiles import XmlRefused, xml_records, xml_source
from datasets.geometry import Form
from datasets.geometry.forms import MAX_POINTS

_RECTANGLE, _POLYGON, _ELLIPSE, _CHOICES = "rectanglelabels", "polygonlabels", "ellipselabels", "choices"
_BRUSH, _KEYPOINT = "brushlabels", "keypointlabels"
_KINDS = (_RECTANGLE, _POLYGON, _ELLIPSE, _BRUSH, _KEYPOINT, _CHOICES)
_AREAS = (_RECTANGLE, _POLYGON, _ELLIPSE, _BRUSH)
_SIGNS = re.compile(rb'"(?:annotations|completions|rectanglelabels|predictions|choice)"\s*:')
_DATA = re.compile(rb'"(?:data|image|img|captioning|ocr)"\s*:')
_UPLOAD = re.compile(r"^[0-9a-f]{8}-")
_MAX_CONFIG_BYTES = 1024**2
_AREA_TAGS = frozenset(("RectangleLabels", "PolygonLabels", "EllipseLabels", "BrushLabels"))
_CONFIG_TAGS = _AREA_TAGS | {"Choices", "KeyPointLabels"}


class LabelStudio(FormatImporter):
    """A task's newest annotation that was not cancelled counts; a ground truth comes first.

    Who drew it and when is kept with it; predictions are not read.
    """

    key = "label_studio"
    title = "Label Studio"

    def sniff(self, tree: Tree) -> Guess:
        """A JSON list of tasks."""
        found = _files(tree)
        if not found:
            return Guess(0.0, "no Label Studio file")
        return Guess(0.9, f"{shown(found[0].name, 60)} is a list of labeling tasks")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a readable file."""
        files = _files(tree, ALL)
        if not files:
            raise absent(tree, "no JSON with a list of tasks among the files", "json")
        book = Book(tree)
        _add_configured_classes(book)
        poses = Poses(book)
        poses.declare(tree)
        for member in files:
            book.consume(member, _Tasks(book, member, poses).take, MAX_JSON_BYTES)
        poses.close()
        book.require_read()
        return book.plan()


def _files(tree: Tree, limit: int = LOOKED_AT) -> list[Member]:
    return [
        member
        for member, content in sniffed(tree, "json", limit=limit, limit_bytes=MAX_JSON_BYTES)
        if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["
        and _SIGNS.search(content)
        and _DATA.search(content)
    ]


def _add_configured_classes(book: Book) -> None:
    """The classes of a labeling configuration that lies beside the tasks, in its order.

    Beside labels of areas those of key points may be parts: of what is none, the class is known when it is met.
    """
    for _, content in sniffed(book.tree, "xml", limit_bytes=_MAX_CONFIG_BYTES):
        found: list[tuple[str, str | None]] = []
        try:
            for record in xml_records(xml_source(content), _CONFIG_TAGS):
                found += [(record.tag, node.attributes.get("value")) for node in record.children]
        except XmlRefused:
            # What stands before the damage counts.
            pass
        has_areas = any(tag in _AREA_TAGS for tag, _ in found)
        for tag, value in found:
            if tag != "KeyPointLabels" or not has_areas:
                book.class_of(value)


class _Tasks:
    """One file."""

    def __init__(self, book: Book, member: Member, poses: Poses) -> None:
        self._book, self._member, self._poses = book, member, poses

    def take(self, content: bytes) -> None:
        """Task by task. Raises JsonRefused."""
        for task in json_elements(json_utf8(content)):
            if isinstance(task, dict):
                self._add(task)
            else:
                self._book.fault(
                    "image_row_unreadable", self._member.name, "a task is no object, or is damaged"
                )

    def _add(self, task: dict[str, Any]) -> None:
        data = task.get("data")
        fields = data if isinstance(data, dict) else task
        stated = _image_of(fields)
        if stated is None:
            self._book.fault("image_row_unreadable", self._member.name, "a task names no picture in its data")
            return
        member = self._picture(stated)
        if member is None:
            self._book.fault("image_missing", stated, MISSING)
            return
        marks = self._book.marks(member)
        marks.split = marks.split or split_of(str(fields.get("split", "")))
        marks.group = marks.group or class_name(str(fields.get("group", "")))
        if isinstance(data, dict):
            self._add_annotations(marks, task, stated)
        else:
            marks.annotated = True
            for result in _minimal(task):
                self._add_result(marks, result, stated)
            marks.origin = marks.origin or annotation_origin(task, stated, self._book.notice)

    def _picture(self, stated: str) -> Member | None:
        raw = stated.rpartition("?d=")[2] if "?d=" in stated else stated.partition("?")[0]
        # A file may really be called `100%25.jpg`: what is written comes before what it would stand for.
        is_odd = "%" in raw.rpartition("/")[2]
        for name in dict.fromkeys((raw, unquote(raw), stated) if is_odd else (unquote(raw), raw, stated)):
            folder, slash, tail = name.rpartition("/")
            found = self._book.pictures.named(name)
            found = found or self._book.pictures.named(f"{folder}{slash}{_UPLOAD.sub('', tail)}")
            if found is not None:
                return found
        return None

    def _add_annotations(self, marks: Marks, task: dict[str, Any], where: str) -> None:
        chosen, origin = annotation_chosen(task, where, self._book.notice)
        marks.origin = marks.origin or origin
        if chosen is None:
            return
        marks.annotated = True
        results = chosen.get("result")
        results = results if isinstance(results, list) else []
        posed = _posed(results)
        parts = {place for places in posed.values() for place in places}
        for at, result in enumerate(results):
            if at in parts:
                continue
            place = len(marks.boxes)
            self._add_result(marks, result, where)
            if at in posed and len(marks.boxes) > place:
                points = (_part(results[part], marks.size) for part in posed[at])
                self._poses.add(marks, place, points, where)

    def _add_result(self, marks: Marks, result: Any, where: str) -> None:
        value = result.get("value") if isinstance(result, dict) else None
        if not isinstance(value, dict):
            self._book.fault("box_invalid", where, "a result has no value; draw it again", marks)
            return
        kind = next((kind for kind in _KINDS if kind in value), None)
        if kind is None:
            detail = (
                f"{str(result.get('type', 'a result'))[:40]} is not read; label it with a shape or a choice"
            )
            self._book.fault("shape_unsupported", where, detail, marks)
            return
        names = value[kind] if isinstance(value[kind], list) else [value[kind]]
        labels = [self._book.class_of(name) for name in names]
        if kind == _CHOICES:
            marks.labels += [label for label in labels if label is not None]
            return
        size = size_of(result.get("original_width"), result.get("original_height"))
        if kind == _BRUSH and size is None:
            self._book.fault("shape_invalid", where, "a brush needs the size of its picture", marks)
            return
        if not marks.boxes:
            marks.size, marks.is_relative = size, size is None
        elif marks.size != size:
            detail = "boxes of one picture are drawn on two sizes of it"
            self._book.fault("box_invalid", where, detail, marks)
            return
        label = labels[0] if labels else None
        turned = number(value.get("rotation", 0)) or 0.0
        if kind == _RECTANGLE and turned % 360 == 0:
            self._book.box(marks, label, _corners(value, size or (1, 1)), where)
        else:
            self._book.shape(marks, label, _form(kind, value, size, turned), where)
            self._book.notice("curve_approximated", where, int(kind == _ELLIPSE))
        self._book.notice("details_dropped", where, len(labels[1:]))


def _posed(results: list[Any]) -> dict[int, list[int]]:
    """The places of the key points that hang on the shape at a place."""
    heads: dict[str, int] = {}
    for at, result in enumerate(results):
        value = result.get("value") if isinstance(result, dict) else None
        if isinstance(value, dict) and any(kind in value for kind in _AREAS):
            name = result.get("id")
            if isinstance(name, str) and name:
                heads.setdefault(name, at)
    posed: dict[int, list[int]] = {}
    for at, result in enumerate(results):
        parent = result.get("parentID") if isinstance(result, dict) else None
        value = result.get("value") if isinstance(result, dict) else None
        if isinstance(parent, str) and parent in heads and isinstance(value, dict) and _KEYPOINT in value:
            posed.setdefault(heads[parent], []).append(at)
    return posed


def _part(result: dict[str, Any], size: tuple[int, int] | None) -> Part:
    """In pixels, or as fractions of the picture where its size is not known."""
    value, meta = result["value"], result.get("meta")
    names, at = value[_KEYPOINT], numbers((value.get("x"), value.get("y")))
    sx, sy = (side / 100 for side in size or (1, 1))
    said = meta.get("text") if isinstance(meta, dict) else None
    is_hidden = said == HIDDEN or (isinstance(said, list) and HIDDEN in said)
    name = names[0] if isinstance(names, list) and names else names
    return Part(name, None if at is None else (at[0] * sx, at[1] * sy), 1 if is_hidden else 2)


def _image_of(fields: dict[str, Any]) -> str | None:
    texts = [value for value in fields.values() if isinstance(value, str) and value]
    preferred = fields.get("image")
    if isinstance(preferred, str) and preferred:
        return preferred
    return next(
        (
            text
            for text in texts
            if text.partition("?d=")[2].rpartition(".")[2].lower() in IMAGE_SUFFIXES
            or text.partition("?")[0].rpartition(".")[2].lower() in IMAGE_SUFFIXES
        ),
        None,
    )


def _minimal(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """JSON-MIN puts shapes and choices under the names the configuration gave them."""
    for key, entry in task.items():
        if isinstance(entry, list):
            for value in entry:
                if isinstance(value, dict):
                    yield {**value, "value": value}
        elif isinstance(entry, dict) and _CHOICES in entry:
            yield {"value": entry}
        elif key in ("choice", "choices", "class") and isinstance(entry, str):
            yield {"value": {_CHOICES: [entry]}}


def _corners(value: dict[str, Any], size: tuple[int, int]) -> Corners | None:
    """x, y, w, h in units of `size`."""
    rows = numbers(value.get(key) for key in ("x", "y", "width", "height"))
    sx, sy = size[0] / 100, size[1] / 100
    return (rows[0] * sx, rows[1] * sy, rows[2] * sx, rows[3] * sy) if rows else None


def _form(kind: str, value: dict[str, Any], size: tuple[int, int] | None, turned: float) -> Form | None:
    """In pixels, or as fractions of the picture where its size is not known."""
    sx, sy = (side / 100 for side in size or (1, 1))
    if kind == _BRUSH:
        return _brush(value, size)
    if kind == _KEYPOINT:
        at = numbers((value.get("x"), value.get("y")))
        return None if at is None else form_or_none("keypoints", [[at[0] * sx, at[1] * sy, 2]])
    if kind == _POLYGON:
        points = value.get("points")
        if not isinstance(points, list) or len(points) > MAX_POINTS:
            return None
        rows = [numbers(point) if isinstance(point, list) else None for point in points]
        return polygon_of([[[p[0] * sx, p[1] * sy] if p and len(p) == 2 else [] for p in rows]])
    if kind == _ELLIPSE:
        rows_ = numbers(value.get(key) for key in ("x", "y", "radiusX", "radiusY"))
        scaled = None if rows_ is None else [rows_[0] * sx, rows_[1] * sy, rows_[2] * sx, rows_[3] * sy]
        return ellipse_of(scaled, turned)
    corners = _corners(value, size or (1, 1))
    if corners is None or min(corners[2:]) <= 0:
        return None
    quad = _turned(corners, turned)
    # Without the size of the picture a turned box has no right angles yet.
    return quad_of(quad) if size is not None else Form("quad", quad)


def _turned(corners: Corners, degrees: float) -> tuple[tuple[float, float], ...]:
    """The corners of a rectangle turned clockwise around its own top-left corner, as Label Studio turns it."""
    x, y, w, h = corners
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    around = ((0.0, 0.0), (w, 0.0), (w, h), (0.0, h))
    return tuple((x + dx * cosine - dy * sine, y + dx * sine + dy * cosine) for dx, dy in around)


def _brush(value: dict[str, Any], size: tuple[int, int] | None) -> Form | None:
    mask = brush_unpacked(value.get("rle"), *size) if size is not None else None
    return mask_in(mask, 0, 0, size) if mask is not None and size is not None else None
