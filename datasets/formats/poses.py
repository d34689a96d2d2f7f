"""Key points that a format writes as single points beside the object they belong to. Pure.

Such formats have no place for the order of the points and for the lines between them: exports say both in
`skeletons.json`. Without it the order is the one in which the names are met.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from datasets.formats.base import Member, Tree
from datasets.formats.book import Book, Marks
from datasets.formats.forms import form_or_none, skeleton_of
from datasets.formats.jsonfiles import JsonRefused, json_parsed
from datasets.geometry import Form
from datasets.geometry.forms import MAX_KEYPOINTS
from datasets.geometry.skeleton import Skeleton
from datasets.manifest import ManifestHeader

FILE: Final = "skeletons.json"
HIDDEN: Final = "occluded"
_MAX_FILE_BYTES: Final = 4 * 1024**2
_MAX_NAME: Final = 100
# Points that are not there cost a place each: many names that every object lacks must not fill the memory.
_MAX_PLACES: Final = 10_000_000
_ABSENT: Final = (0.0, 0.0, 0)
_DAMAGED: Final = "a key point is two finite numbers and a name of 1 to 100 characters; draw it again"


@dataclass(frozen=True, slots=True)
class Part:
    """A point of an object: `seen` is 2, or 1 where something hides it. `at` is None for what is no place."""

    name: Any
    at: tuple[float, float] | None
    seen: int = 2


@dataclass(frozen=True, slots=True)
class _Pose:
    """The object at `place` of the boxes of a picture, and its points by name."""

    marks: Marks
    place: int
    points: dict[str, tuple[float, float, int]]


def is_skeletons(member: Member) -> bool:
    """By its name."""
    return member.name.rpartition("/")[2] == FILE


class Poses:
    """Collects the points of every object; they take their order once all names are known."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._names: dict[str, dict[str, None]] = {}
        self._lines: dict[str, tuple[tuple[int, int], ...]] = {}
        self._poses: list[_Pose] = []

    def declare(self, tree: Tree) -> None:
        """What `skeletons.json` says; one that is damaged is a problem."""
        for member in filter(is_skeletons, tree.members):
            content = self._book.read(member, _MAX_FILE_BYTES)
            try:
                self._take(content or b"{}")
            except JsonRefused as exc:
                self._book.unreadable(member, str(exc))

    def declares(self, label: str, name: str) -> bool:
        """Whether the key points of a class have that name, as far as is known."""
        return name in self._names.get(label, ())

    def add(self, marks: Marks, place: int, parts: Iterable[Part], where: str) -> None:
        """The points of the object at `place`. Of two of one name the first counts."""
        label = marks.boxes[place].label
        names = self._names.setdefault(label, {})
        points: dict[str, tuple[float, float, int]] = {}
        for part in parts:
            name, at = part.name, part.at
            is_name = isinstance(name, str) and 0 < len(name) <= _MAX_NAME
            if at is None or not is_name or form_or_none("keypoints", [[*at, part.seen]]) is None:
                self._book.fault("shape_invalid", where, _DAMAGED, marks)
            elif name in points or (name not in names and len(names) >= MAX_KEYPOINTS):
                self._book.notice("points_left_out", where)
            else:
                names[name] = None
                points[name] = (float(at[0]), float(at[1]), part.seen)
        if points:
            self._poses.append(_Pose(marks, place, points))

    def close(self) -> None:
        """Give every object its points in the order of its class, and the classes their skeletons."""
        left = _MAX_PLACES
        for pose in self._poses:
            box = pose.marks.boxes[pose.place]
            names = self._names[box.label]
            left -= len(names) - len(pose.points)
            if left < 0:
                detail = (
                    "objects with far fewer points than their class has; name the points of a class alike"
                )
                self._book.fault("shape_invalid", box.label, detail, pose.marks)
                continue
            form = Form("keypoints", tuple(pose.points.get(name, _ABSENT) for name in names))
            grown = replace(box, form=form) if box.form is None else replace(box, also=(*box.also, form))
            pose.marks.boxes[pose.place] = grown
        for label, known in self._names.items():
            if known:
                self._book.skeleton(label, Skeleton(tuple(known), self._lines.get(label, ())))

    def _take(self, content: bytes) -> None:
        document = json_parsed(content)
        rows = document.get("skeletons") if isinstance(document, dict) else None
        for row in rows if isinstance(rows, list) else ():
            skeleton = skeleton_of(row.get("points"), row.get("lines"), 0) if isinstance(row, dict) else None
            label = None if skeleton is None else self._book.class_of(row.get("label"))
            if skeleton is not None and label is not None and label not in self._names:
                self._names[label] = dict.fromkeys(skeleton.points)
                self._lines[label] = skeleton.lines if len(self._names[label]) == len(skeleton.points) else ()


def skeletons_text(header: ManifestHeader) -> bytes | None:
    """`skeletons.json` of a version; None where no class has key points."""
    rows = [
        {"label": row.name, **replace(row.skeleton, points=tuple(names_of(row.skeleton, 0))).to_json()}
        for row in header.classes
        if row.skeleton is not None
    ]
    return orjson.dumps({"skeletons": rows}) if rows else None


def names_of(skeleton: Skeleton | None, count: int) -> list[str]:
    """A name for each of `count` points, at least for those of the skeleton, none of them twice."""
    said = () if skeleton is None else skeleton.points
    names: dict[str, None] = {}
    for place in range(max(len(said), count)):
        name = told = said[place] if place < len(said) else str(place + 1)
        more = place + 1
        while name in names:
            name, more = f"{told[: _MAX_NAME - 10]} {more}", more + 1
        names[name] = None
    return list(names)


def parts_of(form: Form, skeleton: Skeleton | None) -> Iterator[tuple[str, float, float, bool]]:
    """Name, x, y and whether it is hidden, of the points that are there."""
    for name, (x, y, seen) in zip(names_of(skeleton, len(form.value)), form.value, strict=False):
        if seen:
            yield name, x, y, seen == 1
