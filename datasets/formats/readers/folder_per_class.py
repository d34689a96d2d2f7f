"""Pictures in a folder per class, as most people keep them: `cat/1.jpg`, `train/cat/1.jpg`."""

from datasets.formats.base import Draft, FormatImporter, FormatMismatch, Guess, Plan, Problem, Tree
from datasets.formats.layout import Placed, examples, is_media_folder, leftovers, pictures_placed
from datasets.formats.names import CUT_NAMES, CutNames, class_name, natural_key


class FolderPerClass(FormatImporter):
    """The first folder below an optional train, val or test names the class.

    A picture in no folder comes in unlabeled.
    """

    key = "folder_per_class"
    title = "Folder per class"

    def sniff(self, tree: Tree) -> Guess:
        """Two or more folders of pictures, none of which only says `images`."""
        placed = pictures_placed(tree)
        classes = _classes(placed)
        if len(classes) < 2 or all(is_media_folder(name) for name in classes):
            return Guess(0.0, "no two folders that could be classes")
        inside = sum(bool(p.folders) for p in placed)
        score = 0.7 * inside / len(placed)
        return Guess(
            score, f"{inside} of {len(placed)} {tree.noun} lie in {len(classes)} folders: {examples(classes)}"
        )

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch when no picture lies in a folder."""
        placed = pictures_placed(tree)
        classes = _classes(placed) or _only_root(placed)
        if not classes:
            raise FormatMismatch(f"no {tree.noun[:-1]} lies in a class folder", field="format")
        drafts = [_draft(p, classes) for p in placed]
        return Plan(tuple(classes), [*drafts, *_cut_told(placed), *leftovers(tree)])


def _cut_told(placed: list[Placed]) -> list[Problem]:
    """The notice that folders are one class only because long names are cut."""
    cut = CutNames()
    joined = [one.folders[0] for one in placed if one.folders and cut.joins(one.folders[0])]
    return [Problem("classes_joined", class_name(joined[0]), CUT_NAMES, len(joined))] if joined else []


def _label(placed: Placed) -> str | None:
    return class_name(placed.folders[0]) or None if placed.folders else None


def _classes(placed: list[Placed]) -> list[str]:
    return sorted({label for p in placed if (label := _label(p))}, key=natural_key)


def _only_root(placed: list[Placed]) -> list[str]:
    """One folder around everything was taken for a root; asked for classes, it is one."""
    roots = {class_name(p.member.name.split("/")[-2]) for p in placed if "/" in p.member.name}
    return sorted(roots) if len(roots) == 1 else []


def _draft(placed: Placed, classes: list[str]) -> Draft:
    label = _label(placed)
    if label is None and len(classes) == 1 and "/" in placed.member.name:
        label = classes[0]
    return Draft(placed.member, placed.name, label=label, split=placed.split, annotated=label is not None)
