"""Text from strangers: the encoding is found, never asked for. Pure."""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSES: Final = ("utf-8", "gb18030")
_LOOKED_AT: Final = 4_096
# Of all bytes: in UTF-16 every blank, digit and separator brings a zero, in other text none does.
_ZERO_SHARE: Final = 0.02
_PATTERN_SHARE: Final = 0.1
_CONTROL_SHARE: Final = 0.1
# Of the bytes of a text in Latin letters; in UTF-16 half of them are zeros, of Chinese in UTF-16 about half are such.
_ASCII_LEAST: Final = 0.9
_SPACE_MOST: Final = 0.3
_SIGNS_LEAST: Final = 0.95
_ASCII: Final = bytes(range(0x20, 0x7F))
_SPACES: Final = (9, 10, 13)
_WIDE_LEAST: Final = 0.85
_WIDE_AHEAD: Final = 0.25
_DAMAGED_SHARE: Final = 0.1
# Many characters for each place that is none: what is left is no doubt written so.
_SURE: Final = 20
# Where nothing but ASCII speaks for UTF-8: so many characters for each place that is none.
_RARE: Final = 500
_ENOUGH: Final = 100_000
_HOPELESS: Final = 10_000
_WIDE: Final = ("utf-16-le", "utf-16-be")
_WIDER: Final = re.compile("[\u0080-\ud7ff\ue000-\U0010ffff]")
_HANDLER: Final = "studio.stray"
REPLACEMENT: Final = "\ufffd"
_STRAY: Final = re.compile("[\udc80-\udcff]")
_DAMAGE: Final = re.compile("[\x00\udc80-\udcff]")


