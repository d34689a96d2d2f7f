"""XML from strangers: no document type, no entities, bounded depth, one record at a time. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from datasets.formats.textfiles import TextRefused, text_decoded

_MAX_DEPTH: Final = 64
_MAX_NODES: Final = 200_000
_MAX_TEXT: Final = 4_096
_CHUNK: Final = 1 << 16
_HEAD: Final = 4_096
_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_STATED: Final = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9._-]{1,20})["']""")
_ROOT: Final = re.compile(r"<([A-Za-z_][\w.-]{0,60})")
_IGNORED: Final = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)
# Encodings whose bytes may look like UTF-8 or GB18030 and mean something else: there the file is believed.
_BELIEVED: Final = {
    **dict.fromkeys(("gbk", "gb2312", "gb18030", "cp936"), "gb18030"),
    **{name: name for name in ("iso-8859-1", "windows-1252", "big5", "shift_jis", "euc-kr")},
}


class XmlRefused(Exception):
    """The text is no XML we take; the message says why and what to do."""


@dataclass(slots=True)
class Node:
    """One element with what is inside. `text` is what stands before its first child, stripped."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def child(self, tag: str) -> "Node | None":
        """The first child of that name."""
        return next((node for node in self.children if node.tag == tag), None)

    def all(self, tag: str) -> Iterator["Node"]:
        """The children of that name."""
        return (node for node in self.children if node.tag == tag)

    def words(self, tag: str) -> str:
        """The text of the first child of that name, empty when there is none."""
        node = self.child(tag)
        return node.text if node is not None else ""


def xml_source(content: bytes) -> str | bytes:
    """What the parser is fed: the bytes where they are UTF-8 as they say, else the text. Raises XmlRefused."""
    stated = _STATED.match(content[:256])
    encoding = stated[1].decode().lower() if stated else ""
    if encoding in ("", "utf-8") and b"\x00" not in content[:_HEAD] and _is_utf8(content):
        return content
    try:
        text = content.decode(_BELIEVED[encoding]) if encoding in _BELIEVED else text_decoded(content)
    except UnicodeDecodeError as exc:
        raise XmlRefused(f"the XML says it is {encoding} and is not; save it again as UTF-8") from exc
    except TextRefused as exc:
        raise XmlRefused(str(exc)) from exc
    return _DECLARATION.sub("", text, count=1)


def _is_utf8(content: bytes) -> bool:
    try:
        return content.isascii() or bool(content.decode())
    except UnicodeDecodeError:
        return False


def xml_root(content: bytes) -> str:
    """The name of the outermost element by a look at the beginning, or empty."""
    try:
        head = text_decoded(content[:_HEAD].removesuffix(b"\x00"))
    except TextRefused:
        head = content[:_HEAD].decode("latin-1").replace("\x00", "")
    found = _ROOT.search(_IGNORED.sub("", head))
    return found[1] if found else ""


def xml_records(source: str | bytes, tags: frozenset[str]) -> Iterator[Node]:
    """The outermost elements named so, one at a time, in order; the rest is passed over.

    Raises XmlRefused where the text breaks off or is unsafe, after every record in front of it.
    """
    collector = _Collector(tags)
    parser = DefusedXMLParser(target=collector, forbid_dtd=True)
    try:
        for at in range(0, len(source), _CHUNK):
            parser.feed(source[at : at + _CHUNK])
            yield from collector.taken()
        parser.close()
    except DefusedXmlException as exc:
        raise XmlRefused("the XML holds a document type or entities; save it without them") from exc
    except ParseError as exc:
        yield from collector.taken()
        line, column = exc.position
        raise XmlRefused(f"the XML is damaged at line {line}, column {column}") from exc
    yield from collector.taken()


class _Collector:
    """What the parser calls: builds nodes inside wanted elements only."""

    def __init__(self, tags: frozenset[str]) -> None:
        self._tags = tags
        self._depth = 0
        self._open: list[Node] = []
        self._nodes = 0
        self._done: list[Node] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise XmlRefused(f"the XML is nested over {_MAX_DEPTH} deep")
        if not self._open and tag not in self._tags:
            return
        node = Node(tag, attributes)
        if self._open:
            self._open[-1].children.append(node)
            self._nodes += 1
        else:
            self._nodes = 1
        if self._nodes > _MAX_NODES:
            raise XmlRefused(f"a single <{self._open[0].tag}> has over {_MAX_NODES} elements")
        self._open.append(node)

    def end(self, _tag: str) -> None:
        """An element ends."""
        self._depth -= 1
        if not self._open:
            return
        node = self._open.pop()
        node.text = node.text.strip()
        if not self._open:
            self._done.append(node)

    def data(self, text: str) -> None:
        """A stretch of text."""
        if self._open and not self._open[-1].children and len(self._open[-1].text) < _MAX_TEXT:
            self._open[-1].text += text[:_MAX_TEXT]

    def close(self) -> None:
        """The end of the document."""

    def taken(self) -> list[Node]:
        """The records that are whole by now, given out once."""
        done, self._done = self._done, []
        return done
