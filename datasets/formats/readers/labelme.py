"""LabelMe: a JSON a picture; every kind of its shapes, flags are classes of the whole picture.

LabelMe has no skeletons. People draw the points of one with the names of the parts as their labels, and give them the
`group_id` of a rectangle or an outline, whose label is the class.
"""

import base64
import binascii
import math
from typing import Any

from datasets.formats.base import FormatImporter, Guess, Member, Plan, Tree
from datasets.formats.book import MISSING, Book, Marks, absent, covering, sniffed
from datasets.formats.classlists import class_lines
from datasets.formats.forms import ellipse_of, form_or_none, mask_in, polygon_of, quad_of
from datasets.formats.geometry import Corners, around, between, numbers, size_of
from datasets.formats.jsonfiles import JsonRefused, json_parsed
from datasets.formats.names import class_name, shown
from datasets.formats.pngs import PngRefused, png_numbers
from datasets.formats.poses import HIDDEN, Part, Poses, is_skeletons
from datasets.geometry import Form
from datasets.geometry.forms import MAX_POINTS, attributes_from

_MAX_FILE_BYTES = 64 * 1024**2
_LINES = frozenset(("line", "linestrip"))
_POINTS = frozenset(("point", "points"))
_AREAS = frozenset(("polygon", "mask", "circle", "oriented_rectangle"))
_MAX_MASK_TEXT = 32 * 1024**2
_SNIFFED = (b'"shapes"', b'"imagePath"')
# What LabelMe writes above the classes.
_NO_CLASSES = frozenset(("__ignore__", "_background_"))


