"""Audacity: a label track beside each recording of the same stem, `start <tab> end <tab> label` a line, in seconds."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from datasets.formats.base import FormatImporter, Guess, Member, MemberUnreadable, Plan, Tree
from datasets.formats.book import Book, Marks, absent, covering, telling
from datasets.formats.classlists import class_lines
from datasets.formats.names import natural_key, shown
from datasets.formats.textfiles import TextRefused, text_decoded
from datasets.formats.writers.base import SOUND_EVENTS, ReadBlob, Stems, VersionWriter, ZipSink
from datasets.manifest import ManifestHeader, ManifestRegion, ManifestSample

_MAX_BYTES: Final = 16 * 1024**2
_LOOK_CHARACTERS: Final = 64 * 1024
_CLASSES: Final = "classes.txt"
# Not what Python takes for a number: no `nan`, no `1_000`. Some systems write a comma.
_SECONDS: Final = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,20})?")
# A second line of a label has the frequencies that were selected with it.
_FREQUENCIES: Final = "\\"


class AudacityLabels(FormatImporter):
    """Lines that begin with a backslash are frequencies and are not read; an empty track says that nothing is there."""

    key = "audacity"
    title = "Audacity label tracks"

    def sniff(self, tree: Tree) -> Guess:
        """Text files with the stems of recordings, whose lines begin with two times."""
        book = Book(tree)
        tracks = _tracks(book)
        for member in telling(tracks):
            try:
                text = text_decoded(tree.read(member, _MAX_BYTES))[:_LOOK_CHARACTERS]
            except (MemberUnreadable, TextRefused):
                continue
            if (line := next(_lines(text), None)) is not None and _ends(line[1]) is not None:
                reason = f"{shown(member.name, 60)} marks stretches of a recording"
                return Guess(covering(0.9, len(tracks), tree), reason)
        return Guess(0.0, "no label track of Audacity")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a label track."""
        book = Book(tree)
        tracks = _tracks(book)
        if not tracks:
            raise absent(tree, "no text file is called as a recording beside it", "txt")
        for name in class_lines(book, (_CLASSES,)):
            book.class_of(name)
        texts = {member.index: book.text(member, _MAX_BYTES) for member in tracks}
        found = {
            label for text in texts.values() for _, line in _lines(text or "") if (label := _label(line))
        }
        # In the order people count, whatever the order of the lines.
        for label in sorted(found, key=natural_key):
            book.class_of(label)
        for member in tracks:
            text, recording = texts[member.index], book.pictures.beside(member.name)
            if text is not None and recording is not None:
                book.read_any = True
                _take(book, member, text, book.marks(recording))
        book.require_read()
        return book.plan()


def _tracks(book: Book) -> list[Member]:
    members = [m for m in book.tree.members if m.suffix == "txt"]
    return [m for m in members if book.pictures.beside(m.name) is not None]


def _take(book: Book, member: Member, text: str, marks: Marks) -> None:
    marks.annotated = True
    for number, line in _lines(text):
        where, ends = f"{member.name}:{number}", _ends(line)
        if ends is None:
            detail = "a line is no label: its start, its end and a name with tabs between them; mend it"
            book.fault("region_invalid", where, detail, marks)
        else:
            book.region(marks, book.class_of(_label(line)), ends, where)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of the lines that should be labels."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith(_FREQUENCIES):
            yield number, line


def _ends(line: str) -> tuple[float, float] | None:
    cells = [cell.strip() for cell in line.split("\t", 2)[:2]]
    if len(cells) < 2 or not all(map(_SECONDS.fullmatch, cells)):
        return None
    start, end = (float(cell.replace(",", ".")) for cell in cells)
    return start, end


def _label(line: str) -> str:
    """What a line calls the stretch; empty where it does not."""
    cells = line.split("\t", 2)
    return cells[2].strip() if len(cells) > 2 else ""


class AudacityWriter(VersionWriter):
    """`<split>/<file>` with `<split>/<stem>.txt` beside it, and the classes."""

    key = "audacity"
    title = "Audacity label tracks"
    tasks = frozenset((SOUND_EVENTS,))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """One recording after the other."""
        names, stems = {c.index: c.name for c in header.classes}, Stems(sink, read_blob)
        for sample in samples:
            _, stem = stems.add(sample.split or "train", sample)
            sink.add_text(f"{stem}.txt", "".join(_line(one, names) for one in sample.regions).encode())
        sink.add_text(_CLASSES, "".join(f"{c.name}\n" for c in header.classes).encode())


def _line(region: ManifestRegion, names: dict[int, str]) -> str:
    return f"{region.start:.6f}\t{region.end:.6f}\t{names[region.label]}\n"
