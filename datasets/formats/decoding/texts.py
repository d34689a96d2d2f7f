"""What is known of a text once it was read. Pure."""

import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from datasets.size_bins import size_bin

MEDIA_TYPE: Final = "text/plain"
EXCERPT: Final = 280
# What a search looks through; nobody finds a text by its four hundredth page.
MAX_SEARCHED: Final = 20_000


@dataclass(frozen=True, slots=True)
class TextRead:
    """A text: its length in Unicode code points, its lines, its beginning on one line, what it was written in.

    It is stored as UTF-8 without a mark, every other character as it came, so that offsets stay true.
    """

    characters: int
    lines: int
    excerpt: str
    encoding: str
    search_text: str = ""

    media_type = MEDIA_TYPE
    thumbnail = b""
    dhash64 = None

    @property
    def features(self) -> dict[str, Any]:
        """Nothing: the checks read the text itself."""
        return {}

    @property
    def payload(self) -> dict[str, Any]:
        """What the sample says of its content."""
        return {
            "characters": self.characters,
            "lines": self.lines,
            "excerpt": self.excerpt,
            "encoding": self.encoding,
        }

    @property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """Counters (kind, key) that one more such sample adds to."""
        return (("media_type", self.media_type), ("characters", str(size_bin(self.characters))))


def text_measured(text: str, encoding: str) -> TextRead:
    """Everything about a text."""
    head = text[: 8 * EXCERPT]
    flat = " ".join(head.split())
    is_cut = len(flat) > EXCERPT or len(head) < len(text)
    return TextRead(
        characters=len(text),
        lines=len(text.splitlines()),
        excerpt=flat[:EXCERPT] + ("…" if is_cut else ""),
        encoding=encoding,
        search_text=search_form(text[:MAX_SEARCHED]),
    )


def search_form(text: str) -> str:
    """Equal for what a person takes for the same while searching: case, width, composition, spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