class TextRefused(Exception):
    """The bytes are no text that is read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """How a text is written: its encoding, the length of its byte order mark, and how many places are no text: a zero is one."""

    encoding: str
    mark: int
    strays: int = 0


def text_decoded(content: bytes) -> str:
    """The text, without its byte order mark. Raises TextRefused."""
    return text_read(content)[0]


def text_read(content: bytes) -> tuple[str, str]:
    """The text, without its byte order mark, and the encoding that was found. Raises TextRefused.

    A mark decides, but for that of UTF-16 before plain ASCII. Without one, zero bytes on one side of the pairs mean
    UTF-16, but for a few that strayed in; then it is UTF-8, else GB18030, which holds GBK and GB2312, or UTF-16
    where that gives common characters and GB18030 does not: a Chinese text in UTF-16 may hold no zero byte at all.
    """
    found = encoding_found(lambda: iter((content,)), len(content))
    text = _strayed(content[found.mark :], found.encoding)
    if found.strays:
        line = text.count("\n", 0, _first_stray(text)) + 1
        raise TextRefused(
            f"line {line} holds bytes that are no text in {found.encoding.upper()}; mend it or save it again as UTF-8"
        )
    return text, found.encoding


def text_mended(content: bytes) -> tuple[str, str, tuple[int, ...]]:
    """As `text_read`, but bytes that are no text become REPLACEMENT, one for each place; their lines, each once.

    Only where the rest says beyond doubt what encoding it is. Raises TextRefused.
    """
    found = encoding_found(lambda: iter((content,)), len(content))
    text = _strayed(content[found.mark :], found.encoding)
    if not found.strays:
        return text, found.encoding, ()
    lines = tuple(number for number, line in enumerate(text.split("\n"), 1) if is_damaged(line))
    return _DAMAGE.sub(REPLACEMENT, text), found.encoding, lines


def lines_read(content: bytes) -> tuple[str, str]:
    """As `text_read`, for files that say one thing a line: a few lines with bytes that are no text spoil only
    themselves, and hold zeros or lone surrogates where the bytes were (`is_damaged`). Raises TextRefused.

    Many such lines, or the first one, mean another encoding, not damage.
    """
    try:
        found = encoding_found(lambda: iter((content,)), len(content))
    except TextRefused:
        mark, encodings = encodings_of(content[:_LOOKED_AT], len(content))
        if "utf-8" not in encodings or not _are_few(content.count(0), len(content)):
            raise
        found = Found("utf-8", mark, 1)
    text = _strayed(content[found.mark :], found.encoding)
    if found.strays:
        lines = [line for line in text.split("\n") if line.strip()]
        most = max(1, int(_DAMAGED_SHARE * len(lines)))
        if is_damaged(lines[0]) and not _STRAY.search(lines[0]):
            raise TextRefused("the first line holds zero bytes; remove them, or save it again as UTF-8")
        if is_damaged(lines[0]) or sum(map(is_damaged, lines)) > most:
            raise TextRefused(_unknown(("utf-8", "gb18030") if found.mark == 0 else (found.encoding,)))
    return text, found.encoding


def encoding_found(chunks: Callable[[], Iterator[bytes]], size_bytes: int, *last: str) -> Found:
    """The encoding of a text that `chunks` gives anew at each call. Raises TextRefused.

    The one decoder of texts and tables: each that may be is tried. One in which all is text is it, and so is one
    in which far more is text of many bytes than is not, before any that comes later: a text in UTF-8 with a bad byte
    is no text in GB18030, which gives characters for nearly anything, nor one in a code page of `last`. A zero is no
    text in any, so a few say nothing of the encoding. What no encoding holds is UTF-8 where hardly a place is no text.
    """
    head = next(chunks(), b"")
    mark, encodings = encodings_of(head, size_bytes, *last)
    if encodings[0] in _WIDE and (size_bytes - mark) % 2:
        raise TextRefused(
            "the text breaks off inside of a character; send the whole file again, or save it as UTF-8"
        )
    rare: Found | None = None
    for encoding in encodings:
        tally = _tallied(chunks(), mark, encoding)
        is_sure = encoding not in last and tally.usual >= _SURE * tally.strays
        if tally.strays and not is_sure:
            if encoding == "utf-8" and _RARE * (tally.strays + tally.zeros) <= tally.length:
                rare = Found(encoding, mark, tally.strays + tally.zeros)
            continue
        if not _are_few(tally.zeros, tally.length):
            raise TextRefused("the text holds zero bytes, so it is no text; save it again as UTF-8")
        return Found(encoding, mark, tally.strays + tally.zeros)
    if rare is None:
        raise TextRefused(_unknown(encodings))
    return rare


def decoded_in(chunks: Iterator[bytes], found: Found) -> Iterator[str]:
    """The text piece by piece, without its mark; REPLACEMENT where bytes are no text."""
    for text in _pieces(chunks, found.mark, found.encoding):
        yield _DAMAGE.sub(REPLACEMENT, text)


@dataclass(slots=True)
class _Tally:
    """`usual`: characters that speak for the encoding, of `length`; `strays`: places that are no text in it."""

    length: int = 0
    usual: int = 0
    strays: int = 0
    zeros: int = 0


def _are_few(zeros: int, length: int) -> bool:
    return not zeros or (zeros < length and zeros <= max(1, length // _SURE))


def _tallied(chunks: Iterator[bytes], mark: int, encoding: str) -> _Tally:
    tally = _Tally()
    for text in _pieces(chunks, mark, encoding):
        tally.length += len(text)
        tally.zeros += text.count("\x00")
        strays = len(_STRAY.findall(text))
        if strays or tally.strays or tally.usual < _ENOUGH:
            tally.usual += _usual(text, encoding)
        tally.strays += strays
        if tally.strays > _HOPELESS and tally.usual < _SURE * tally.strays:
            break
    return tally


def _usual(text: str, encoding: str) -> int:
    """Of one byte a character says nothing; of GB18030 only what everyday Chinese is written by."""
    if encoding.startswith("utf-16") or encoding.startswith("utf-32"):
        return len(text)
    wide = _WIDER.findall(text)
    return sum(map(_is_common, wide)) if encoding == "gb18030" else len(wide)


def _pieces(chunks: Iterator[bytes], mark: int, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(_HANDLER)
    skip = mark
    for chunk in chunks:
        part, skip = chunk[skip:], max(0, skip - len(chunk))
        yield decoder.decode(part)
    yield decoder.decode(b"", True)


def _strayed(content: bytes, encoding: str) -> str:
    return content.decode(encoding, _HANDLER)


def _stray(fault: UnicodeError) -> tuple[str, int]:
    """A lone surrogate, which no text has, for each place that is no text."""
    if not isinstance(fault, UnicodeDecodeError):
        raise fault
    return "\udcff", fault.end


def _first_stray(text: str) -> int:
    found = _DAMAGE.search(text)
    return found.start() if found else 0


def _unknown(encodings: tuple[str, ...]) -> str:
    return f"the text is not {' or '.join(encodings).upper()}; save it again as UTF-8"


def is_damaged(text: str) -> bool:
    """Whether `lines_read` met bytes in it that are no text."""
    return _DAMAGE.search(text) is not None


def encodings_of(head: bytes, size_bytes: int, *last: str) -> tuple[int, tuple[str, ...]]:
    """Length of the byte order mark of a text that begins so, and the encodings to try in their order.

    The one place that knows what is recognized, of texts and of tables. `last` are encodings that hold nearly
    any bytes: only who tells a person which one it took names any.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark) and not (encoding in _WIDE and _is_ascii(head[len(mark) : _LOOKED_AT])):
            return len(mark), (encoding,)
    head = head[:_LOOKED_AT]
    low, high = head[0::2].count(0), head[1::2].count(0)
    share = max(low, high) / max(1, len(head))
    likely = "utf-16-le" if high > low else "utf-16-be"
    if low != high and (
        share > _PATTERN_SHARE or (not _is_narrow(head, share) and _is_plausible(head, likely))
    ):
        return 0, (likely,)
    wide = "" if _is_ascii(head) else _wide_guess(head, size_bytes)
    return 0, (wide,) if wide else (*_GUESSES, *last)


