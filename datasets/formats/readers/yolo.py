"""YOLO: a text file a picture, class numbers and fractions of it; Ultralytics and Darknet layouts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from datasets.formats.base import FormatImporter, Guess, Member, MemberUnreadable, Plan, Tree
from datasets.formats.book import MISSING, Book, Marks, absent, covering, sniffed
from datasets.formats.classlists import class_lines
from datasets.formats.forms import form_or_none, points_of, polygon_of, skeleton_of
from datasets.formats.geometry import Corners, number, numbers
from datasets.formats.matching import pictures_of
from datasets.formats.names import compare_key, shown, split_in, split_of
from datasets.formats.textfiles import TextRefused, text_decoded
from datasets.formats.yamlfiles import MAX_YAML_BYTES, yaml_parsed
from datasets.geometry import Form
from datasets.geometry.forms import MAX_KEYPOINTS

_NAME_FILES = ("classes.txt", "obj.names", "names.txt", "labels.txt", "predefined_classes.txt")
_MAX_LABEL_BYTES = 16 * 1024**2
_MAX_LOOKED_AT, _MAX_LOOK_BYTES, _ROWS_LOOKED_AT = 512, 64 * 1024**2, 20
_MAX_CLASSES = 10_000
_CORNERS_ROW = 9
# Drawn by hand a box may leave its picture a little; anything further is in pixels, not relative.
_LARGEST = 1.5
_ROUNDING = 0.002
_SPLIT_KEYS = {"train": "train", "val": "val", "valid": "val", "test": "test"}


class Yolo(FormatImporter):
    """Rows of `class x y w h`, centers and sizes as fractions of the upright picture.

    Longer rows are outlines; turned boxes where every row of the set has four corners, and key points where
    the YAML has a `kpt_shape`.
    """

    key = "yolo"
    title = "YOLO"

    def sniff(self, tree: Tree) -> Guess:
        """Text files beside pictures, of the same stem, with rows of numbers."""
        files = list(_label_files(tree))
        look = _look(tree, files)
        named = any(
            member.suffix in ("yaml", "yml", "names") or member.name.rpartition("/")[2] == "classes.txt"
            for member in tree.members
        )
        is_laid_out = named or any(_is_in_labels(member) for member in files)
        if not look.files or not (look.rows or is_laid_out):
            return Guess(0.0, "no YOLO label files")
        is_like = 2 * look.like >= look.rows or is_laid_out
        if look.rows and not (look.whole and is_like):
            # Laid out as YOLO, a set whose rows are something else is still no set of loose pictures.
            return Guess(0.25 if is_laid_out else 0.0, "text files beside pictures hold no YOLO rows")
        score = covering(0.9 if named else 0.8, len(files), tree)
        what = _what(look, tree)
        return Guess(score, f"{look.where or 'the label files'} holds class numbers and {what}")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without label files."""
        book = Book(tree)
        files = list(_label_files(tree))
        if not files:
            raise absent(tree, "no text file belongs to a picture", "txt")
        setup = _Setup(book)
        setup.is_turned = not setup.is_outlined and _is_turned(_look(tree, files))
        for member in files:
            book.consume(member, _Labels(book, member, setup).take, _MAX_LABEL_BYTES)
        book.require_read()
        for member in _orphans(tree):
            book.fault("image_missing", member.name, MISSING)
        setup.add_splits()
        return book.plan()


def _label_files(tree: Tree) -> Iterator[Member]:
    index = pictures_of(tree)
    for member in tree.members:
        if member.suffix == "txt" and not _is_other(member) and index.beside(member.name) is not None:
            yield member


def _orphans(tree: Tree) -> Iterator[Member]:
    index = pictures_of(tree)
    for member in tree.members:
        if member.suffix != "txt" or _is_other(member) or index.beside(member.name) is not None:
            continue
        if _is_in_labels(member) or index.is_shared_stem(member.name):
            yield member


