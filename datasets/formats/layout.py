"""What the folders around pictures say. Pure; shared by the readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from datasets.formats.base import GroupBy, Member, Problem, Split, Tree
from datasets.formats.names import shown, split_of, without_common_root

_MEDIA_FOLDERS = frozenset(
    (
        "images",
        "image",
        "imgs",
        "img",
        "pictures",
        "photos",
        "data",
        "jpegimages",
        "obj_train_data",
        "obj_valid_data",
        "obj_test_data",
        "audio",
        "audios",
        "sounds",
        "wav",
        "wavs",
        "clips",
        "recordings",
        "音频",
        "录音",
        "图片",
        "图像",
    )
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture with its folders, common ones removed; `split` is what a folder on top says."""

    member: Member
    folders: tuple[str, ...]
    split: Split

    @property
    def name(self) -> str:
        """What to show for it."""
        return shown(self.member.name)


def pictures_placed(tree: Tree) -> list[Placed]:
    """The pictures, or recordings, of a tree in its own order, each with the folders that may mean something."""
    return members_placed([member for member in tree.members if tree.is_sample(member)])


def members_placed(members: Sequence[Member]) -> list[Placed]:
    """Files in their order, each with the folders that may mean something."""
    placed: list[Placed] = []
    for member, short in zip(members, without_common_root([m.name for m in members]), strict=True):
        folders = short.split("/")[:-1]
        split = ""
        for position, folder in enumerate(folders[:2]):
            if (split := split_of(folder)) and (position == 0 or is_media_folder(folders[0])):
                del folders[position]
                break
            split = ""
        placed.append(Placed(member, tuple(folders), cast(Split, split)))
    return placed


def is_media_folder(name: str) -> bool:
    """A folder that only says that pictures are inside."""
    return name.strip().lower() in _MEDIA_FOLDERS


def leftovers(tree: Tree) -> list[Problem]:
    """The bad members of the tree, and files no reader understands."""
    problems = list(tree.refused)
    problems += [
        Problem("file_unsupported", shown(member.name), "not a kind of file that is imported")
        for member in tree.members
        if not tree.is_sample(member) and not member.is_companion
    ]
    return problems


def group_of(name: str, how: GroupBy) -> str:
    """What must stay together in a split: the folder of a picture, or its name up to the last `_` or `-`."""
    if how == "none":
        return ""
    folder, _, tail = name.rpartition("/")
    if how == "folder":
        return folder[-255:]
    stem = tail.rpartition(".")[0] or tail
    cut = max(stem.rfind("_"), stem.rfind("-"))
    return (stem[:cut] if cut > 0 else stem)[:255]


def examples(names: Sequence[str], limit: int = 3) -> str:
    """A few names to show in a reason."""
    more = ", …" if len(names) > limit else ""
    return ", ".join(shown(name, 40) for name in names[:limit]) + more
