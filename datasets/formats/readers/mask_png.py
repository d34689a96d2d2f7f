"""Masks as PNG: a number or a color a pixel, the same stem as its picture; ids of objects beside them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.formats.base import FormatImporter, Guess, Member, Plan, Tree
from datasets.formats.book import MISSING, Book, Marks, absent
from datasets.formats.classlists import class_lines
from datasets.formats.layout import is_media_folder
from datasets.formats.names import class_name, compare_key, shown, split_in
from datasets.formats.pngs import PngRefused, png_numbers
from datasets.geometry.forms import Form
from datasets.geometry.rle import Rle, rle_of_places

_MAX_PNG_BYTES: Final = 64 * 1024**2
_MAX_CLASSES_A_PICTURE: Final = 1_000
_MAX_OBJECTS: Final = 10_000
_SLAB_PIXELS: Final = 1 << 20
_CLASS_FOLDERS: Final = frozenset(("masks", "mask", "segmentationclass", "labels", "annotations", "gt"))
_ID_FOLDERS: Final = frozenset(("instances", "segmentationobject"))
_MAPS: Final = ("labelmap.txt", "label_colors.txt", "class_colors.txt")
_NOTHING: Final = frozenset(("background", "_background_", "__ignore__", "unlabeled", "void"))
_TAIL: Final = re.compile(r"[_\-.](?:mask|seg|label|labelids|gt)$")
_VOC: Final = re.compile(r"^(.*):(\d{1,3}),(\d{1,3}),(\d{1,3}):[^:]*:[^:]*$")
_CAMVID: Final = re.compile(r"^\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})[\s,]+(.+)$")
# Where nobody says otherwise: 0 is the background, 255 the border between objects (Pascal VOC).
_UNNAMED: Final = frozenset((0, 255))
Numbers = NDArray[np.int64]


class MaskPng(FormatImporter):
    """`images/…` and `masks/…` (or `SegmentationClass`), with the colors in `labelmap.txt`.

    A list of classes names the numbers of pixels where there is no map of colors. With ids of objects
    (`instances` or `SegmentationObject`) every object is a mask, else every class of a picture is one.
    """

    key = "mask_png"
    title = "Mask PNG"

    def sniff(self, tree: Tree) -> Guess:
        """PNG files in a folder for masks, most of them of the stem of a picture elsewhere."""
        pairs = _Pairs(tree)
        masks = pairs.of_classes
        loose = sum(member.is_image for member in tree.members) - len(masks) - len(pairs.masks)
        if not masks or loose > len(masks):
            return Guess(0.0, "no masks beside pictures")
        has_map = any(_tail(member) in _MAPS for member in tree.members)
        first = next(iter(masks.values()))
        return Guess(
            0.88 if has_map else 0.75, f"{shown(first.name, 60)} is the mask of the picture of its stem"
        )

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a mask."""
        pairs = _Pairs(tree)
        if not pairs.of_classes:
            raise absent(tree, "no PNG in a folder of masks has the stem of a picture", "png")
        book = Book(tree, without=pairs.masks)
        legend = _Legend(book)
        for picture, mask in pairs.of_classes.items():
            _Picture(book, legend, book.marks(tree.members[picture])).add(mask, pairs.of_ids.get(picture))
        for member in pairs.alone:
            book.fault("image_missing", member.name, MISSING)
        book.require_read()
        return book.plan()


class _Pairs:
    """Which mask belongs to which picture, by the index of the picture."""

    def __init__(self, tree: Tree) -> None:
        pictures: dict[str, Member] = {}
        found: tuple[list[Member], list[Member]] = ([], [])
        for member in tree.members:
            folders = set(compare_key(member.name).split("/")[:-1])
            if member.suffix == "png" and folders & (_CLASS_FOLDERS | _ID_FOLDERS):
                found[bool(folders & _ID_FOLDERS)].append(member)
            elif member.is_image:
                pictures.setdefault(_key(member), member)
        self.of_classes = {p.index: m for m in found[0] if (p := pictures.get(_key(m))) is not None}
        self.of_ids = {p.index: m for m in found[1] if (p := pictures.get(_key(m))) is not None}
        self.masks = frozenset(member.index for member in (*found[0], *found[1]))
        self.alone = [m for m in (*found[0], *found[1]) if _key(m) not in pictures]


