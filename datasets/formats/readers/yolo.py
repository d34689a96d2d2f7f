"""YOLO detection: a text file a picture, class numbers and relative boxes; Ultralytics and Darknet layouts."""

from collections.abc import Iterator
from typing import Any

from datasets.formats.base import FormatImporter, FormatMismatch, Guess, Member, MemberUnreadable, Plan, Tree
from datasets.formats.book import MISSING, Book, Marks, covering
from datasets.formats.classlists import class_lines
from datasets.formats.geometry import Corners, around_flat, numbers
from datasets.formats.matching import pictures_of
from datasets.formats.names import class_name, compare_key, shown, split_in, split_of
from datasets.formats.textfiles import TextRefused, text_decoded
from datasets.formats.yamlfiles import MAX_YAML_BYTES, yaml_parsed

_NAME_FILES = ("classes.txt", "obj.names", "names.txt", "labels.txt", "predefined_classes.txt")
_MAX_LABEL_BYTES = 16 * 1024**2
_MAX_SNIFFED = 8
_MAX_CLASSES = 10_000
# Drawn by hand a box may leave its picture a little; anything further is in pixels, not relative.
_LARGEST = 1.5
_SPLIT_KEYS = {"train": "train", "val": "val", "valid": "val", "test": "test"}


class Yolo(FormatImporter):
    """Rows of `class x y w h`, centers and sizes as fractions of the upright picture.

    Longer rows are outlines, turned boxes or key points; they come in as the box around them.
    """

    key = "yolo"
    title = "YOLO"

    def sniff(self, tree: Tree) -> Guess:
        """Text files beside pictures, of the same stem, with rows of numbers."""
        seen, where = 0, ""
        for member in _label_files(tree):
            try:
                first = text_decoded(tree.read(member, _MAX_LABEL_BYTES)).strip().partition("\n")[0].split()
            except (MemberUnreadable, TextRefused):
                continue
            if first and not _is_row(first):
                return Guess(0.0, "text files beside pictures hold no YOLO rows")
            where = where or (shown(member.name, 60) if first else "")
            seen += 1
            if seen == _MAX_SNIFFED:
                break
        named = any(
            member.suffix in ("yaml", "yml", "names") or member.name.rpartition("/")[2] == "classes.txt"
            for member in tree.members
        )
        if not seen or not (where or named):
            return Guess(0.0, "no YOLO label files")
        score = covering(0.9 if named else 0.8, sum(1 for _ in _label_files(tree)), tree)
        return Guess(score, f"{where or 'the label files'} holds class numbers and boxes")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without label files."""
        book = Book(tree)
        files = list(_label_files(tree))
        if not files:
            raise FormatMismatch("no text file belongs to a picture", field="format")
        setup = _Setup(book)
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
        in_labels = "labels" in compare_key(member.name).split("/")[:-1]
        if member.suffix == "txt" and in_labels and not _is_other(member) and not index.beside(member.name):
            yield member


def _is_other(member: Member) -> bool:
    return member.name.rpartition("/")[2].lower() in _NAME_FILES


def _is_row(parts: list[str]) -> bool:
    return len(parts) >= 5 and parts[0].isascii() and parts[0].isdigit() and numbers(parts) is not None


class _Setup:
    """Class names and splits, from whichever file has them."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._folders: dict[str, str] = {}
        self._lists: dict[str, str] = {}
        self.names: dict[int, str] = {}
        self.has_keypoints = False
        for member in book.tree.members:
            if member.suffix in ("yaml", "yml"):
                book.consume(member, self._take_yaml, MAX_YAML_BYTES)
        book.read_any = False
        if not self.names:
            self.names = dict(enumerate(class_lines(book, _NAME_FILES, ("names",))))
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
        self.has_keypoints = self.has_keypoints or "kpt_shape" in document
        self.names = self.names or _names(document.get("names"))
        for key, split in _SPLIT_KEYS.items():
            stated = document.get(key)
            for path in stated if isinstance(stated, list) else [stated]:
                if isinstance(path, str) and path.strip():
                    self._add_path(path, split)

    def _add_path(self, path: str, split: str) -> None:
        parts = [part for part in compare_key(path.strip()).replace("\\", "/").split("/") if part.strip(".")]
        if parts and parts[-1].endswith(".txt"):
            self._lists.setdefault(parts[-1], split)
        elif parts and not split_of(parts[-1]):
            self._folders.setdefault("/".join(parts[-4:]), split)


def _names(stated: Any) -> dict[int, str]:
    if isinstance(stated, list):
        rows = list(enumerate(stated))
    elif isinstance(stated, dict):
        rows = [(int(key), name) for key, name in stated.items() if key.isascii() and key.isdigit()]
    else:
        return {}
    return {
        number: name
        for number, raw in rows[:_MAX_CLASSES]
        if isinstance(raw, str) and (name := class_name(raw))
    }


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
        number = _class_number(parts[0])
        values = numbers(parts[1:])
        if number is None or values is None or len(values) < 4:
            self._book.fault("image_row_unreadable", where, "a row is a class number and four numbers")
            return
        label = self._setup.label(number, where)
        if label is None:
            detail = "the class number is beyond the list of class names"
            self._book.fault("category_unknown", where, detail)
            return
        if max(map(abs, values[:4])) > _LARGEST:
            detail = "boxes are fractions of the picture, between 0 and 1; these are larger"
            self._book.fault("box_invalid", where, detail)
            return
        self._add_box(marks, label, values, where)

    def _add_box(self, marks: Marks, label: str, values: list[float], where: str) -> None:
        is_outline = len(values) >= 6 and len(values) % 2 == 0 and not self._setup.has_keypoints
        if is_outline:
            self._book.box(marks, label, around_flat(values), where)
        else:
            self._book.box(marks, label, _corners(values), where)
        self._book.notice("geometry_reduced", where, int(len(values) > 5))
        self._book.notice("details_dropped", where, int(len(values) == 5))


def _class_number(raw: str) -> int | None:
    """`3`, and `3.0` as some tools write it."""
    plain = raw.removesuffix(".0")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def _corners(values: list[float]) -> Corners:
    cx, cy, w, h = values[:4]
    return cx - w / 2, cy - h / 2, w, h
