"""COCO instances: boxes, outlines, masks, key points (or classes) of pictures that lie beside the JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from datasets.formats.base import Box, FormatImporter, Guess, Member, Plan, Tree
from datasets.formats.book import ALL, BOX_INVALID, LOOKED_AT, Book, Marks, absent, sniffed
from datasets.formats.forms import form_or_none, keypoints_of, points_of, polygon_of, skeleton_of, united
from datasets.formats.geometry import box_of, size_of
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
from datasets.geometry import FIELD_OF_KIND, Form
from datasets.geometry.forms import MAX_RINGS, attributes_from

# Fields beside COCO's own in which our writer keeps what COCO has no place for.
_OWN = ("rotated_box", "polygon", "polyline")
_OWN_FIELDS = tuple(FIELD_OF_KIND[kind] for kind in _OWN)
_FORMED = frozenset(("segmentation", "keypoints", *_OWN_FIELDS))
_SAYING = ("bbox", "segmentation", "keypoints", *_OWN_FIELDS)
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
        drawn = _panoptic(tree, files)
        book = Book(tree, without=frozenset(member.index for each in drawn.values() for member in each))
        for member in [file for file in files if file.name not in drawn] or files:
            book.consume(member, _Instances(book, member).take, MAX_JSON_BYTES)
        book.require_read()
        return book.plan()


def _coco_members(tree: Tree, limit: int = LOOKED_AT) -> list[Member]:
    return [
        member
        for member, content in sniffed(tree, "json", limit=limit, limit_bytes=MAX_JSON_BYTES)
        if looks_like_coco(content)
    ]


def _panoptic(tree: Tree, files: list[Member]) -> dict[str, list[Member]]:
    """The PNGs in the folder beside a file and of its name: colors of segments, and no pictures of the set.

    The same objects stand in the file of the instances, which is read instead where there is one.
    """
    folders = {file.name.rpartition(".")[0]: file.name for file in files}
    drawn = dict[str, list[Member]]()
    for member in tree.members:
        parts = member.name.split("/")[:-1]
        for depth in range(len(parts), 0, -1) if member.suffix == "png" else ():
            name = folders.get("/".join(parts[:depth]))
            if name is not None and name.rpartition("/")[2].startswith("panoptic"):
                drawn.setdefault(name, []).append(member)
                break
    return drawn


_Place = tuple[str, float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Image:
    """A picture of one file, and the places of what files before it gave: key points and stuff repeat them."""

    marks: Marks
    where: str
    earlier: Mapping[_Place, int]


class _Instances:
    """One instances file."""

    def __init__(self, book: Book, member: Member) -> None:
        self._book, self._member, self._where = book, member, shown(member.name)
        self._near = _folders_near(member.name)
        self._images: dict[int, _Image | None] = {}
        self._is_annotated, self._is_damaged = True, False

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
        if refused is not None or self._is_damaged:
            self._doubt_empty()
        if refused is not None:
            raise refused

    def _doubt_empty(self) -> None:
        """Behind a break, or in a damaged row, there may have been boxes of the pictures that have none."""
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
            if not (name := self._book.class_named(row["name"])):
                continue
            self._book.skeleton(name, skeleton_of(row.get("keypoints"), row.get("skeleton"), 1))
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
        self._images[row["id"]] = _Image(marks, shown(row["file_name"]), _places(marks.boxes))

    def _add_annotation(self, row: Any, names: dict[int, str], *, is_whole: bool) -> None:
        if not isinstance(row, dict):
            detail = "an annotation is no object, or is damaged"
            self._book.fault("annotation_unreadable", self._where, detail)
            self._is_damaged = True
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
        if not any(map(row.get, _SAYING)):
            marks.labels.append(label)
            return
        forms, is_damaged = _forms(row, marks.size)
        box = _box(label, row.get("bbox")) or _box_around(label, forms)
        if box is None:
            self._book.fault("box_invalid", where, BOX_INVALID, marks)
            return
        self._book.notice("geometry_reduced", where, int(is_damaged))
        attributes = attributes_from(row.get("attributes"))
        if row.get("iscrowd") == 1 and "is_crowd" not in dict(attributes):
            attributes = tuple(sorted((*attributes, ("is_crowd", "1"))))
        if forms or attributes:
            box = replace(box, form=forms[0] if forms else None, also=tuple(forms[1:]), attributes=attributes)
        known = image.earlier.get(_place(box)) if image.earlier else None
        if known is None:
            marks.boxes.append(box)
        else:
            marks.boxes[known] = _joined(marks.boxes[known], box)


def _box(label: str, corners: Any) -> Box | None:
    """A box of numbers, not of their text; None when they are none."""
    if not isinstance(corners, list | tuple) or str in map(type, corners):
        return None
    return box_of(label, corners)


def _folders_near(name: str) -> list[str]:
    """Where the pictures of an instances file are first looked for: beside it, and in what its name says."""
    folder, _, tail = name.rpartition("/")
    words = [word for word in re.split(r"[_\-.]", tail) if split_of(word.rstrip("0123456789"))]
    named = [place for word in words for place in (f"images/{word}", f"{word}/images", word)]
    return [*([folder, f"{folder}/images"] if folder else []), *named]


def _forms(row: dict[str, Any], size: tuple[int, int] | None) -> tuple[list[Form], bool]:
    """The forms of an annotation, the finest first, and whether one that is given cannot be read."""
    if _FORMED.isdisjoint(row):
        return [], False
    outline, points = row.get("segmentation"), row.get("keypoints")
    given = [(kind, raw) for kind in _OWN if (raw := row.get(FIELD_OF_KIND[kind])) is not None]
    own = [form for kind, raw in given if (form := form_or_none(kind, raw)) is not None]
    if own:
        return own, False
    forms, is_damaged = [], False
    if outline:
        form, is_damaged = _outline(outline, size)
        forms += [] if form is None else [form]
    if points:
        keypoints = keypoints_of(points)
        forms += [] if keypoints is None else [keypoints]
        # Key points none of which is there say nothing that could be lost.
        is_damaged |= keypoints is None and not (isinstance(points, list) and not any(points))
    return forms, is_damaged


def _outline(outline: Any, size: tuple[int, int] | None) -> tuple[Form | None, bool]:
    if isinstance(outline, dict):
        mask = form_or_none("mask", outline)
        return mask, mask is None
    if not isinstance(outline, list):
        return None, True
    # A single polygon is sometimes given without the list around it.
    flats = [outline] if outline and not isinstance(outline[0], list) else outline[:MAX_RINGS]
    polygon = polygon_of(points_of(flat) for flat in flats)
    if polygon is None:
        return None, True
    return united(polygon, size), len(polygon.value) < len(flats)


def _box_around(label: str, forms: list[Form]) -> Box | None:
    bounds = next((bounds for form in forms if (bounds := form.bounds())), None)
    return Box(label, *bounds) if bounds else None


def _place(box: Box) -> _Place:
    return box.label, box.x, box.y, box.w, box.h


def _places(boxes: list[Box]) -> dict[_Place, int]:
    return {_place(box): at for at, box in enumerate(boxes)}


def _joined(known: Box, new: Box) -> Box:
    """One object with the forms of both files."""
    forms = [form for form in (known.form, *known.also, new.form, *new.also) if form is not None]
    kept = list({form.kind: form for form in reversed(forms)}.values())[::-1]
    attributes = tuple(sorted({**dict(new.attributes), **dict(known.attributes)}.items()))
    return replace(known, form=kept[0] if kept else None, also=tuple(kept[1:]), attributes=attributes)
