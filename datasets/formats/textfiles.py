"""Text from strangers: the encoding is found, never asked for. Pure."""

import codecs
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


class TextRefused(Exception):
    """The bytes are no text that is read; the message says what to do."""


def text_decoded(content: bytes) -> str:
    """The text, without its byte order mark. Raises TextRefused.

    A mark decides. Without one, zero bytes on one side of the pairs mean UTF-16, which no other text has;
    then it is UTF-8, else GB18030, which holds GBK and GB2312.
    """
    text = _decoded(content)
    if "\x00" in text:
        raise TextRefused("the text holds zero bytes, so it is no text; save it again as UTF-8")
    return text


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strict(content[len(mark) :], (encoding,))
    head = content[:_LOOKED_AT]
    low, high = head[0::2].count(0), head[1::2].count(0)
    if low != high:
        return _strict(content, ("utf-16-le" if high > low else "utf-16-be",))
    return _strict(content, _GUESSES)


def _strict(content: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TextRefused(f"the text is not {' or '.join(encodings).upper()}; save it again as UTF-8")
