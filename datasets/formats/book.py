"""What several annotation files say, collected into one answer a picture. Pure; shared by the readers."""

import codecs
import re
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from datasets.attributes import Attribute
from datasets.formats.base import (
    Box,
    Draft,
    FormatMismatch,
    Member,
    MemberUnreadable,
    Plan,
    Problem,
    Region,
    Split,
    Tree,
)
from datasets.formats.geometry import box_of
from datasets.formats.jsonfiles import JsonRefused, json_utf8
from datasets.formats.layout import examples, leftovers, pictures_placed
from datasets.formats.matching import pictures_of
from datasets.formats.names import CUT_NAMES, CutNames, class_name, shown
from datasets.formats.textfiles import TextRefused, text_decoded
from datasets.formats.xmlfiles import XmlRefused
from datasets.formats.yamlfiles import YamlRefused
from datasets.geometry import Form, FormRefused
from datasets.geometry.forms import attributes_from
from datasets.geometry.skeleton import Skeleton
from datasets.geometry.stretches import stretch_from
from datasets.origins import Origin

MAX_TEXT_BYTES: Final = 64 * 1024**2
# How many files of a kind tell what a tree is; once that is known, all of them are read.
LOOKED_AT: Final = 16
_MAX_LOOK_BYTES: Final = 768 * 1024**2
ALL: Final = 50_000
MAX_LISTED_CLASSES: Final = 1_000
MAX_REGIONS: Final = 20_000
MISSING: Final = "the annotation names a file that is not among those sent, or that several are called"
BOX_INVALID: Final = "a box is four finite numbers with width and height above zero; draw it again"
SHAPE_INVALID: Final = "a shape is no polygon, mask, line or list of key points; draw it again"
NO_CLASS: Final = "a shape names no class; give it one"
REMEDY: Final = "Mend or export that file again, or import the pictures alone as loose pictures"
_MAX_KEPT_NAME, _MAX_KEPT_NAMES = 200, 10_000
_MAX_KEPT_PROBLEMS, _MAX_MISSING = 1_000, 200_000
_NOTICE_TEXT: Final = {
    "annotations_not_understood": "a file beside the labels was not read; if labels are inside, "
    "import it on its own with its format chosen by hand",
    "geometry_reduced": "a shape that is no upright box became the box around it",
    "curve_approximated": "a circle or an ellipse became a polygon of 64 corners",
    "date_invalid": "a date is none, so it is not known when that was labeled; export it again",
    "details_dropped": "attributes, scores and working times beside the labels are not kept",
    "points_left_out": "of two key points of one name the first counts, and a class has at most 1,000 of them",
    "further_annotations": "of several annotations of one picture a ground truth counts, else the newest; "
    "the others are left out",
    "tasks_skipped": "pictures that were skipped there come in unlabeled",
    "classes_joined": CUT_NAMES,
    "class_names_missing": "no file names the classes, so their numbers are their names; rename them",
}
_TELLING: Final = re.compile(r"instances|annotation|coco|label|export|project|result|task|train|val|test")
_WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_AGAIN: Final = "export it again"
UNREADABLE = (JsonRefused, TextRefused, XmlRefused, YamlRefused)


@dataclass(slots=True)
class Marks:
    """What the files say about one picture. `rejected`: something was marked that could not be kept."""

    boxes: list[Box] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    about: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    regions: list[Region] = field(default_factory=list)
    split: str = ""
    group: str = ""
    size: tuple[int, int] | None = None
    annotated: bool = False
    is_relative: bool = False
    rejected: bool = False
    origin: Origin | None = None


