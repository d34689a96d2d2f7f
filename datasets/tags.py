"""What a tag is: a short word of a person's own. Pure.

A tag has one form, so that two spellings are never two tags: width and composition as NFKC has them, lower case,
spaces trimmed and single.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

MAX_CHARACTERS: Final = 64
MAX_A_SAMPLE: Final = 32
MAX_A_DATASET: Final = 1_000
# Means "without a tag" in a filter.
NO_TAG: Final = "none"
# Commas part tags and quotation marks hold them together wherever they are written in one line.
_SEPARATORS: Final = frozenset(',"“”\\')
# Joins letters and pictographs; every other sign of this kind is unseen and only makes two tags look alike.
_JOINERS: Final = frozenset("\u200c\u200d")
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))


class TagUnfit(Exception):
    """No tag: why, in one sentence that says what to do."""


def tag_form(word: str) -> str:
    """The one form of a word, whether it may be a tag or not; the form of a form is itself."""
    form = unicodedata.normalize("NFKC", word)
    return " ".join(unicodedata.normalize("NFKC", form.lower()).split())


def tag_of(word: str) -> str:
    """The tag that a word is. Raises TagUnfit."""
    # Measured before it is looked at: a book is not normalized to be told that it is too long.
    if len(word) > 4 * MAX_CHARACTERS:
        raise TagUnfit(f"a tag has at most {MAX_CHARACTERS} characters; use fewer")
    if any(sign in _SEPARATORS for sign in word):
        raise TagUnfit("a tag has no commas, quotation marks and backslashes; leave them out")
    if any(_is_unseen(sign) for sign in word.strip()):
        raise TagUnfit("a tag has no control characters and other unseen signs; type it anew")
    tag = tag_form(word)
    if not tag:
        raise TagUnfit("a tag is not empty; leave it out")
    if len(tag) > MAX_CHARACTERS:
        raise TagUnfit(f"a tag has at most {MAX_CHARACTERS} characters; use fewer")
    if tag == NO_TAG:
        raise TagUnfit(f"{NO_TAG!r} means without a tag in a filter; choose another word")
    if any(sign in _SEPARATORS for sign in tag):
        raise TagUnfit("a tag has no commas, quotation marks and backslashes; leave them out")
    return tag


def tags_of(words: Iterable[str]) -> list[str]:
    """Each tag once, in order of their signs. Raises TagUnfit."""
    tags = sorted({tag_of(word) for word in words})
    if len(tags) > MAX_A_SAMPLE:
        raise TagUnfit(f"a sample has at most {MAX_A_SAMPLE} tags; use fewer")
    return tags


def _is_unseen(sign: str) -> bool:
    return sign not in _JOINERS and unicodedata.category(sign) in _UNSEEN
