"""Files that only list class names, a line each. Pure; shared by the readers."""

from datasets.formats.base import Member
from datasets.formats.book import Book

_MAX_LIST_BYTES = 4 * 1024**2


def class_lines(book: Book, names: tuple[str, ...], suffixes: tuple[str, ...] = ()) -> list[str]:
    """The lines of the first file called so or ending so, as class names; empty without one.

    A line keeps its place, because files of labels count lines: one without a name is the empty text.
    """
    member = _first(book, names, suffixes)
    text = book.text(member, _MAX_LIST_BYTES) if member is not None else None
    lines = [book.class_named(line) for line in (text or "").splitlines()]
    return lines if any(lines) else []


def mapped_lines(book: Book) -> list[str]:
    """The classes of a `labelmap.txt` as Datumaro and CVAT write it: `name:color:parts:actions` a line."""
    member = _first(book, ("labelmap.txt",))
    text = book.text(member, _MAX_LIST_BYTES) if member is not None else None
    rows = [line.rsplit(":", 3) for line in (text or "").splitlines() if not line.startswith("#")]
    return [book.class_named(row[0]) for row in rows if len(row) == 4 and row[0] not in ("", "background")]


def _first(book: Book, names: tuple[str, ...], suffixes: tuple[str, ...] = ()) -> Member | None:
    ranked = [
        (names.index(tail) if tail in names else len(names), member.name.count("/"), member.index)
        for member in book.tree.members
        if (tail := member.name.rpartition("/")[2].lower()) in names or member.suffix in suffixes
    ]
    return book.tree.members[min(ranked)[2]] if ranked else None
