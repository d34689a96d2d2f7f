"""How much rules cover, where they contradict one another, and how often they are right. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from labeling.weak.matching import Span
from labeling.weak.votes import Mark, Mode, class_voted

EXAMPLES: Final = 5
_CONTEXT: Final = 40
_SHOWN: Final = 120
_SPACES: Final = re.compile(r"\s+")


@dataclass(slots=True)
class RuleFigures:
    """Of one rule: texts it matches; of its matches (of whole texts: of those texts) the ones that another rule matches too,
    and that another rule says another class of; how many of those that people answered it gets right."""

    texts: int = 0
    matches: int = 0
    overlaps: int = 0
    conflicts: int = 0
    judged: int = 0
    correct: int = 0
    examples: list[tuple[int, Span]] = field(default_factory=list)


@dataclass(slots=True)
class Figures:
    """Of the texts looked at: covered by a rule, contradicted, and left without a class because as many rules say another."""

    mode: Mode
    labels: Sequence[str]
    looked_at: int = 0
    covered: int = 0
    conflicted: int = 0
    undecided: int = 0
    answered: int = 0
    rules: list[RuleFigures] = field(init=False)

    def __post_init__(self) -> None:
        self.rules = [RuleFigures() for _ in self.labels]

    def add(self, found: Sequence[Sequence[Span]]) -> None:
        """A text that waits, and what each rule matches in it."""
        hits = _hits(found)
        for place in hits:
            rule = self.rules[place]
            rule.texts += 1
            if len(rule.examples) < EXAMPLES:
                rule.examples.append((self.looked_at, found[place][0]))
        is_conflicted = self._marks_add(found) if self.mode is Mode.SPANS else self._votes_add(hits)
        self.looked_at += 1
        self.covered += bool(hits)
        self.conflicted += is_conflicted

    def judge(self, found: Sequence[Sequence[Span]], answer: Collection[str | Mark]) -> None:
        """A text that people answered: the classes they gave it, or their marks, to be hit exactly."""
        self.answered += 1
        for place in _hits(found):
            rule, label = self.rules[place], self.labels[place]
            told = [Mark(*span, label) for span in found[place]] if self.mode is Mode.SPANS else [label]
            rule.judged += len(told)
            rule.correct += sum(each in answer for each in told)

    def _votes_add(self, hits: Sequence[int]) -> bool:
        said = [self.labels[place] for place in hits]
        is_conflicted = self.mode is Mode.ONE and len(set(said)) > 1
        for place in hits:
            self.rules[place].matches += 1
            self.rules[place].overlaps += len(hits) > 1
            self.rules[place].conflicts += is_conflicted
        self.undecided += is_conflicted and class_voted(said) is None
        return is_conflicted

    def _marks_add(self, found: Sequence[Sequence[Span]]) -> bool:
        marks = sorted((*span, place) for place in _hits(found) for span in found[place])
        overlapping, conflicting = set[int](), set[int]()
        for at, (_, end, place) in enumerate(marks):
            for other in range(at + 1, len(marks)):
                start, _, its_place = marks[other]
                if start >= end:
                    break
                overlapping |= {at, other}
                if self.labels[place] != self.labels[its_place]:
                    conflicting |= {at, other}
        for at, (_, _, place) in enumerate(marks):
            self.rules[place].matches += 1
            self.rules[place].overlaps += at in overlapping
            self.rules[place].conflicts += at in conflicting
        return bool(conflicting)


def _hits(found: Sequence[Sequence[Span]]) -> list[int]:
    return [place for place, spans in enumerate(found) if spans]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A match with what stands around it on one line; an ellipsis where the text goes on."""

    before: str
    match: str
    after: str


def snippet_of(text: str, span: Span) -> Snippet:
    """A few words before and behind."""
    start, end = span
    begin, stop = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    match = text[start:end] if end - start <= _SHOWN else f"{text[start : start + _SHOWN]}…"
    return Snippet(
        _line(("…" if begin else "") + text[begin:start]),
        _line(match),
        _line(text[end:stop] + ("…" if stop < len(text) else "")),
    )


def _line(text: str) -> str:
    return _SPACES.sub(" ", text)