def _is_in_labels(member: Member) -> bool:
    return "labels" in compare_key(member.name).split("/")[:-1]


def _is_other(member: Member) -> bool:
    return member.name.rpartition("/")[2].lower() in _NAME_FILES


@dataclass(slots=True)
class _Look:
    """What a look at some label files found: files, their rows, rows like YOLO's, and those without a fault."""

    files: int = 0
    rows: int = 0
    like: int = 0
    whole: int = 0
    corners: int = 0
    long: int = 0
    where: str = ""


def _look(tree: Tree, files: list[Member]) -> _Look:
    """Files from the whole length of the list, so that a few odd ones in front decide nothing."""
    look, size_bytes = _Look(), 0
    for member in files[:: len(files) // _MAX_LOOKED_AT + 1]:
        size_bytes += member.size_bytes
        if size_bytes > _MAX_LOOK_BYTES:
            break
        try:
            text = text_decoded(tree.read(member, _MAX_LABEL_BYTES))
        except (MemberUnreadable, TextRefused):
            continue
        rows = [parts for line in text[:65_536].splitlines()[:_ROWS_LOOKED_AT] if (parts := line.split())]
        whole = sum(map(_is_row, rows))
        look.files, look.rows = look.files + 1, look.rows + len(rows)
        look.like, look.whole = look.like + sum(map(_is_like_row, rows)), look.whole + whole
        look.corners += sum(len(parts) == _CORNERS_ROW for parts in rows)
        look.long += sum(len(parts) > _CORNERS_ROW - 2 for parts in rows)
        look.where = look.where or (shown(member.name, 60) if whole else "")
    return look


def _is_turned(look: _Look) -> bool:
    """Whether every row has four corners: outlines of a whole set are not all quadrilaterals."""
    return look.rows > 0 and look.corners == look.rows


def _what(look: _Look, tree: Tree) -> str:
    if any(
        b"kpt_shape" in content for _, content in sniffed(tree, "yaml", "yml", limit_bytes=MAX_YAML_BYTES)
    ):
        return "key points, by the kpt_shape of the YAML"
    if _is_turned(look):
        return "turned boxes, since every row has four corners"
    return "outlines, since rows have more than four numbers" if look.long else "boxes"


def _is_row(parts: list[str]) -> bool:
    return len(parts) >= 5 and _class_number(parts[0]) is not None and numbers(parts) is not None


def _is_like_row(parts: list[str]) -> bool:
    """A row that means to be one: four numbers or more, whatever they are, behind at most a word."""
    return len(parts) >= 4 and all(map(_is_float, parts[-4:] if len(parts) < 6 else parts[1:]))


def _is_float(raw: str) -> bool:
    try:
        float(raw)
    except ValueError:
        return False
    return True


class _Setup:
    """Class names and splits, from whichever file has them."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._folders: dict[str, str] = {}
        self._lists: dict[str, str] = {}
        self.names: dict[int, str] = {}
        self.is_turned = self.is_outlined = False
        self.has_keypoints = False
        self.keypoints = 0
        self.numbers_a_point = 0
        for member in book.tree.members:
            if member.suffix in ("yaml", "yml"):
                book.consume(member, self._take_yaml, MAX_YAML_BYTES)
        book.read_any = False
        if not self.names:
            lines = class_lines(book, _NAME_FILES, ("names",))
            self.names = {place: name for place, name in enumerate(lines) if name}
        for _, name in sorted(self.names.items()):
            book.class_of(name)

    def label(self, number: int, where: str) -> str | None:
        """The class of a number; the number itself where no file names it."""
        if number >= _MAX_CLASSES:
            return None
        if number not in self.names:
            if self.names:
                return None
            self._book.notice("class_names_missing", where)
        return self._book.class_of(self.names.get(number, str(number)))

    def add_splits(self) -> None:
        """Splits by the folders and lists that were named, and by lists called after a split."""
        for member in self._book.tree.members:
            name = compare_key(member.name)
            if member.is_image and self._folders:
                self._add_folder_split(member, name)
            listed = self._lists.get(name.rpartition("/")[2]) or split_in(member.name.rpartition("/")[2])
            if member.suffix == "txt" and listed and self._book.pictures.beside(member.name) is None:
                self._add_list(member, listed)

    def _add_folder_split(self, member: Member, name: str) -> None:
        parts = name.split("/")[:-1]
        for start in range(len(parts)):
            for end in range(len(parts), start, -1):
                if split := self._folders.get("/".join(parts[start:end])):
                    marks = self._book.marks(member)
                    marks.split = marks.split or split
                    return

    def _add_list(self, member: Member, split: str) -> None:
        for line in (self._book.text(member) or "").splitlines():
            found = self._book.pictures.named(line) if line.strip() else None
            if found is not None:
                marks = self._book.marks(found)
                marks.split = marks.split or split

    def _take_yaml(self, content: bytes) -> None:
        document = yaml_parsed(content)
        if not isinstance(document, dict):
            return
        self.names = self.names or self._names(document.get("names"))
        # Ours says so, since outlines of four corners each look like turned boxes.
        self.is_outlined = self.is_outlined or document.get("task") == "segment"
        if "kpt_shape" in document:
            self._take_keypoints(document)
        for key, split in _SPLIT_KEYS.items():
            stated = document.get(key)
            for path in stated if isinstance(stated, list) else [stated]:
                if isinstance(path, str) and path.strip():
                    self._add_path(path, split)

    def _take_keypoints(self, document: dict[str, Any]) -> None:
        self.has_keypoints, stated = True, document["kpt_shape"]
        shape = [_whole(value) for value in stated[:3]] if isinstance(stated, list) else []
        if len(shape) == 2 and 1 <= (shape[0] or 0) <= MAX_KEYPOINTS and shape[1] in (2, 3):
            self.keypoints, self.numbers_a_point = shape[0] or 0, shape[1] or 0
        points, lines = (_by_class(document.get(key)) for key in ("kpt_names", "skeleton"))
        for place, name in self.names.items():
            drawn = lines.get(place)
            drawn = drawn if isinstance(drawn, list) else []
            edges = [[_whole(end) for end in line] for line in drawn if isinstance(line, list)]
            self._book.skeleton(name, skeleton_of(points.get(place), edges, 0))

    def _names(self, stated: Any) -> dict[int, str]:
        if not isinstance(stated, list | dict):
            return {}
        rows = list(stated.items() if isinstance(stated, dict) else enumerate(stated))
        names: dict[int, str] = {}
        for key, raw in rows[:_MAX_CLASSES]:
            place = key if isinstance(key, int) else _class_number(key) if isinstance(key, str) else None
            if place is None:
                detail = "a key of names is no class number; use whole numbers from 0 on"
                self._book.fault("category_unreadable", str(key)[:40] or "names", detail)
            elif isinstance(raw, str) and (name := self._book.class_named(raw)):
                names[place] = name
        return names

    def _add_path(self, path: str, split: str) -> None:
        parts = [part for part in compare_key(path.strip()).replace("\\", "/").split("/") if part.strip(".")]
        if parts and parts[-1].endswith(".txt"):
            self._lists.setdefault(parts[-1], split)
        elif parts and not split_of(parts[-1]):
            self._folders.setdefault("/".join(parts[-4:]), split)


def _whole(raw: Any) -> int | None:
    return raw if isinstance(raw, int) else _class_number(raw) if isinstance(raw, str) else None


def _by_class(stated: Any) -> dict[int | None, Any]:
    return {_whole(key): value for key, value in stated.items()} if isinstance(stated, dict) else {}


class _Labels:
    """The rows of one picture."""

    def __init__(self, book: Book, member: Member, setup: _Setup) -> None:
        self._book, self._member, self._setup = book, member, setup

    def take(self, content: bytes) -> None:
        """Raises TextRefused."""
        text = text_decoded(content)
        picture = self._book.pictures.beside(self._member.name)
        if picture is None:
            return
        marks = self._book.marks(picture)
        marks.annotated = marks.is_relative = True
        for line, row in enumerate(text.splitlines(), start=1):
            if parts := row.split():
                self._add(marks, parts, f"{self._member.name}:{line}")

    def _add(self, marks: Marks, parts: list[str], where: str) -> None:
        class_number = _class_number(parts[0])
        values = numbers(parts[1:])
        if class_number is None or values is None or len(values) < 4:
            self._book.fault("image_row_unreadable", where, "a row is a class number and four numbers", marks)
            return
        label = self._setup.label(class_number, where)
        if label is None:
            detail = "the list of class names has no name for the class number"
            self._book.fault("category_unknown", where, detail, marks)
            return
        form, values = self._keypoints(values)
        is_tracked = len(values) == 6 and not self._setup.has_keypoints and _is_tracked(values, parts[-1])
        is_outline = len(values) >= 6 and len(values) % 2 == 0 and not self._setup.has_keypoints
        is_outline = is_outline and not is_tracked
        if max(map(abs, values if is_outline else values[:4])) > _LARGEST:
            detail = "boxes are fractions of the picture, between 0 and 1; these are larger"
            self._book.fault("box_invalid", where, detail, marks)
            return
        if is_outline:
            self._book.shape(marks, label, self._outline(values), where)
            return
        if form is not None and min(values[2:4]) <= 0:
            self._book.shape(marks, label, form, where)
            return
        known = len(marks.boxes)
        self._book.box(marks, label, _corners(values), where)
        if form is not None and len(marks.boxes) > known:
            marks.boxes[-1] = replace(marks.boxes[-1], form=form)
        has_extras = len(values) == 5 or is_tracked
        self._book.notice("geometry_reduced", where, int(len(values) > 5 and not is_tracked))
        self._book.notice("details_dropped", where, int(has_extras))

    def _keypoints(self, values: list[float]) -> tuple[Form | None, list[float]]:
        """The key points behind a box, and what is left of the row; None where none of them is there."""
        count, width = self._setup.keypoints, self._setup.numbers_a_point
        if not count or len(values) != 4 + count * width:
            return None, values
        rows = [values[at : at + width] for at in range(4, len(values), width)]
        points = [row if width == 3 else [*row, 2 if any(row) else 0] for row in rows]
        if all(point[2] == 0 for point in points):
            return None, values[:4]
        form = form_or_none("keypoints", points)
        return form, values if form is None else values[:4]

    def _outline(self, values: list[float]) -> Form | None:
        points = points_of(values)
        if points is not None and self._setup.is_turned:
            return Form("quad", tuple((x, y) for x, y in points)) if _has_area(points) else None
        return polygon_of([points])


def _has_area(points: list[list[float]]) -> bool:
    return polygon_of([points]) is not None


def _is_tracked(values: list[float], last: str) -> bool:
    """Whether six numbers are a box, its score and the number of a track, as trackers write them.

    The other reading is a triangle. A track's number is whole and written so; a 1 may also be the edge of
    the picture, so there the box must lie inside of it.
    """
    if not (last.isascii() and last.isdigit()) or not 0 <= values[4] <= 1:
        return False
    x, y, w, h = _corners(values)
    is_inside = min(x, y) >= -_ROUNDING and max(x + w, y + h) <= 1 + _ROUNDING and min(w, h) > 0
    return values[5] > 1 or (values[5] == 1 and is_inside)


def _class_number(raw: str) -> int | None:
    """`3`, and `3.0` or `3.000e+00` as some tools write it."""
    value = number(raw) if raw.isascii() and "_" not in raw else None
    return int(value) if value is not None and value >= 0 and value.is_integer() else None


def _corners(values: list[float]) -> Corners:
    cx, cy, w, h = values[:4]
    return cx - w / 2, cy - h / 2, w, h
