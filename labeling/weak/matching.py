"""What rules find in a text: places in code points, in a time that is given. Pure."""

import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

from core.patterns import pattern_compiled
from labeling.weak.folding import FoldedText, folded
from labeling.weak.rules import Rule

Span = tuple[int, int]
# Of words so many characters say where to look: enough to be rare, few enough to be made into a pattern at once.
_HEAD: Final = 3
# Scripts that put no space between words: each of their characters may begin or end one.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


class OutOfTime(Exception):
    """The rules took longer than they were given."""


class Allowance:
    """Seconds that rules may take, from now on."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def check(self) -> None:
        """Raises OutOfTime."""
        if time.monotonic() > self._ends:
            raise OutOfTime


class Matcher(Protocol):
    """A rule, ready to look."""

    def spans(self, text: FoldedText, allowance: "Allowance") -> Iterator[Span]:
        """First code point and the one behind the last of every match, from left to right; none lies on another.

        Raises OutOfTime.
        """


def matcher_of(rule: Rule) -> Matcher:
    """Raises InvalidInput for a pattern that cannot be read."""
    return _Words(rule) if rule.kind == "words" else _Pattern(rule)


def matches(
    matchers: Sequence[Matcher], text: str, allowance: Allowance, *, most: int
) -> list[tuple[Span, ...]]:
    """The first `most` matches of each. The time is looked at behind each match. Raises OutOfTime."""
    seen = FoldedText(text)
    return [tuple(_first(matcher.spans(seen, allowance), allowance, most)) for matcher in matchers]


def _first(spans: Iterator[Span], allowance: Allowance, most: int) -> Iterator[Span]:
    for _ in range(most):
        span = next(spans, None)
        allowance.check()
        if span is None:
            return
        yield span


class _Words:
    """The longest word that begins at a place. A pattern of the beginnings of all words says where to look at all."""

    def __init__(self, rule: Rule) -> None:
        self._match_case, self._whole_word = rule.match_case, rule.whole_word
        self._words = frozenset(folded(word, match_case=rule.match_case) for word in rule.words)
        lengths: dict[str, set[int]] = defaultdict(set)
        for word in self._words:
            lengths[word[:_HEAD]].add(len(word))
        self._lengths = {head: sorted(known, reverse=True) for head, known in lengths.items()}
        self._heads = _walk(frozenset(self._lengths))

    def spans(self, text: FoldedText, allowance: Allowance) -> Iterator[Span]:
        """As `Matcher`."""
        seen = text.narrow if self._match_case else text.small
        at = 0
        while match := self._heads.search(seen, at):
            # Beginnings without an end are no match that anybody else would look at the time behind.
            allowance.check()
            start = match.start()
            end = self._end(seen, start, match[0])
            if end is not None:
                yield start, end
            at = start + 1 if end is None else end

    def _end(self, seen: str, start: int, head: str) -> int | None:
        for size in range(len(head), 0, -1):
            for length in self._lengths.get(head[:size], ()):
                end = start + length
                is_known = seen[start:end] in self._words
                if is_known and not (self._whole_word and _is_part(seen, start, end)):
                    return end
        return None


@lru_cache(maxsize=128)
def _walk(words: frozenset[str]) -> "re.Pattern[str]":
    """A pattern which finds the longest of these words in one walk.

    Beginnings are shared, so that at each character there is one way on at most: nothing is tried twice.
    """
    root = _Node()
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, _Node())
        node.is_end = True
    return re.compile(_written(root))


class _Node(dict[str, "_Node"]):
    """What comes behind the same beginning; `is_end`: a word ends here."""

    is_end = False


def _written(node: _Node) -> str:
    if not node:
        return ""
    leaves = [character for character in sorted(node) if not node[character]]
    ways = [re.escape(character) + _written(node[character]) for character in sorted(node) if node[character]]
    ways += [f"[{''.join(map(re.escape, leaves))}]"] if leaves else []
    return f"(?:{'|'.join(ways)})" + ("?" if node.is_end else "")


def _is_part(text: str, start: int, end: int) -> bool:
    """Whether a word goes on before or behind."""
    return _is_joined(text, start) or _is_joined(text, end)


def _is_joined(text: str, at: int) -> bool:
    return 0 < at < len(text) and _is_of_word(text[at - 1]) and _is_of_word(text[at])


def _is_of_word(character: str) -> bool:
    return (character.isalnum() or character == "_") and not _UNSPACED.match(character)


class _Pattern:
    def __init__(self, rule: Rule) -> None:
        self._compiled: Any = pattern_compiled(rule.pattern, ignore_case=not rule.match_case)

    def spans(self, text: FoldedText, allowance: Allowance) -> Iterator[Span]:
        """As `Matcher`; matches of nothing are none."""
        for match in self._compiled.finditer(text.text):
            if match.start() < match.end():
                yield match.span()
