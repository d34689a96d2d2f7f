"""Which picture an annotation means. Names only match what is in the tree; nothing is opened by them. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final
from weakref import WeakKeyDictionary

from datasets.formats.base import Member, Tree
from datasets.formats.layout import is_media_folder
from datasets.formats.names import MAX_DEPTH, MAX_NAME_LENGTH, compare_key, split_of

_ANNOTATION_FOLDERS: Final = frozenset(
    (
        "labels",
        "label",
        "annotations",
        "annotation",
        "anns",
        "ann",
        "xml",
        "xmls",
        "json",
        "jsons",
        "txt",
        "标注",
        "标签",
    )
)


class PictureIndex:
    """The pictures, or recordings, of a tree by full name, by every unambiguous end of a name, and by their stem."""

    def __init__(self, tree: Tree) -> None:
        self._suffixes = tree.media
        self._full: dict[str, Member] = {}
        self._tails: dict[str, Member | None] = {}
        self._stems: dict[str, Member | None] = {}
        self._placed_stems: dict[tuple[str, ...], Member | None] = {}
        for member in tree.members:
            if not tree.is_sample(member):
                continue
            parts = compare_key(member.name).split("/")
            self._full["/".join(parts)] = member
            for start in range(1, len(parts)):
                _put(self._tails, "/".join(parts[start:]), member)
            stem = parts[-1].rpartition(".")[0]
            _put(self._stems, stem, member)
            _put(self._placed_stems, (*_meaningful(parts[:-1]), stem), member)

    def named(self, stated: str, near: Sequence[str] = ()) -> Member | None:
        """The picture whose name ends as the stated one does, longest end first; None when it is not one.

        In the folders `near`, the first one first, the whole stated name is looked for before anything else.
        """
        parts = _parts(stated)
        for folder in near:
            whole = "/".join([*_folders(folder), *parts][-(MAX_DEPTH + 1) :])
            member = self._full.get(whole) or self._tails.get(whole)
            if folder and member is not None:
                return member
        for start in range(len(parts)):
            tail = "/".join(parts[start:])
            member = self._full.get(tail) or self._tails.get(tail)
            if member is not None:
                return member
        return None

    def beside(self, companion: str) -> Member | None:
        """The picture an annotation file belongs to: same stem, same folders but for `images` and `labels`."""
        parts = _parts(companion)
        stem = parts[-1].rpartition(".")[0] or parts[-1]
        placed = (*_meaningful(parts[:-1]), stem)
        return self._placed_stems[placed] if placed in self._placed_stems else self._stems.get(stem)

    def is_shared_stem(self, companion: str) -> bool:
        """Whether several pictures could be the one that an annotation file of this name belongs to."""
        parts = _parts(companion)
        stem = parts[-1].rpartition(".")[0] or parts[-1]
        placed = (*_meaningful(parts[:-1]), stem)
        if placed in self._placed_stems:
            return self._placed_stems[placed] is None
        return stem in self._stems and self._stems[stem] is None

    def stemmed(self, stated: str) -> Member | None:
        """The picture with this name when its ending is left out, or given."""
        parts = _parts(stated)
        tail = parts[-1]
        stem, _, suffix = tail.rpartition(".")
        found = self.beside("/".join([*parts[:-1], tail + ".x"]))
        return found or (self._stems.get(stem) if suffix in self._suffixes else None)


_INDEXES: WeakKeyDictionary[Tree, PictureIndex] = WeakKeyDictionary()


def pictures_of(tree: Tree) -> PictureIndex:
    """The index of a tree, made once."""
    if tree not in _INDEXES:
        _INDEXES[tree] = PictureIndex(tree)
    return _INDEXES[tree]


def _parts(stated: str) -> list[str]:
    """The last folders and the name; bounded, so that no stated name costs more than its own length."""
    plain = compare_key(stated[-4 * MAX_NAME_LENGTH :].strip().replace("\\", "/"))
    return [part for part in plain.split("/") if part not in ("", ".")][-(MAX_DEPTH + 1) :] or [""]


@lru_cache(maxsize=256)
def _folders(stated: str) -> tuple[str, ...]:
    """The parts of a folder in which one picture after the other is looked for."""
    return tuple(_parts(stated))


def _meaningful(folders: list[str]) -> tuple[str, ...]:
    """The folders that tell pictures apart; `valid` and `validation` are one."""
    return tuple(
        split_of(part) or part
        for part in folders
        if part not in _ANNOTATION_FOLDERS and not is_media_folder(part)
    )


def _put(index: dict[Any, Member | None], key: Any, member: Member) -> None:
    index[key] = None if key in index else member