def _key(member: Member) -> str:
    """The name without the folders that say what a file is, and without the ending."""
    *folders, tail = compare_key(member.name).split("/")
    kept = [f for f in folders if f not in _CLASS_FOLDERS | _ID_FOLDERS and not is_media_folder(f)]
    return "/".join([*kept, _TAIL.sub("", tail.rpartition(".")[0])])


def _tail(member: Member) -> str:
    return member.name.rpartition("/")[2].lower()


class _Legend:
    """What the numbers and colors of pixels mean; "" is nothing."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.colors: dict[int, str] = {}
        self.numbers: dict[int, str] = {}
        for member in book.tree.members:
            if _tail(member) in _MAPS:
                for line in (book.text(member) or "").splitlines():
                    self._add_line(line.strip())
        if not self.colors:
            lines = class_lines(book, ("classes.txt", "labels.txt"))
            self.numbers = {place: _meaning(name) for place, name in enumerate(lines)}
        for name in (self.colors or self.numbers).values():
            if name:
                book.class_of(name)

    def _add_line(self, line: str) -> None:
        voc, camvid = _VOC.match(line), _CAMVID.match(line)
        if voc is None and camvid is None:
            return
        name, *parts = (
            voc.groups() if voc is not None else (camvid[4], *camvid.groups()[:3]) if camvid else ("",)
        )
        red, green, blue = (min(255, int(part)) for part in parts)
        self.colors[red << 16 | green << 8 | blue] = _meaning(name)
        self.numbers[len(self.numbers)] = _meaning(name)

    def meaning(self, value: int, color: int | None, where: str) -> str | None:
        """The class of a pixel, "" for nothing, None for what nobody explains."""
        if color is not None and self.colors:
            return self.colors.get(color)
        if value in self.numbers:
            return self.numbers[value]
        if value in _UNNAMED:
            return ""
        if self.numbers or self.colors:
            return None
        self._book.notice("class_names_missing", where)
        return str(value)


def _meaning(name: str) -> str:
    clean = class_name(name) or ""
    return "" if clean.casefold() in _NOTHING else clean


class _Picture:
    """The masks of one picture."""

    def __init__(self, book: Book, legend: _Legend, marks: Marks) -> None:
        self._book, self._legend, self._marks = book, legend, marks

    def add(self, mask: Member, ids: Member | None) -> None:
        """Its objects, or its classes where nobody tells objects apart."""
        numbers, palette = self._numbers(mask)
        if numbers is None:
            return
        self._book.read_any = True
        self._marks.annotated = True
        self._marks.split = self._marks.split or split_in(
            f"{mask.name.rpartition('/')[0].rpartition('/')[2]}.png"
        )
        names = self._names(numbers, palette, mask)
        objects = None if ids is None else self._numbers(ids)[0]
        if objects is not None and objects.shape != numbers.shape:
            self._book.fault(
                "mask_size", shown(mask.name), "the ids are not of the size of the mask", self._marks
            )
            objects = None
        ids_named, left_out = (None, 0) if objects is None else _named(numbers, objects, names)
        if left_out:
            detail = (
                f"{left_out} of its objects are left out: a picture has at most {_MAX_OBJECTS}; cut it up"
            )
            self._book.fault("too_many_objects", shown(mask.name), detail)
        for name, area in (
            _by_class(numbers, names) if ids_named is None else _by_object(numbers, ids_named, names)
        ):
            label = self._book.class_of(name)
            form = Form("mask", area)
            bounds = form.bounds()
            if label is not None and bounds is not None:
                self._book.shape(self._marks, label, form, mask.name)

    def _numbers(self, member: Member) -> tuple[Numbers | None, list[tuple[int, int, int]] | None]:
        content = self._book.read(member, _MAX_PNG_BYTES)
        if content is None:
            self._marks.rejected = True
            return None, None
        try:
            return png_numbers(content)
        except PngRefused as exc:
            self._book.fault(
                "annotation_unreadable", member.name, f"{exc}; save it again as PNG", self._marks
            )
            return None, None

    def _names(
        self, numbers: Numbers, palette: list[tuple[int, int, int]] | None, mask: Member
    ) -> dict[int, str]:
        """What each number of the mask means; what nobody explains is told once a picture and left out."""
        names: dict[int, str] = {}
        values = np.unique(numbers)
        for value in values[:_MAX_CLASSES_A_PICTURE].tolist():
            color = value if palette is None and value > 255 else None
            if palette is not None and value < len(palette):
                red, green, blue = palette[value]
                color = red << 16 | green << 8 | blue
            elif palette is None and value in self._legend.colors:
                color = value
            name = self._legend.meaning(value, color, mask.name)
            if name is None:
                detail = "a mask has a color or number that no list of classes explains"
                self._book.fault("category_unknown", shown(mask.name), detail, self._marks)
            elif name:
                names[value] = name
        if len(values) > _MAX_CLASSES_A_PICTURE:
            detail = "a mask has more than a thousand colors; it is a picture, or was saved with loss"
            self._book.fault("shape_invalid", shown(mask.name), detail, self._marks)
        return names


def _by_class(numbers: Numbers, names: dict[int, str]) -> Iterator[tuple[str, Rle]]:
    places = {name: place for place, name in enumerate(dict.fromkeys(names.values()))}
    keys = np.array(sorted(names), np.int64)
    groups = np.array([places[names[key]] for key in keys.tolist()], np.int64)
    known = list(places)
    for group, pixels in _grouped(numbers, keys, groups):
        yield known[group], rle_of_places(pixels, *numbers.shape)


def _named(numbers: Numbers, objects: Numbers, names: dict[int, str]) -> tuple[Numbers, int]:
    """The ids where there is a class, 0 elsewhere and of those over the most; and how many these are."""
    named = np.where(np.isin(numbers, list(names)), objects, 0)
    ids = np.unique(named[named > 0])
    if len(ids) > _MAX_OBJECTS:
        named = np.where(named <= ids[_MAX_OBJECTS - 1], named, 0)
    return named, max(0, len(ids) - _MAX_OBJECTS)


def _by_object(numbers: Numbers, named: Numbers, names: dict[int, str]) -> Iterator[tuple[str, Rle]]:
    """Each object has the class of most of its pixels."""
    ids = np.unique(named[named > 0])
    height = len(numbers)
    for _, pixels in _grouped(named, ids, np.arange(len(ids))):
        values, counts = np.unique(numbers[pixels % height, pixels // height], return_counts=True)
        yield names[int(values[counts.argmax()])], rle_of_places(pixels, *numbers.shape)


def _grouped(
    numbers: Numbers, keys: NDArray[np.int64], groups: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each group and its pixels as `column * height + row`, ascending, all by one sort.

    `keys` are ascending numbers of pixels and `groups` the group of each, below 65,536.
    """
    height, width = numbers.shape
    step = max(1, _SLAB_PIXELS // height)
    parts = [
        _matched(numbers[:, left : left + step], keys, groups, left * height)
        for left in range(0, width if len(keys) else 0, step)
    ]
    if not parts:
        return
    pixels, group_of = (np.concatenate(part) for part in zip(*parts, strict=True))
    # NumPy sorts two bytes by radix, in one pass whatever there is.
    pixels = pixels[np.argsort(group_of, kind="stable")]
    ends = np.cumsum(np.bincount(group_of))
    for group, (start, end) in enumerate(pairwise([0, *ends.tolist()])):
        if end > start:
            yield group, pixels[start:end]


def _matched(
    slab: Numbers, keys: NDArray[np.int64], groups: NDArray[np.int64], offset: int
) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """Of some columns: the pixels that are one of the keys, and their groups."""
    values = slab.T.ravel()
    at = np.minimum(np.searchsorted(keys, values), len(keys) - 1)
    pixels = np.flatnonzero(keys[at] == values)
    return pixels + offset, groups[at[pixels]].astype(np.uint16)
