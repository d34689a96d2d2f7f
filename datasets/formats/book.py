"""What several annotation files say, collected into one answer a picture. Pure; shared by the readers."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from datasets.formats.base import (
    Box,
    Draft,
    FormatMismatch,
    Member,
    MemberUnreadable,
    Plan,
    Problem,
    Split,
    Tree,
)
from datasets.formats.geometry import box_of
from datasets.formats.jsonfiles import JsonRefused
from datasets.formats.layout import leftovers, pictures_placed
from datasets.formats.matching import pictures_of
from datasets.formats.names import class_name, shown
from datasets.formats.textfiles import TextRefused, text_decoded
from datasets.formats.xmlfiles import XmlRefused
from datasets.formats.yamlfiles import YamlRefused

MAX_TEXT_BYTES: Final = 64 * 1024**2
# How many files of a kind tell what a tree is; once that is known, all of them are read.
LOOKED_AT: Final = 8
ALL: Final = 50_000
MAX_LISTED_CLASSES: Final = 1_000
MISSING: Final = "the annotation names a picture that is not among the files, or that several are called"
BOX_INVALID: Final = "a box is four finite numbers with width and height above zero; draw it again"
NO_CLASS: Final = "a shape names no class; give it one"
_MAX_KEPT_NAME, _MAX_KEPT_NAMES = 200, 10_000
_NOTICE_TEXT: Final = {
    "geometry_reduced": "a shape that is no upright box became the box around it",
    "details_dropped": "attributes, scores, authors and times beside the labels are not kept",
    "class_names_missing": "no file names the classes, so their numbers are their names; rename them",
}
UNREADABLE = (JsonRefused, TextRefused, XmlRefused, YamlRefused)


@dataclass(slots=True)
class Marks:
    """What the files say about one picture. `rejected`: something was marked that could not be kept."""

    boxes: list[Box] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    split: str = ""
    group: str = ""
    size: tuple[int, int] | None = None
    annotated: bool = False
    is_relative: bool = False
    rejected: bool = False


class Book:
    """Collects marks, classes and problems; `plan` is the end of it."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.pictures = pictures_of(tree)
        self.classes: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.read_any = False
        self._placed = pictures_placed(tree)
        self._marks: dict[int, Marks] = {}
        self._notices: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._cleaned: dict[str, str] = {}

    def read(self, member: Member, limit_bytes: int = MAX_TEXT_BYTES) -> bytes | None:
        """The bytes of a file; what is wrong with it becomes a problem and None."""
        try:
            return self.tree.read(member, limit_bytes)
        except MemberUnreadable as exc:
            self.problems.append(exc.problem)
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
        try:
            take(content)
        except UNREADABLE as exc:
            self.unreadable(member, str(exc))
        else:
            self.read_any = True

    def unreadable(self, member: Member, detail: str) -> None:
        """A file that could not be read, or not to its end."""
        self.fault("annotation_unreadable", member.name, detail)

    def fault(self, code: str, where: str, detail: str, marks: Marks | None = None) -> None:
        """Something that could not be read; `marks` of the picture when it was a mark on one."""
        self.problems.append(Problem(code, shown(where), detail))
        if marks is not None:
            marks.rejected = True

    def notice(self, code: str, where: str, count: int = 1) -> None:
        """Something that is not kept; told once, with how often and where first."""
        if count:
            self._first.setdefault(code, shown(where))
            self._notices[code] += count

    def marks(self, member: Member) -> Marks:
        """What is known of a picture so far."""
        return self._marks.setdefault(member.index, Marks())

    def named(self, stated: str) -> Marks | None:
        """The marks of the picture an annotation names; a problem and None when there is none."""
        member = self.pictures.named(stated)
        if member is None:
            self.fault("image_missing", stated, MISSING)
            return None
        return self.marks(member)

    def class_of(self, raw: Any) -> str | None:
        """A class name fit to show, known from now on; None for what is no name."""
        if not isinstance(raw, str):
            return None
        name = self._cleaned.get(raw)
        if name is None:
            name = class_name(raw)
            if len(raw) <= _MAX_KEPT_NAME and len(self._cleaned) < _MAX_KEPT_NAMES:
                self._cleaned[raw] = name
        # The stored one, so that a hundred thousand boxes share one name.
        return self.classes.setdefault(name, name) if name else None

    def box(self, marks: Marks, label: str | None, corners: Sequence[Any] | None, where: str) -> None:
        """Add a box; what is none becomes a problem."""
        if label is None:
            self.fault("category_unknown", where, NO_CLASS, marks)
            return
        box = box_of(label, corners) if corners is not None else None
        if box is None:
            self.fault("box_invalid", where, BOX_INVALID, marks)
            return
        marks.boxes.append(box)

    def require_read(self) -> None:
        """Raises FormatMismatch when no annotation file could be read and nothing is marked."""
        if not self.read_any and not self._marks:
            found = [p.detail for p in self.problems if p.code == "annotation_unreadable"]
            detail = found[0] if found else "no annotation file could be read"
            raise FormatMismatch(detail, field="format")

    def plan(self) -> Plan:
        """One draft a picture in the order of the tree, then the problems."""
        notices = [
            Problem(code, self._first[code], _NOTICE_TEXT[code], count)
            for code, count in sorted(self._notices.items())
        ]
        items: list[Draft | Problem] = [*self._drafts(), *self.problems, *notices, *leftovers(self.tree)]
        return Plan(self._classes(), items)

    def _classes(self) -> tuple[str, ...]:
        """All that are listed; only those in use where a list is longer than a data set may be."""
        if len(self.classes) <= MAX_LISTED_CLASSES:
            return tuple(self.classes)
        used = {box.label for marks in self._marks.values() for box in marks.boxes}
        used |= {label for marks in self._marks.values() for label in marks.labels}
        return tuple(name for name in self.classes if name in used)

    def _drafts(self) -> Iterator[Draft]:
        nothing = Marks()
        for placed in self._placed:
            marks = self._marks.get(placed.member.index, nothing)
            labels = set(marks.labels)
            if len(labels) > 1 and not marks.boxes:
                self.fault("several_classes", placed.name, "several classes are given; a picture takes one")
            yield Draft(
                placed.member,
                placed.name,
                label=marks.labels[0] if len(labels) == 1 and not marks.boxes else None,
                boxes=tuple(marks.boxes),
                split=cast(Split, placed.split or marks.split),
                group=marks.group,
                # Whose every mark was rejected is not looked at and found empty: somebody has to look again.
                annotated=marks.annotated and bool(marks.boxes or marks.labels or not marks.rejected),
                stated_size=marks.size,
                is_relative=marks.is_relative,
            )


def covering(score: float, files: int, tree: Tree) -> float:
    """The score of a format with a file a picture: a tenth less when hardly any picture has one."""
    pictures = sum(member.is_image for member in tree.members)
    return score - 0.1 * (1 - min(1.0, files / max(1, pictures)))


def sniffed(
    tree: Tree, *suffixes: str, limit: int = LOOKED_AT, limit_bytes: int = MAX_TEXT_BYTES
) -> Iterator[tuple[Member, bytes]]:
    """The first few files with such a suffix that can be read, for a look at what they are."""
    for member in [m for m in tree.members if m.suffix in suffixes][:limit]:
        try:
            yield member, tree.read(member, limit_bytes)
        except MemberUnreadable:
            continue
