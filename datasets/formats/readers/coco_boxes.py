"""COCO instances: boxes (or, without geometry, classes) of pictures that lie beside the JSON."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from datasets.formats.base import (
    Box,
    Draft,
    FormatImporter,
    FormatMismatch,
    Guess,
    Member,
    MemberUnreadable,
    Plan,
    Problem,
    Split,
    Tree,
)
from datasets.formats.jsonfiles import JsonRefused, json_parsed, looks_like_coco
from datasets.formats.layout import leftovers, pictures_placed
from datasets.formats.names import class_name, compare_key, shown, split_of

_MAX_JSON_BYTES = 512 * 1024**2
_MAX_SNIFFED = 8


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
        files = _coco_members(tree)
        if not files:
            raise FormatMismatch(
                "no COCO instances file (images, annotations, categories) among the files", field="format"
            )
        book = _Book(tree)
        for member in files:
            book.add(member)
        if not book.read_any:
            raise FormatMismatch(book.problems[0].detail, field="format")
        return Plan(tuple(book.classes), [*book.drafts(), *book.problems, *leftovers(tree)])


def _coco_members(tree: Tree) -> list[Member]:
    found = []
    for member in [m for m in tree.members if m.suffix == "json"][:_MAX_SNIFFED]:
        try:
            content = tree.read(member, _MAX_JSON_BYTES)
        except MemberUnreadable:
            continue
        if looks_like_coco(content):
            found.append(member)
    return found


@dataclass(slots=True)
class _Marks:
    """What the files say about one picture."""

    boxes: list[Box] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    split: str = ""
    group: str = ""
    size: tuple[int, int] | None = None
    annotated: bool = False


class _Book:
    """Collects several instance files into one answer a picture."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._placed = pictures_placed(tree)
        self._by_name = _index(p.member for p in self._placed)
        self._marks: dict[int, _Marks] = {}
        self.classes: dict[str, None] = {}
        self.problems: list[Problem] = []
        self.read_any = False

    def add(self, member: Member) -> None:
        """Read one instances file; its faults become problems."""
        where = shown(member.name)
        try:
            document = json_parsed(self._tree.read(member, _MAX_JSON_BYTES))
        except MemberUnreadable as exc:
            self.problems.append(exc.problem)
            return
        except JsonRefused as exc:
            self.problems.append(Problem("annotation_unreadable", where, str(exc)))
            return
        tables = _tables(document)
        if tables is None:
            self.problems.append(
                Problem("annotation_unreadable", where, "images, annotations or categories is no list")
            )
            return
        self.read_any = True
        images, annotations, categories = tables
        names = self._category_names(categories, where)
        per_image = _grouped(annotations)
        for row in images:
            self._add_image(row, per_image, names, where, _split_in(member.name))

    def drafts(self) -> Iterator[Draft]:
        """One draft a picture, in the order of the tree."""
        for placed in self._placed:
            marks = self._marks.get(placed.member.index) or _Marks()
            labels = set(marks.labels)
            yield Draft(
                placed.member,
                placed.name,
                label=marks.labels[0] if len(labels) == 1 and not marks.boxes else None,
                boxes=tuple(marks.boxes),
                split=cast(Split, placed.split or marks.split),
                group=marks.group,
                annotated=marks.annotated,
                stated_size=marks.size,
            )

    def _category_names(self, categories: list[Any], where: str) -> dict[int, str]:
        names: dict[int, str] = {}
        for row in categories:
            if (
                not isinstance(row, dict)
                or not isinstance(row.get("id"), int)
                or not isinstance(row.get("name"), str)
            ):
                self.problems.append(
                    Problem("category_unreadable", where, "a category needs an id and a name")
                )
                continue
            if name := class_name(row["name"]):
                names[row["id"]] = name
        for _, name in sorted(names.items()):
            self.classes.setdefault(name)
        return names

    def _add_image(
        self, row: Any, per_image: dict[int, list[Any]], names: dict[int, str], where: str, split: str
    ) -> None:
        if (
            not isinstance(row, dict)
            or not isinstance(row.get("file_name"), str)
            or not isinstance(row.get("id"), int)
        ):
            self.problems.append(
                Problem("image_row_unreadable", where, "an image needs an id and a file_name")
            )
            return
        member = _match(self._by_name, row["file_name"])
        if member is None:
            detail = "the annotation names a picture that is not among the files"
            self.problems.append(Problem("image_missing", shown(row["file_name"]), detail))
            return
        marks = self._marks.setdefault(member.index, _Marks())
        marks.split = marks.split or split
        marks.size = marks.size or _size(row)
        marks.group = marks.group or class_name(str(row.get("group", "")))
        marks.annotated = marks.annotated or row.get("unlabeled") is not True
        for annotation in per_image.get(row["id"], ()):
            problem = _add_annotation(marks, annotation, names, shown(row["file_name"]))
            if problem is not None:
                self.problems.append(problem)


