"""Characters that a dictionary takes for the same. Every fold keeps the length of a text, so that places stay true. Pure."""

import unicodedata
from functools import cached_property

_FORMS = ((0xFF00, 0xFFEF), (0x3000, 0x3000))


class _Fold(dict[int, str]):
    """What `str.translate` asks for each character; worked out when it is first met."""

    def __init__(self, *, is_lower: bool) -> None:
        super().__init__()
        self._is_lower = is_lower

    def __missing__(self, code: int) -> str:
        plain = _narrow(chr(code))
        told = self[code] = _lower(plain) if self._is_lower else plain
        return told


def _narrow(character: str) -> str:
    """Full-width and half-width forms as the ordinary ones; a composition of several characters stays."""
    if not any(first <= ord(character) <= last for first, last in _FORMS):
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def _lower(character: str) -> str:
    for small in (character.casefold(), character.lower()):
        if len(small) == 1:
            return small
    return character


_NARROW, _SMALL = _Fold(is_lower=False), _Fold(is_lower=True)


def folded(text: str, *, match_case: bool) -> str:
    """Width and, unless `match_case`, letter case made one; as long as `text`."""
    if text.isascii():
        return text if match_case else text.lower()
    return text.translate(_NARROW if match_case else _SMALL)


class FoldedText:
    """A text with its folds, each made once and only when a rule asks for it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def narrow(self) -> str:
        """Width made one."""
        return folded(self.text, match_case=True)

    @cached_property
    def small(self) -> str:
        """Width and case made one."""
        return folded(self.text, match_case=False)
