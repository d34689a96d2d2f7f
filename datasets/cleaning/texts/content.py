"""Operators that take out or replace parts of a text. Pure."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from core.errors import InvalidInput
from core.params import param
from core.patterns import check_length, pattern_compiled
from datasets.cleaning.base import Group
from datasets.cleaning.edits import Edit, differing
from datasets.cleaning.texts.base import TextOperator
from datasets.quality.personal import personal_found

# Possessive: what never ends is given up at once instead of being parted in every possible way.
_TAG: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9:-]*+)[^<>]*+>|<[!?][A-Za-z\[][^<>]*+>")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BREAKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_UNSEEN: Final = ("script", "style", "template", "noscript")
_URL: Final = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s<>\"'`{}|\\^\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
    r"\u4e00-\u9fff]+",
    re.IGNORECASE,
)
_NO_BREAKS: Final = re.compile(r"[^\n]+")
_URL_TAIL: Final = ".,;:!?)]"
_EMOJI: Final = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    "|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u3030\u303d\u3297\u3299]\ufe0f"
    "|[\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\U0001f000-\U0001faff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
    "(?:\u200d[\u2600-\u27bf\u2b1b\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*)*)"
)
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb]+"
)


@dataclass(frozen=True, slots=True)
class StripHtml(TextOperator):
    """Tags and comments go, entities become their signs, scripts and style sheets go whole."""

    key: ClassVar[str] = "strip_html"
    group: ClassVar[Group] = "content"
    breaks: bool = param(True, "Keep lines apart", "A paragraph, a list item or a table row begins a line.")

    def found(self, text: str) -> Iterable[Edit]:
        """One pass; a `<` that begins no tag stays. No line begins before the first sign or after the last."""
        for edit in _merged(_html(text, self.breaks)):
            at_end = edit.new == "\n" and (edit.start == 0 or edit.end == len(text))
            yield Edit(edit.start, edit.end, "") if at_end else edit


def _html(text: str, breaks: bool) -> Iterator[Edit]:
    at = 0
    lowered = ""
    has_no_end: set[str] = set()
    for match in re.finditer(r"<|&", text):
        start = match.start()
        if start < at:
            continue
        if match[0] == "&":
            entity = _ENTITY.match(text, start)
            sign = html.unescape(entity[0]) if entity else ""
            if entity and sign != entity[0]:
                yield Edit(start, entity.end(), sign)
                at = entity.end()
            continue
        if text.startswith("<!--", start):
            end = -1 if "-->" in has_no_end else text.find("-->", start + 4)
            if end < 0:
                has_no_end.add("-->")
                continue
            at = end + 3
            yield Edit(start, at, "")
            continue
        tag = _TAG.match(text, start)
        if tag is None:
            continue
        name, at = (tag[1] or "").lower(), tag.end()
        if name in _UNSEEN and text[start + 1] != "/" and name not in has_no_end:
            lowered = lowered or _lower_ascii(text)
            end = lowered.find(f"</{name}", at)
            if end < 0:
                has_no_end.add(name)
            else:
                closed = text.find(">", end)
                at = closed + 1 if closed >= 0 else len(text)
        yield Edit(start, at, "\n" if breaks and name in _BREAKS else "")


def _lower_ascii(text: str) -> str:
    """Of the same length, unlike `str.lower`."""
    return text.translate({code: code + 32 for code in range(65, 91)})


def _merged(edits: Iterator[Edit]) -> Iterator[Edit]:
    """Deletions that touch, as one; of several breaks in a row one stays."""
    last: Edit | None = None
    for edit in edits:
        is_next = last is not None and last.end == edit.start
        if last is not None and is_next and edit.new in ("", "\n") and last.new in ("", "\n"):
            last = Edit(last.start, edit.end, last.new or edit.new)
            continue
        if last is not None:
            yield last
        last = edit
    if last is not None:
        yield last


@dataclass(frozen=True, slots=True)
class Emoji(TextOperator):
    """Pictures among the signs, with what belongs to them."""

    key: ClassVar[str] = "emoji"
    group: ClassVar[Group] = "content"
    replacement: str = param("", "Replace by", "Empty takes them out.")

    def found(self, text: str) -> Iterable[Edit]:
        """A family of several is one."""
        return () if text.isascii() else (Edit(*m.span(), self.replacement) for m in _EMOJI.finditer(text))

    def check(self) -> None:
        """A short replacement."""
        check_length("replacement", self.replacement)


@dataclass(frozen=True, slots=True)
class Control(TextOperator):
    """Signs that nobody sees: control codes, zero-width spaces, marks of direction, soft hyphens.

    Line breaks, tabs and the joiners of emoji and Indic scripts stay.
    """

    key: ClassVar[str] = "control"
    group: ClassVar[Group] = "content"

    def found(self, text: str) -> Iterable[Edit]:
        """Runs of them."""
        return (Edit(*match.span(), "") for match in _CONTROL.finditer(text))


@dataclass(frozen=True, slots=True)
class Urls(TextOperator):
    """Addresses of the web."""

    key: ClassVar[str] = "urls"
    group: ClassVar[Group] = "content"
    replacement: str = param("", "Replace by", "Empty takes them out.")

    def found(self, text: str) -> Iterable[Edit]:
        """Without the stop that ends the sentence."""
        for match in _URL.finditer(text):
            length = len(match[0].rstrip(_URL_TAIL))
            yield Edit(match.start(), match.start() + length, self.replacement)

    def check(self) -> None:
        """A short replacement."""
        check_length("replacement", self.replacement)


@dataclass(frozen=True, slots=True)
class Regex(TextOperator):
    """Search and replace by a pattern of RE2, which takes linear time whatever the pattern is."""

    key: ClassVar[str] = "regex"
    group: ClassVar[Group] = "content"
    pattern: str = param("", "Pattern", "A regular expression in the syntax of RE2.")
    replacement: str = param("", "Replace by", r"\1 is what the first group found; empty takes it out.")
    ignore_case: bool = param(False, "Ignore case", "Capital and small letters are the same.")

    def found(self, text: str) -> Iterable[Edit]:
        """Every match; none is empty on both sides."""
        for match in pattern_compiled(self.pattern, ignore_case=self.ignore_case).finditer(text):
            new = match.expand(self.replacement)
            if new != match[0]:
                yield Edit(match.start(), match.end(), new)

    def check(self) -> None:
        """Raises InvalidInput for what RE2 cannot read."""
        groups = pattern_compiled(self.pattern, ignore_case=self.ignore_case).groups
        check_length("replacement", self.replacement)
        named = [int(number) for number in re.findall(r"\\([0-9]+)", self.replacement.replace("\\\\", ""))]
        if any(number > groups for number in named) or _is_broken(self.replacement):
            raise InvalidInput(r"only \1 to the number of groups can be named", field="replacement")


def _is_broken(replacement: str) -> bool:
    """Whether a backslash is before anything but a digit or another one."""
    return re.search(r"\\(?![0-9\\])", replacement.replace("\\\\", "")) is not None


@dataclass(frozen=True, slots=True)
class Whitespace(TextOperator):
    """Spaces in a row become one, lines lose those at their ends, the text those around it."""

    key: ClassVar[str] = "whitespace"
    group: ClassVar[Group] = "content"
    lines: str = param(
        "keep",
        "Line breaks",
        "Keep them, leave at most one empty line, or join all lines to one.",
        choices=("keep", "squeeze", "join"),
    )

    def found(self, text: str) -> Iterable[Edit]:
        """Run by run; breaks that stay are not touched."""
        for match in _runs(text):
            new = self._new(match, len(text))
            if new and new == "\n" * match[0].count("\n"):
                for one in _NO_BREAKS.finditer(match[0]):
                    yield Edit(match.start() + one.start(), match.start() + one.end(), "")
            else:
                yield from differing(text, [(match.start(), match.end(), new)])

    def _new(self, match: "re.Match[str]", length: int) -> str:
        run = match[0]
        if match.start() == 0 or match.end() == length:
            return ""
        breaks = run.count("\n") or run.count("\r")
        if not breaks or self.lines == "join":
            return " "
        return "\n" * (min(breaks, 2) if self.lines == "squeeze" else breaks)


def _runs(text: str) -> Iterator["re.Match[str]"]:
    return re.finditer(r"[ \t\r\n\x0b\x0c\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+", text)


@dataclass(frozen=True, slots=True)
class MaskPersonal(TextOperator):
    """Mail, phone numbers, Chinese identity numbers and payment cards, as the checks find them."""

    key: ClassVar[str] = "mask_personal"
    group: ClassVar[Group] = "private"
    style: str = param(
        "tag",
        "Style",
        "A tag such as [MAIL], or a star for every sign.",
        choices=("tag", "stars"),
    )
    mail: bool = param(True, "Mail addresses", "Mask them.")
    phone: bool = param(True, "Phone numbers", "Mask them.")
    identity: bool = param(True, "Identity numbers", "Mask them.")
    card: bool = param(True, "Payment cards", "Mask them.")

    def found(self, text: str) -> Iterable[Edit]:
        """What `datasets.quality.personal` finds of the kinds that are wanted."""
        wanted = {"mail": self.mail, "phone": self.phone, "identity": self.identity, "card": self.card}
        return (
            Edit(one.start, one.end, self._new(one.kind, one.end - one.start))
            for one in personal_found(text)
            if wanted[one.kind]
        )

    def _new(self, kind: str, length: int) -> str:
        return "*" * length if self.style == "stars" else f"[{kind.upper()}]"
