"""COCO instances: boxes (or, without geometry, classes) of pictures that lie beside the JSON."""

import re
from dataclasses import dataclass
from typing import Any

from datasets.formats.base import Box, FormatImporter, Guess, Member, Plan, Tree
from datasets.formats.book import ALL, BOX_INVALID, LOOKED_AT, Book, Marks, absent, sniffed
from datasets.formats.geometry import around, around_flat, around_rle, box_of, numbers, size_of
from datasets.formats.jsonfiles import (
    MAX_JSON_BYTES,
    JsonRefused,
    json_elements,
    json_spans,
    json_utf8,
    json_value,
    looks_like_coco,
)
from datasets.formats.names import class_name, shown, split_in, split_of

_MAX_KEYPOINTS = 30_000
_TABLES = ("images", "annotations", "categories")


class CocoBoxes(FormatImporter):
    """One or several instance files (`instances_train.json`, `_annotations.coco.json`) and their pictures.

    File names in the JSON only match pictures of the same tree; they are never opened.
    """

    key = "coco"
    title = "COCO"

    def sniff(self, tree: Tree) -> Guess:
        """A JSON whose beginning has COCO's three tables."""
        found = _coco_members(tree)
        if not found:
            return Guess(0.0, "no COCO instances file")
        return Guess(0.95, f"{shown(found[0].name, 60)} holds images, annotations and categories")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a readable instances file."""
        files = _coco_members(tree, ALL)
        if not files:
            raise absent(
                tree, "no COCO instances file (images, annotations, categories) among the files", "json"
            )
        book = Book(tree)
        for member in files:
            book.consume(member, _Instances(book, member).take, MAX_JSON_BYTES)
        book.require_read()
        return book.plan()


def _coco_members(tree: Tree, limit: int = LOOKED_AT) -> list[Member]:
    return [
        member
        for member, content in sniffed(tree, "json", limit=limit, limit_bytes=MAX_JSON_BYTES)
        if looks_like_coco(content)
    ]


@dataclass(frozen=True, slots=True)
class _Image:
    """A picture of one file, and the boxes that files before it gave: key points and stuff repeat them."""

    marks: Marks
    where: str
    earlier: frozenset[Box]


class _Instances:
    """One instances file."""

    def __init__(self, book: Book, member: Member) -> None:
        self._book, self._member, self._where = book, member, shown(member.name)
        self._near = _folders_near(member.name)
        self._images: dict[int, _Image | None] = {}
        self._is_annotated = True

    def take(self, content: bytes) -> None:
        """Row by row; what is wrong with one becomes a problem. Raises JsonRefused."""
        text = json_utf8(content)
        spans = json_spans(text)
        if any(text[spans[table] : spans[table] + 1] != b"[" for table in _TABLES if table in spans):
            raise JsonRefused("images, annotations or categories is no list")
        names = self._category_names(json_value(text, spans["categories"]) if "categories" in spans else [])
        # Without that table the file says nothing about what is on its pictures.
        self._is_annotated = "annotations" in spans
        refused: JsonRefused | None = None
        try:
            for row in json_elements(text, spans["images"]) if "images" in spans else ():
                self._add_image(row)
        except JsonRefused as exc:
            refused = exc
        try:
            for row in json_elements(text, spans["annotations"]) if self._is_annotated else ():
                self._add_annotation(row, names, is_whole=refused is None)
        except JsonRefused as exc:
            refused = refused or exc
        if refused is not None:
            self._doubt_empty()
            raise refused

    def _doubt_empty(self) -> None:
        """Behind a break there may have been boxes of the pictures that have none."""
        for image in self._images.values():
            if image is not None:
                image.marks.rejected = True

    def _category_names(self, categories: Any) -> dict[int, str]:
        names: dict[int, str] = {}
        for row in categories:
            if (
                not isinstance(row, dict)
                or not isinstance(row.get("id"), int)
                or not isinstance(row.get("name"), str)
            ):
                self._book.fault("category_unreadable", self._where, "a category needs an id and a name")
                continue
            if not (name := class_name(row["name"])):
                continue
            if names.setdefault(row["id"], name) != name:
                detail = f"{name} has the id of {names[row['id']]}, which its shapes get; give each its own"
                self._book.fault("category_unreadable", self._where, detail)
        for _, name in sorted(names.items()):
            self._book.class_of(name)
        return names

    def _add_image(self, row: Any) -> None:
        if (
            not isinstance(row, dict)
            or not isinstance(row.get("file_name"), str)
            or not isinstance(row.get("id"), int)
        ):
            self._book.fault("image_row_unreadable", self._where, "an image needs an id and a file_name")
            return
        if row["id"] in self._images:
            detail = f"two images have the id {row['id']}; give each its own"
            self._book.fault("image_row_unreadable", self._where, detail)
            return
        self._images[row["id"]] = None
        marks = self._book.named(row["file_name"], self._near)
        if marks is None:
            return
        marks.split = marks.split or split_in(self._member.name)
        marks.size = marks.size or size_of(row.get("width"), row.get("height"))
        marks.group = marks.group or class_name(str(row.get("group", "")))
        marks.annotated = marks.annotated or (self._is_annotated and row.get("unlabeled") is not True)
        self._images[row["id"]] = _Image(marks, shown(row["file_name"]), frozenset(marks.boxes))

    def _add_annotation(self, row: Any, names: dict[int, str], *, is_whole: bool) -> None:
        if not isinstance(row, dict):
            detail = "an annotation is no object, or is damaged"
            self._book.fault("annotation_unreadable", self._where, detail)
            return
        image_id, category = row.get("image_id"), row.get("category_id")
        image = self._images.get(image_id) if isinstance(image_id, int) else None
        if image is None:
            # A picture that is missing was told as one; so was the break that cut the list of images.
            if is_whole and not (isinstance(image_id, int) and image_id in self._images):
                detail = "an annotation names the id of no image in the file; export the file again"
                self._book.fault("annotation_unreadable", self._where, detail)
            return
        marks, where = image.marks, image.where
        label = names.get(category) if isinstance(category, int) else None
        if label is None:
            detail = "an annotation names a category that is not defined"
            self._book.fault("category_unknown", where, detail, marks)
            return
        outline, points = row.get("segmentation"), row.get("keypoints")
        stated = row.get("bbox")
        box = _box(label, stated) or _box(label, _around(outline) or _around_points(points))
        if box is None and not (stated or outline or points):
            marks.labels.append(label)
            return
        if box is None:
            self._book.fault("box_invalid", where, BOX_INVALID, marks)
            return
        if box in image.earlier:
            return
        marks.boxes.append(box)
        self._book.notice("geometry_reduced", where, int(bool(outline or points)))


def _box(label: str, corners: Any) -> Box | None:
    """A box of numbers, not of their text; None when they are none."""
    if not isinstance(corners, list | tuple) or any(isinstance(value, str) for value in corners):
        return None
    return box_of(label, corners)


def _folders_near(name: str) -> list[str]:
    """Where the pictures of an instances file are first looked for: beside it, and in what its name says."""
    folder, _, tail = name.rpartition("/")
    words = [word for word in re.split(r"[_\-.]", tail) if split_of(word.rstrip("0123456789"))]
    named = [place for word in words for place in (f"images/{word}", f"{word}/images", word)]
    return [*([folder, f"{folder}/images"] if folder else []), *named]


def _around_points(points: Any) -> Any:
    """The box around key points `[x, y, seen, …]` but for those that are not there (seen is 0)."""
    values = numbers(points) if isinstance(points, list) and len(points) <= _MAX_KEYPOINTS else None
    if not values or len(values) % 3:
        return None
    seen = [place for place in range(0, len(values), 3) if values[place + 2]]
    return around([values[p] for p in seen], [values[p + 1] for p in seen]) if seen else None


def _around(polygons: Any) -> Any:
    """The box around polygons or a mask when no box is given."""
    if isinstance(polygons, dict):
        return around_rle(polygons)
    if not isinstance(polygons, list) or not polygons or not all(isinstance(ring, list) for ring in polygons):
        return None
    return around_flat([value for ring in polygons for value in ring])
