"""Texts of a file each: a folder per class, or loose files."""

from datasets.formats.base import FormatImporter, FormatMismatch, Guess, Plan, Tree
from datasets.formats.layout import Placed, examples, is_media_folder, members_placed
from datasets.formats.names import class_name, natural_key, shown
from datasets.formats.text.book import Said, TextBook
from datasets.formats.unread import is_like_annotations

_SUFFIXES = frozenset(("txt", "text"))
_TEXT_FOLDERS = frozenset(("texts", "text", "docs", "documents", "txt", "文本", "文档"))


def _placed(tree: Tree) -> list[Placed]:
    """The texts of a tree; a readme or a list of class names beside them is none."""
    members = [m for m in tree.members if m.suffix in _SUFFIXES and ("/" in m.name or is_like_annotations(m))]
    return members_placed(members)


def _label(placed: Placed) -> str:
    return class_name(placed.folders[0]) if placed.folders else ""


def _classes(placed: list[Placed]) -> list[str]:
    return sorted({label for p in placed if (label := _label(p))}, key=natural_key)


def _only_root(placed: list[Placed]) -> list[str]:
    """One folder around everything was taken for a root; asked for classes, it is one."""
    roots = {class_name(p.member.name.split("/")[-2]) for p in placed if "/" in p.member.name}
    return sorted(roots) if len(roots) == 1 else []


class TextFolders(FormatImporter):
    """The first folder below an optional train, val or test names the class; a text in no folder is unlabeled."""

    key = "folder_per_class"
    title = "Folder per class"

    def sniff(self, tree: Tree) -> Guess:
        """Two or more folders of texts."""
        placed = _placed(tree)
        classes = _classes(placed)
        if len(classes) < 2 or all(is_media_folder(n) or n.lower() in _TEXT_FOLDERS for n in classes):
            return Guess(0.0, "no two folders that could be classes")
        inside = sum(bool(p.folders) for p in placed)
        reason = f"{inside} of {len(placed)} texts lie in {len(classes)} folders: {examples(classes)}"
        return Guess(0.6 * inside / len(placed), reason)

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch when no text lies in a folder."""
        placed, book = _placed(tree), TextBook(tree)
        roots = [] if _classes(placed) else _only_root(placed)
        if not _classes(placed) and not roots:
            raise FormatMismatch("no text lies in a class folder", field="format")
        for name in _classes(placed) or roots:
            book.class_of(name)
        for one in placed:
            # The whole name, so that folders which are one class only because names are cut are told.
            book.class_of(one.folders[0] if one.folders else None)
        for one in placed:
            label = _label(one) or (roots[0] if roots and "/" in one.member.name else "")
            said = Said([label] if label else [], split=one.split, is_annotated=bool(label))
            book.add_file(one.member, said, name=one.name)
        return book.plan()


class PlainTexts(FormatImporter):
    """Every .txt becomes one unlabeled sample; folders are kept in its name only."""

    key = "txt"
    title = "Text files"

    def sniff(self, tree: Tree) -> Guess:
        """The format of last resort."""
        found = _placed(tree)
        if not found:
            return Guess(0.0, "no .txt file")
        texts = "1 text file" if len(found) == 1 else f"{len(found)} text files"
        return Guess(0.2, f"{texts} and nothing that says what they are about")

    def plan(self, tree: Tree) -> Plan:
        """Raises nothing: a tree without texts is an empty plan."""
        book = TextBook(tree)
        for one in _placed(tree):
            book.add_file(one.member, Said(split=one.split), name=shown(one.member.name))
        return book.plan()
