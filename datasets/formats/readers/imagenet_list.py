"""ImageNet-style lists: a line a picture, its path and its class."""

from collections.abc import Iterator

from datasets.formats.base import FormatImporter, Guess, Member, MemberUnreadable, Plan, Tree
from datasets.formats.book import ALL, LOOKED_AT, MISSING, Book, absent, telling
from datasets.formats.classlists import class_lines
from datasets.formats.matching import PictureIndex, pictures_of
from datasets.formats.names import natural_key, shown, split_in
from datasets.formats.textfiles import TextRefused, text_decoded

_MAX_LIST_BYTES = 64 * 1024**2
_NAME_FILES = ("classes.txt", "class_names.txt", "synsets.txt", "labels.txt", "names.txt")
_LINES = 100
_ENOUGH = 0.6


class ImageNetList(FormatImporter):
    """Lists such as `train.txt`; numbers mean lines of `classes.txt` when there is one."""

    key = "imagenet_list"
    title = "ImageNet list"

    def sniff(self, tree: Tree) -> Guess:
        """A text file whose lines are a picture of the tree and one word more."""
        found = _files(tree)
        if not found:
            return Guess(0.0, "no list of pictures and classes")
        return Guess(0.78, f"{shown(found[0].name, 60)} lists pictures and their classes")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a list."""
        files = _files(tree, ALL)
        if not files:
            raise absent(tree, "no text file lists pictures and their classes", "txt")
        book = Book(tree)
        names = class_lines(book, _NAME_FILES, ("names",))
        for name in names:
            book.class_of(name)
        rows = [(member, *row) for member in files for row in _rows(book.text(member, _MAX_LIST_BYTES) or "")]
        if not names:
            for label in sorted({label for _, _, _, label in rows}, key=natural_key):
                book.class_of(label)
        for member, line, stated, label in rows:
            _add(
                book,
                f"{member.name}:{line}",
                stated,
                _named(book, names, label, f"{member.name}:{line}"),
                split_in(member.name.rpartition("/")[2]),
            )
        return book.plan()


def _files(tree: Tree, limit: int = LOOKED_AT) -> list[Member]:
    index = pictures_of(tree)
    found = []
    texts = [m for m in tree.members if m.suffix in ("txt", "lst", "list") and _tail(m) not in _NAME_FILES]
    for member in telling([m for m in texts if index.beside(m.name) is None], limit):
        try:
            text = text_decoded(tree.read(member, _MAX_LIST_BYTES))
        except (MemberUnreadable, TextRefused):
            continue
        if _is_list(text, index):
            found.append(member)
    return found


def _tail(member: Member) -> str:
    return member.name.rpartition("/")[2].lower()


def _is_list(text: str, index: PictureIndex) -> bool:
    lines = text[:1_000_000].splitlines()[:_LINES]
    stated = [row[1] for row in _rows("\n".join(lines))]
    return bool(stated) and sum(index.named(name) is not None for name in stated) >= _ENOUGH * len(stated)


def _rows(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, path and class. The class is the last word, or all behind a tabulator."""
    for number, line in enumerate(text.splitlines(), start=1):
        path, tab, label = line.strip().rpartition("\t")
        if not tab:
            parts = line.strip().rsplit(maxsplit=1)
            path, label = parts if len(parts) == 2 else ("", "")
        path = path.strip()
        if len(path) > 2 and path[0] == path[-1] == '"':
            path = path[1:-1]
        if path and label.strip():
            yield number, path, label.strip()


def _named(book: Book, names: list[str], label: str, where: str) -> str | None:
    if not (label.isascii() and label.isdigit() and len(label) < 10):
        return book.class_of(label)
    if not names:
        book.notice("class_names_missing", where)
        return book.class_of(label)
    return (names[int(label)] or None) if int(label) < len(names) else None


def _add(book: Book, where: str, stated: str, label: str | None, split: str) -> None:
    member = book.pictures.named(stated)
    if member is None:
        book.fault("image_missing", stated, MISSING)
        return
    marks = book.marks(member)
    marks.split = marks.split or split
    if label is None:
        book.fault("category_unknown", where, "no line of the list of class names has that number")
        return
    marks.annotated = True
    marks.labels.append(label)
