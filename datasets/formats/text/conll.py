"""CoNLL: a token and its tag a line, an empty line after each text; BIO, IOB2 and IOBES tags."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Final

import orjson

from datasets.formats.base import FormatImporter, FormatMismatch, Guess, Member, Plan, Tree
from datasets.formats.names import shown, split_in
from datasets.formats.text.book import Said, TextBook, looked_at
from datasets.formats.textfiles import is_damaged

SUFFIXES: Final = frozenset(("conll", "bio", "iob", "iob2", "ner", "txt", "text", "tsv"))
TEXT_MARK, NAME_MARK = "# text_json = ", "# newdoc id = "
_TAG: Final = re.compile(r"(?:O|[BIESLU]-.+)$")
_COMMENT: Final = re.compile(r"#(?: [\w.\-]+)* ?(?:=|$)")
_DOCUMENT: Final = "-DOCSTART-"
# Scripts that put no space between words; a closing mark takes none before it.
_NO_SPACE: Final = re.compile(
    r"[\u2e80-\u303f\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]|[\U00020000-\U0003ffff]"
)
_MIN_TAGGED: Final = 0.9


@dataclass(slots=True)
class _Block:
    """One text: its tokens with their tags, what comments say of it, and its first line with bytes that are no text."""

    line: int
    tokens: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    text: str | None = None
    name: str = ""
    damaged: int = 0


class ConllBio(FormatImporter):
    """The first column is the token, the last one its tag; columns are parted by tabulators or spaces.

    Tokens are joined by spaces, but for Chinese and Japanese, unless a comment `# text_json = "…"` holds the
    text itself. A tag that begins with I after none opens a span, as the older IOB1 writes it.
    """

    key = "conll"
    title = "CoNLL"

    def sniff(self, tree: Tree) -> Guess:
        """Files nearly all of whose lines end in a tag."""
        looked = [
            (member, _is_tagged(text)) for member, text in looked_at(tree, SUFFIXES) if not _is_list(member)
        ]
        tagged = [member for member, is_tagged in looked if is_tagged]
        if not tagged or 2 * len(tagged) < len(looked):
            return Guess(0.0, "no file of tokens and tags")
        return Guess(0.9, f"{shown(tagged[0].name, 60)} has a token and a BIO tag a line")

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a file."""
        members = [one for one in tree.members if one.suffix in SUFFIXES and not _is_list(one)]
        if not members:
            raise FormatMismatch("no CoNLL file among the files", field="format")
        book = TextBook(tree)
        _add_listed(book)
        for member in members:
            read = book.read(member, by_line=True)
            if read is not None:
                for block in _blocks(book, member, read[0]):
                    _add(book, member, block, read[1])
        return book.plan()


def _is_tagged(text: str) -> bool:
    lines = [line for line in text.splitlines()[:400] if line.strip() and not _is_comment(line)]
    rows = [columns for columns in map(_columns, lines) if len(columns) > 1]
    tagged = sum(bool(_TAG.match(columns[-1])) for columns in rows)
    inside = sum(columns[-1] != "O" for columns in rows)
    return inside > 0 and tagged >= _MIN_TAGGED * len(lines)


def _is_list(member: Member) -> bool:
    return member.name.rpartition("/")[2].lower() in ("labels.txt", "classes.txt", "readme.txt")


def _add_listed(book: TextBook) -> None:
    """Classes of a list beside the texts, in its order."""
    for member in book.tree.members:
        if member.name.rpartition("/")[2].lower() in ("labels.txt", "classes.txt"):
            read = book.read(member)
            for line in read[0].splitlines() if read else ():
                book.class_of(line)


def _is_comment(line: str) -> bool:
    return "\t" not in line and bool(_COMMENT.match(line))


def _columns(line: str) -> list[str]:
    return line.split("\t") if "\t" in line else line.split()


def _blocks(book: TextBook, member: Member, text: str) -> Iterator[_Block]:
    block = _Block(1)
    # Only \n and \r\n end a line here: other marks that Unicode calls line ends may be tokens.
    for number, raw in enumerate(chain(text.split("\n"), ("",)), start=1):
        line = raw.removesuffix("\r")
        if not line.strip():
            if block.damaged:
                where = f"{member.name}:{block.damaged}"
                book.fault("text_undecodable", where, "the sentence holds bytes that are no text; mend it")
            elif block.tokens or block.text is not None:
                yield block
            block = _Block(number + 1)
        elif is_damaged(line):
            block.damaged = block.damaged or number
        elif not block.tokens and _is_comment(line):
            _note(block, line)
        elif not line.startswith(_DOCUMENT):
            _token(book, block, line, f"{member.name}:{number}")


def _note(block: _Block, line: str) -> None:
    if line.startswith(NAME_MARK):
        block.name = line.removeprefix(NAME_MARK)
    elif line.startswith(TEXT_MARK):
        try:
            said = orjson.loads(line.removeprefix(TEXT_MARK))
        except orjson.JSONDecodeError:
            return
        block.text = said if isinstance(said, str) else None


def _token(book: TextBook, block: _Block, line: str, where: str) -> None:
    columns = _columns(line)
    tag = columns[-1].strip() if len(columns) > 1 else ""
    if not _TAG.match(tag):
        book.fault("row_unreadable", where, "the line has no BIO tag at its end, so it is taken as O")
        tag = "O"
    block.tokens.append(columns[0])
    block.tags.append(tag)


def _add(book: TextBook, member: Member, block: _Block, encoding: str) -> None:
    where = block.name or f"{member.name}:{block.line}"
    placed = _placed(block)
    if placed is None:
        book.fault(
            "row_unreadable", where, "the tokens are not those of the text beside them; export it again"
        )
        return
    text, places = placed
    spans = [(label, places[first][0], places[last][1]) for label, first, last in spans_of_tags(block.tags)]
    said = Said(spans=spans, is_annotated=True, split=split_in(member.name))
    book.add(member, text, said, name=where, encoding=encoding)


def _placed(block: _Block) -> tuple[str, list[tuple[int, int]]] | None:
    """The text, and where each token lies in it; None when the text is given and has not these tokens."""
    places: list[tuple[int, int]] = []
    if block.text is None:
        parts: list[str] = block.tokens[:1]
        for before, after in pairwise(block.tokens):
            touches = _NO_SPACE.match(before[-1:]) or _NO_SPACE.match(after[:1])
            parts.append(after if touches else f" {after}")
        at = 0
        for token, part in zip(block.tokens, parts, strict=True):
            at += len(part)
            places.append((at - len(token), at))
        return "".join(parts), places
    at = 0
    for token in block.tokens:
        at = block.text.find(token, at)
        if at < 0:
            return None
        places.append((at, at + len(token)))
        at += len(token)
    return block.text, places


def spans_of_tags(tags: Sequence[str]) -> list[tuple[str, int, int]]:
    """Class, first and last token of every span."""
    spans: list[tuple[str, int, int]] = []
    open_at, open_label = -1, ""
    for at, tag in enumerate([*tags, "O"]):
        mark, _, label = tag.partition("-")
        goes_on = mark in ("I", "E", "L") and open_at >= 0 and label == open_label
        if open_at >= 0 and not goes_on:
            spans.append((open_label, open_at, at - 1))
            open_at = -1
        if mark != "O" and open_at < 0:
            open_at, open_label = at, label
        if open_at >= 0 and mark in ("E", "L", "S", "U"):
            spans.append((open_label, open_at, at))
            open_at = -1
    return spans