def _tables(document: Any) -> tuple[list[Any], list[Any], list[Any]] | None:
    if not isinstance(document, dict):
        return None
    tables = [document.get(key, []) for key in ("images", "annotations", "categories")]
    if not all(isinstance(table, list) for table in tables):
        return None
    return tables[0], tables[1], tables[2]


def _grouped(annotations: list[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in annotations:
        if isinstance(row, dict) and isinstance(row.get("image_id"), int):
            grouped[row["image_id"]].append(row)
    return grouped


def _index(members: Iterable[Member]) -> dict[str, Member | None]:
    """Members by full name and by every tail of it; None where two have the same tail."""
    index: dict[str, Member | None] = {}
    for member in members:
        parts = compare_key(member.name).split("/")
        for start in range(len(parts)):
            key = "/".join(parts[start:])
            index[key] = None if key in index and start else member
    return index


def _match(index: dict[str, Member | None], file_name: str) -> Member | None:
    """The longest tail of the stated name that names exactly one picture."""
    parts = compare_key(file_name.replace("\\", "/")).split("/")
    for start in range(len(parts)):
        if (member := index.get("/".join(parts[start:]))) is not None:
            return member
    return None


def _split_in(name: str) -> str:
    """`instances_train2017.json` and `train/_annotations.coco.json` both say train."""
    folder, _, tail = name.rpartition("/")
    words = [folder.rpartition("/")[2], *tail.rpartition(".")[0].replace("-", "_").split("_")]
    return next((split for word in words if (split := split_of(word.rstrip("0123456789")))), "")


def _size(row: dict[str, Any]) -> tuple[int, int] | None:
    width, height = row.get("width"), row.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return None


def _add_annotation(marks: _Marks, row: dict[str, Any], names: dict[int, str], where: str) -> Problem | None:
    label = names.get(row["category_id"]) if isinstance(row.get("category_id"), int) else None
    if label is None:
        return Problem("category_unknown", where, "an annotation names a category that is not defined")
    corners = row.get("bbox") or _around(row.get("segmentation"))
    if not corners:
        marks.labels.append(label)
        return None
    if not _is_box(corners):
        return Problem("box_invalid", where, "a box is four finite numbers with width and height above zero")
    marks.boxes.append(Box(label, *(float(value) for value in corners)))
    return None


def _is_box(corners: Any) -> bool:
    return (
        isinstance(corners, list)
        and len(corners) == 4
        and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in corners)
        and all(math.isfinite(value) and abs(value) < 1e9 for value in corners)
        and corners[2] > 0
        and corners[3] > 0
    )


def _around(polygons: Any) -> list[float] | None:
    """The box around polygons when no box is given."""
    if not isinstance(polygons, list) or not polygons or not all(isinstance(ring, list) for ring in polygons):
        return None
    values = [value for ring in polygons for value in ring]
    if len(values) < 6 or not all(isinstance(value, (int, float)) for value in values):
        return None
    xs = [value for ring in polygons for value in ring[0::2]]
    ys = [value for ring in polygons for value in ring[1::2]]
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
