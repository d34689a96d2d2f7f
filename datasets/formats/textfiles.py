"""Text from strangers: the encoding is found, never asked for. Pure."""

import codecs
import re
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
_CONTROL_SHARE: Final = 0.1
_WIDE_LEAST: Final = 0.85
_WIDE_AHEAD: Final = 0.25
_DAMAGED_SHARE: Final = 0.1
_STRAY: Final = re.compile("[\udc80-\udcff]")


class TextRefused(Exception):
    """The bytes are no text that is read; the message says what to do."""


def text_decoded(content: bytes) -> str:
    """The text, without its byte order mark. Raises TextRefused."""
    return text_read(content)[0]


def text_read(content: bytes) -> tuple[str, str]:
    """The text, without its byte order mark, and the encoding that was found. Raises TextRefused.

    A mark decides. Without one, zero bytes on one side of the pairs mean UTF-16, but for one that strayed in;
    then it is UTF-8, else GB18030, which holds GBK and GB2312, or UTF-16 where that gives common characters
    and GB18030 does not: a Chinese text in UTF-16 may hold no zero byte at all.
    """
    text, encoding = _decoded(content)
    if "\x00" in text:
        raise TextRefused("the text holds zero bytes, so it is no text; save it again as UTF-8")
    return text, encoding


def lines_read(content: bytes) -> tuple[str, str]:
    """As `text_read`, for files that say one thing a line: a few lines with bytes that are no UTF-8 spoil only
    themselves, and hold lone surrogates where the bytes were (`is_damaged`). Raises TextRefused.

    Many such lines, or the first one, mean another encoding, not damage.
    """
    try:
        return text_read(content)
    except TextRefused:
        mark, encodings = encodings_of(content[:_LOOKED_AT], len(content))
        if "utf-8" not in encodings or b"\x00" in content:
            raise
        text = content[mark:].decode("utf-8", "surrogateescape")
        lines = [line for line in text.split("\n") if line.strip()]
        most = max(1, int(_DAMAGED_SHARE * len(lines)))
        if is_damaged(lines[0]) or sum(map(is_damaged, lines)) > most:
            raise
        return text, "utf-8"


def is_damaged(text: str) -> bool:
    """Whether `lines_read` met bytes in it that are no text."""
    return _STRAY.search(text) is not None


def encodings_of(head: bytes, size_bytes: int, *last: str) -> tuple[int, tuple[str, ...]]:
    """Length of the byte order mark of a text that begins so, and the encodings to try in their order.

    The one place that knows what is recognized, of texts and of tables. `last` are encodings that hold nearly
    any bytes: only who tells a person which one it took names any.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return len(mark), (encoding,)
    head = head[:_LOOKED_AT]
    low, high = head[0::2].count(0), head[1::2].count(0)
    if low != high and (max(low, high) > _ZERO_SHARE * len(head) or not _is_narrow(head)):
        return 0, ("utf-16-le" if high > low else "utf-16-be",)
    wide = _wide_guess(head, size_bytes)
    return 0, (wide,) if wide else (*_GUESSES, *last)


def _decoded(content: bytes) -> tuple[str, str]:
    mark, encodings = encodings_of(content[:_LOOKED_AT], len(content))
    return _strict(content[mark:], encodings)


def _is_narrow(head: bytes) -> bool:
    """Whether it is text of one byte or some, but for the zero that strayed into it."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return (_common(head, "gb18030") or 0.0) >= _WIDE_LEAST
    return sum(ch < " " and ch not in "\t\r\n" for ch in text) <= _CONTROL_SHARE * len(text)


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


def _strict(content: bytes, encodings: tuple[str, ...]) -> tuple[str, str]:
    for encoding in encodings:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise TextRefused(f"the text is not {' or '.join(encodings).upper()}; save it again as UTF-8")