class LabelMe(FormatImporter):
    """Polygons, masks, circles (as polygons), lines and points beside rectangles; named points of a group are the
    key points of its object.

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
        files = [m for m in tree.members if m.suffix == "json" and not is_skeletons(m)]
        if not files:
            raise absent(tree, "no JSON file among the files", "json")
        for name in class_lines(book, ("labels.txt", "classes.txt")):
            if name not in _NO_CLASSES:
                book.class_of(name)
        poses = Poses(book)
        poses.declare(tree)
        for member in files:
            book.consume(member, _Shapes(book, member, poses).take, _MAX_FILE_BYTES)
        poses.close()
        book.require_read()
        return book.plan()


class _Shapes:
    """One JSON."""

    def __init__(self, book: Book, member: Member, poses: Poses) -> None:
        self._book, self._member, self._poses = book, member, poses

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
        posed = {
            head: points for head, points in _posed(shapes).items() if self._are_parts(shapes, head, points)
        }
        parts = {place for places in posed.values() for place in places}
        for number, shape in enumerate(shapes):
            if number in parts:
                continue
            place = len(marks.boxes)
            self._add(marks, shape, is_posed=number in posed)
            if number in posed and len(marks.boxes) > place:
                points = (_part(shapes[part]) for part in posed[number])
                self._poses.add(marks, place, points, self._member.name)

    def _are_parts(self, shapes: list[Any], head: int, points: list[int]) -> bool:
        """Points that bear the name of their area, and no other, only say where it is."""
        label = shapes[head].get("label")
        others = any(shapes[point].get("label") != label for point in points)
        return others or (isinstance(label, str) and self._poses.declares(label, label))

    def _picture(self, stated: Any) -> Member | None:
        folder = self._member.name.rpartition("/")[0]
        if isinstance(stated, str) and stated:
            near = self._book.pictures.named(f"{folder}/{stated}")
            if near is not None:
                return near
        return self._book.pictures.beside(self._member.name)

    def _add(self, marks: Marks, shape: Any, *, is_posed: bool) -> None:
        where = self._member.name
        if not isinstance(shape, dict):
            self._book.fault("box_invalid", where, "a shape is no object; draw it again", marks)
            return
        label = self._book.class_of(shape.get("label"))
        kind = _kind(shape)
        attributes = _attributes(shape, is_posed=is_posed)
        points = _points_of(shape.get("points"))
        if kind == "rectangle":
            corners = None if points is None else _corners(points)
            self._book.box(marks, label, corners, where, attributes)
        elif kind in _AREAS | _LINES | _POINTS:
            form = None if points is None else _form(kind, points, shape, marks.size)
            self._book.shape(marks, label, form, where, attributes)
            self._book.notice("curve_approximated", where, int(kind == "circle"))
        else:
            detail = f"a {kind[:30]} has no place here; draw an outline or a box around the object"
            self._book.fault("shape_unsupported", where, detail, marks)


def _corners(points: list[list[float]]) -> Corners | None:
    """Two opposite corners, or all four."""
    if len(points) == 2:
        return between(*points[0], *points[1])
    return around([x for x, _ in points], [y for _, y in points]) if len(points) > 2 else None


def _posed(shapes: list[Any]) -> dict[int, list[int]]:
    """The places of the points that belong to the object at a place: of the only area of their group."""
    areas: dict[int | str, list[int]] = {}
    points: dict[int | str, list[int]] = {}
    for number, shape in enumerate(shapes):
        group = shape.get("group_id") if isinstance(shape, dict) else None
        if isinstance(group, bool) or not isinstance(group, int | str) or group == "":
            continue
        kind = _kind(shape)
        if kind == "point":
            points.setdefault(group, []).append(number)
        elif kind == "rectangle" or kind in _AREAS:
            areas.setdefault(group, []).append(number)
    return {
        places[0]: points[group] for group, places in areas.items() if len(places) == 1 and group in points
    }


def _kind(shape: dict[str, Any]) -> str:
    said = shape.get("shape_type") or "polygon"
    return said if isinstance(said, str) else "shape of no kind"


def _part(shape: dict[str, Any]) -> Part:
    points, flags = _points_of(shape.get("points")), shape.get("flags")
    at = (points[0][0], points[0][1]) if points and len(points) == 1 else None
    is_hidden = isinstance(flags, dict) and flags.get(HIDDEN) is True
    return Part(shape.get("label"), at, 1 if is_hidden else 2)


def _attributes(shape: dict[str, Any], *, is_posed: bool) -> tuple[tuple[str, str], ...]:
    """The number of the group is one, unless it only holds an object and its points together."""
    flags = shape.get("flags")
    kept = ("description",) if is_posed else ("description", "group_id")
    said = {key: shape[key] for key in kept if shape.get(key) not in (None, "")}
    return attributes_from((flags if isinstance(flags, dict) else {}) | said)


def _points_of(points: Any) -> list[list[float]] | None:
    if not isinstance(points, list) or len(points) > MAX_POINTS:
        return None
    if not all(isinstance(p, list) and len(p) == 2 for p in points):
        return None
    values = numbers(value for point in points for value in point)
    return None if not values else [[x, y] for x, y in zip(values[0::2], values[1::2], strict=True)]


def _form(
    kind: str, points: list[list[float]], shape: dict[str, Any], size: tuple[int, int] | None
) -> Form | None:
    if kind in _LINES:
        return form_or_none("polyline", points)
    if kind in _POINTS:
        return form_or_none("keypoints", [[x, y, 2] for x, y in points])
    if kind == "oriented_rectangle":
        return quad_of(points)
    if kind == "mask":
        return _mask(points, shape.get("mask"), size)
    if kind == "circle":
        if len(points) != 2:
            return None
        radius = math.dist(*points)
        return ellipse_of([*points[0], radius, radius])
    return polygon_of([points])


def _mask(points: list[list[float]], encoded: Any, size: tuple[int, int] | None) -> Form | None:
    """A PNG of the box around the mask, the corners of which are its first and last pixels."""
    if size is None or not isinstance(encoded, str) or len(encoded) > _MAX_MASK_TEXT:
        return None
    try:
        region, _ = png_numbers(base64.b64decode(encoded, validate=True))
    except (PngRefused, binascii.Error, ValueError):
        return None
    left, top = (int(min(point[axis] for point in points)) for axis in (0, 1))
    return mask_in(region > 0, left, top, size)