class Book:
    """Collects marks, classes and problems; `plan` is the end of it."""

    def __init__(self, tree: Tree, without: Container[int] = ()) -> None:
        """`without` are the indices of images that are no samples."""
        self.tree = tree
        self.pictures = pictures_of(tree)
        self.classes: dict[str, str] = {}
        self.skeletons: dict[str, Skeleton] = {}
        self.attributes: dict[str, tuple[Attribute, ...]] = {}
        self.read_any = False
        self._problems: list[Problem] = []
        self._more: dict[tuple[str, str], Problem] = {}
        self._missing: set[str] = set()
        self._refusal = ""
        self._file = ""
        self._placed = [row for row in pictures_placed(tree) if row.member.index not in without]
        self._marks: dict[int, Marks] = {}
        self._notices: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._cleaned: dict[str, str] = {}
        self._cut = CutNames()

    def read(self, member: Member, limit_bytes: int = MAX_TEXT_BYTES) -> bytes | None:
        """The bytes of a file; what is wrong with it becomes a problem and None."""
        try:
            return self.tree.read(member, limit_bytes)
        except MemberUnreadable as exc:
            self._keep(exc.problem)
            self._refuse(exc.problem)
            return None

    def text(self, member: Member, limit_bytes: int = MAX_TEXT_BYTES) -> str | None:
        """The text of a file; what is wrong with it becomes a problem and None."""
        content = self.read(member, limit_bytes)
        try:
            return None if content is None else text_decoded(content)
        except TextRefused as exc:
            self.unreadable(member, str(exc))
            return None

    def consume(
        self, member: Member, take: Callable[[bytes], None], limit_bytes: int = MAX_TEXT_BYTES
    ) -> None:
        """Give a file's bytes to `take`; where it breaks off becomes a problem, what came before is kept."""
        content = self.read(member, limit_bytes)
        if content is None:
            return
        self._file = member.name
        try:
            take(content)
        except UNREADABLE as exc:
            self.unreadable(member, str(exc))
        else:
            self.read_any = True
        finally:
            self._file = ""

    def unreadable(self, member: Member, detail: str) -> None:
        """A file that could not be read, or not to its end."""
        detail = detail if "; " in detail else f"{detail}; {_AGAIN}"
        self.fault("annotation_unreadable", member.name, detail)
        self._refuse(Problem("annotation_unreadable", shown(member.name), detail))

    def fault(self, code: str, where: str, detail: str, marks: Marks | None = None) -> None:
        """Something that could not be read; `marks` of the picture when it was a mark on one."""
        if marks is not None:
            marks.rejected = True
        place = shown(where)
        if code == "image_missing":
            if place in self._missing:
                return
            if len(self._missing) < _MAX_MISSING:
                self._missing.add(place)
        self._keep(Problem(code, place, detail))

    def _keep(self, problem: Problem) -> None:
        """Each one while there are few; then one for every kind and file, with how often it was met."""
        if len(self._problems) < _MAX_KEPT_PROBLEMS:
            self._problems.append(problem)
            return
        key = (problem.code, self._file if len(self._more) < _MAX_KEPT_PROBLEMS else "")
        told = self._more.get(key)
        self._more[key] = problem if told is None else replace(told, count=told.count + 1)

    def _refuse(self, problem: Problem) -> None:
        self._refusal = self._refusal or f"{problem.where}: {problem.detail}"

    def notice(self, code: str, where: str, count: int = 1) -> None:
        """Something that is not kept; told once, with how often and where first."""
        if count:
            self._first.setdefault(code, shown(where))
            self._notices[code] += count

    def marks(self, member: Member) -> Marks:
        """What is known of a picture so far."""
        return self._marks.setdefault(member.index, Marks())

    def named(self, stated: str, near: Sequence[str] = ()) -> Marks | None:
        """The marks of the picture an annotation names; a problem and None when there is none.

        `near` are folders in which a picture of that name is the one that is meant.
        """
        member = self.pictures.named(stated, near)
        if member is None:
            self.fault("image_missing", stated, MISSING)
            return None
        return self.marks(member)

    def class_named(self, raw: str) -> str:
        """As `class_name`; tells the names that are one only because they were cut."""
        name = class_name(raw)
        self.notice("classes_joined", name, int(self._cut.joins(raw)))
        return name

    def class_of(self, raw: Any) -> str | None:
        """A class name fit to show, known from now on; None for what is no name."""
        if not isinstance(raw, str):
            return None
        name = self._cleaned.get(raw)
        if name is None:
            name = self.class_named(raw)
            if len(raw) <= _MAX_KEPT_NAME and len(self._cleaned) < _MAX_KEPT_NAMES:
                self._cleaned[raw] = name
        # The stored one, so that a hundred thousand boxes share one name.
        return self.classes.setdefault(name, name) if name else None

    def box(
        self,
        marks: Marks,
        label: str | None,
        corners: Sequence[Any] | None,
        where: str,
        attributes: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Add a box; what is none becomes a problem."""
        if label is None:
            self.fault("category_unknown", where, NO_CLASS, marks)
            return
        box = box_of(label, corners) if corners is not None else None
        if box is None:
            self.fault("box_invalid", where, BOX_INVALID, marks)
            return
        marks.boxes.append(replace(box, attributes=attributes) if attributes else box)

    def region(
        self, marks: Marks, label: str | None, ends: tuple[Any, Any], where: str, more: Any = None
    ) -> None:
        """Add a stretch of a recording with what is said beside it; what is none becomes a problem.

        Whether it lies in its recording is known only when that was opened.
        """
        if label is None:
            self.fault("category_unknown", where, NO_CLASS, marks)
        elif len(marks.regions) >= MAX_REGIONS:
            self.fault(
                "region_invalid", where, f"over {MAX_REGIONS} regions in one recording; split it", marks
            )
        else:
            try:
                marks.regions.append(Region(label, *stretch_from(*ends, None), attributes_from(more)))
            except FormRefused as exc:
                self.fault("region_invalid", where, f"{exc}; mark it again", marks)

    def shape(
        self,
        marks: Marks,
        label: str | None,
        form: Form | None,
        where: str,
        attributes: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Add a shape that is more than a box; what is none becomes a problem."""
        bounds = None if form is None else form.bounds()
        if label is None:
            self.fault("category_unknown", where, NO_CLASS, marks)
        elif form is None or bounds is None:
            self.fault("shape_invalid", where, SHAPE_INVALID, marks)
        else:
            marks.boxes.append(Box(label, *bounds, form, attributes))

    def skeleton(self, name: str, skeleton: Skeleton | None) -> None:
        """What a file says of the key points of a class; the first one counts."""
        if skeleton is not None:
            self.skeletons.setdefault(name, skeleton)

    def asked(self, name: str, attributes: tuple[Attribute, ...]) -> None:
        """What a file says that the objects of a class are asked; the first one counts."""
        if attributes:
            self.attributes.setdefault(name, attributes)

    def require_read(self) -> None:
        """Raises FormatMismatch when no annotation file could be read and nothing is marked."""
        if not self.read_any and not self._marks:
            detail = self._refusal or "no annotation file could be read"
            raise FormatMismatch(f"{detail}. {REMEDY}", field="format")

    def plan(self) -> Plan:
        """One draft a picture in the order of the tree, then the problems."""
        notices = [
            Problem(code, self._first[code], _NOTICE_TEXT[code], count)
            for code, count in sorted(self._notices.items())
        ]
        drafts = list(self._drafts())
        faults = [*self._problems, *self._more.values()]
        items: list[Draft | Problem] = [*drafts, *faults, *notices, *leftovers(self.tree)]
        return Plan(self._classes(), items, self.skeletons, self.attributes)

    def _classes(self) -> tuple[str, ...]:
        """All that are listed; only those in use where a list is longer than a data set may be."""
        if len(self.classes) <= MAX_LISTED_CLASSES:
            return tuple(self.classes)
        used = {box.label for marks in self._marks.values() for box in marks.boxes}
        used |= {region.label for marks in self._marks.values() for region in marks.regions}
        used |= {label for marks in self._marks.values() for label in marks.labels}
        return tuple(name for name in self.classes if name in used)

    def _drafts(self) -> Iterator[Draft]:
        nothing = Marks()
        for placed in self._placed:
            marks = self._marks.get(placed.member.index, nothing)
            labels = () if marks.boxes else tuple(dict.fromkeys(marks.labels))
            yield Draft(
                placed.member,
                placed.name,
                label=labels[0] if len(labels) == 1 else None,
                labels=labels,
                about=marks.about,
                boxes=tuple(marks.boxes),
                regions=tuple(marks.regions),
                split=cast(Split, placed.split or marks.split),
                group=marks.group,
                # Whose every mark was rejected is not looked at and found empty: somebody has to look again.
                annotated=marks.annotated
                and bool(marks.boxes or marks.labels or marks.regions or not marks.rejected),
                stated_size=marks.size,
                is_relative=marks.is_relative,
                origin=marks.origin,
            )


def absent(tree: Tree, missing: str, *suffixes: str) -> FormatMismatch:
    """The refusal of a tree without the files of a format, with the names of those that were looked at."""
    names = [member.name for member in tree.members if member.suffix in suffixes]
    seen = f", looked at {examples(names)}" if names else ""
    return FormatMismatch(f"{missing}{seen}; choose another format, or export again", field="format")


def covering(score: float, files: int, tree: Tree) -> float:
    """The score of a format with a file a picture: a tenth less when hardly any picture has one."""
    pictures = sum(map(tree.is_sample, tree.members))
    return score - 0.1 * (1 - min(1.0, files / max(1, pictures)))


def sniffed(
    tree: Tree, *suffixes: str, limit: int = LOOKED_AT, limit_bytes: int = MAX_TEXT_BYTES
) -> Iterator[tuple[Member, bytes]]:
    """The files with such a suffix that can be read and tell most, for a look at what they are.

    JSON comes as UTF-8, whatever its encoding was.
    """
    for member in telling([m for m in tree.members if m.suffix in suffixes], limit):
        try:
            content = tree.read(member, limit_bytes)
            yield member, _as_utf8(content) if member.suffix == "json" else content
        except (MemberUnreadable, JsonRefused):
            continue


def _as_utf8(content: bytes) -> bytes:
    is_wide = content.startswith(_WIDE_MARKS) or b"\x00" in content[:8]
    return json_utf8(content) if is_wide else content


def telling(members: Sequence[Member], limit: int = LOOKED_AT) -> list[Member]:
    """Which of many files to look at, in order; all of them, as they come, where the limit is `ALL`.

    Those with telling names, the largest, one of each folder and the first, `limit` of each kind, until
    they come to too many bytes.
    """
    if limit >= ALL or len(members) <= limit:
        return list(members[:limit])
    by_size = sorted(members, key=lambda member: -member.size_bytes)
    named = [member for member in by_size if _TELLING.search(member.name.rpartition("/")[2].lower())]
    folders = {member.name.rpartition("/")[0]: member for member in reversed(members)}
    picked = [*named[:limit], *by_size[:limit], *list(folders.values())[-limit:], *members[:limit]]
    found, size_bytes = [], 0
    for member in dict.fromkeys(picked):
        if size_bytes + member.size_bytes <= _MAX_LOOK_BYTES:
            found.append(member)
            size_bytes += member.size_bytes
    return found
