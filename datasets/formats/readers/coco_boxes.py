"""COCO instances: boxes (or, without geometry, classes) of pictures that lie beside the JSON."""

from dataclasses import dataclass
from typing import Any

from datasets.formats.base import Box, FormatImporter, FormatMismatch, Guess, Member, Plan, Tree
from datasets.formats.book import ALL, LOOKED_AT, Book, Marks, sniffed
from datasets.formats.geometry import around_flat, box_of, size_of
from datasets.formats.jsonfiles import (
    MAX_JSON_BYTES,
    JsonRefused,
    json_elements,
    json_spans,
    json_utf8,
    json_value,
    looks_like_coco,
)
from datasets.formats.names import class_name, shown, split_in

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
            raise FormatMismatch(
                "no COCO instances file (images, annotations, categories) among the files", field="format"
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

    def take(self, content: bytes) -> None:
        """Row by row; what is wrong with one becomes a problem. Raises JsonRefused."""
        text = json_utf8(content)
        spans = json_spans(text)
        if any(text[spans[table] : spans[table] + 1] != b"[" for table in _TABLES if table in spans):
            raise JsonRefused("images, annotations or categories is no list")
        names = self._category_names(json_value(text, spans["categories"]) if "categories" in spans else [])
        images: dict[int, _Image] = {}
        for row in json_elements(text, spans["images"]) if "images" in spans else ():
            self._add_image(row, images)
        for row in json_elements(text, spans["annotations"]) if "annotations" in spans else ():
            self._add_annotation(row, images, names)

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
            if name := class_name(row["name"]):
                names[row["id"]] = name
        for _, name in sorted(names.items()):
            self._book.class_of(name)
        return names

    def _add_image(self, row: Any, images: dict[int, _Image]) -> None:
        if (
            not isinstance(row, dict)
            or not isinstance(row.get("file_name"), str)
            or not isinstance(row.get("id"), int)
        ):
            self._book.fault("image_row_unreadable", self._where, "an image needs an id and a file_name")
            return
        marks = self._book.named(row["file_name"])
        if marks is None:
            return
        marks.split = marks.split or split_in(self._member.name)
        marks.size = marks.size or size_of(row.get("width"), row.get("height"))
        marks.group = marks.group or class_name(str(row.get("group", "")))
        marks.annotated = marks.annotated or row.get("unlabeled") is not True
        images[row["id"]] = _Image(marks, shown(row["file_name"]), frozenset(marks.boxes))

    def _add_annotation(self, row: Any, images: dict[int, _Image], names: dict[int, str]) -> None:
        if not isinstance(row, dict):
            detail = "an annotation is no object, or is damaged"
            self._book.fault("annotation_unreadable", self._where, detail)
            return
        image_id, category = row.get("image_id"), row.get("category_id")
        image = images.get(image_id) if isinstance(image_id, int) else None
        if image is None:
            return
        marks, where = image.marks, image.where
        label = names.get(category) if isinstance(category, int) else None
        if label is None:
            detail = "an annotation names a category that is not defined"
            self._book.fault("category_unknown", where, detail)
            return
        outline = row.get("segmentation")
        corners = row.get("bbox") or _around(outline)
        if not corners:
            marks.labels.append(label)
            return
        is_plain = isinstance(corners, list | tuple) and not any(isinstance(v, str) for v in corners)
        if is_plain and image.earlier and box_of(label, corners) in image.earlier:
            return
        self._book.box(marks, label, corners if is_plain else None, where)
        self._book.notice("geometry_reduced", where, int(bool(outline or row.get("keypoints"))))


def _around(polygons: Any) -> Any:
    """The box around polygons when no box is given."""
    if not isinstance(polygons, list) or not polygons or not all(isinstance(ring, list) for ring in polygons):
        return None
    return around_flat([value for ring in polygons for value in ring])