def _is_narrow(head: bytes, zero_share: float) -> bool:
    """Whether it is text of one byte or some, but for the zeros that strayed into it."""
    if _is_ascii(head):
        return True
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return zero_share <= _ZERO_SHARE and (_common(head, "gb18030") or 0.0) >= _WIDE_LEAST
    return sum(ch < " " and ch not in "\t\r\n" for ch in text) <= _CONTROL_SHARE * len(text)


def _is_plausible(head: bytes, encoding: str) -> bool:
    """Whether nearly all is signs that there are, once it is read so."""
    text = codecs.getincrementaldecoder(encoding)(_HANDLER).decode(head)
    return sum(ch.isprintable() or ch in "\t\r\n" for ch in text) >= _SIGNS_LEAST * len(text)


def _is_ascii(head: bytes) -> bool:
    """Whether nearly all bytes are printable ASCII; a blank that is every other byte is half of another character."""
    spaces = sum(count for count in map(head.count, _SPACES) if count <= _SPACE_MOST * len(head))
    return bool(head) and len(head) - len(head.translate(None, _ASCII)) + spaces >= _ASCII_LEAST * len(head)


def _wide_guess(content: bytes, size_bytes: int) -> str:
    """The UTF-16 that makes common characters of what is no UTF-8 and hardly GB18030; else empty."""
    # A cut character at the end of the part that is looked at is no damage.
    head = content[: _LOOKED_AT & ~1]
    if size_bytes % 2 or not head or _common(head, "utf-8") is not None:
        return ""
    usual = _common(head, "gb18030") or 0.0
    shares = {encoding: _common(head, encoding) or 0.0 for encoding in ("utf-16-le", "utf-16-be")}
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] > max(_WIDE_LEAST, usual + _WIDE_AHEAD) else ""


def _common(head: bytes, encoding: str) -> float | None:
    """The share of its characters that are in GB2312, by which everyday Chinese is written; None for damage."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None
    return sum(_is_common(ch) for ch in text) / max(1, len(text))


def _is_common(ch: str) -> bool:
    if ch < "\x80":
        return ch.isprintable() or ch in "\t\r\n"
    try:
        ch.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


codecs.register_error(_HANDLER, _stray)
