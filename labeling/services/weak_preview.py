"""What rules would say, before anything is kept: over texts that wait, and beside what people have said."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from datasets.services.quality_texts import texts_read
from labeling.models import Campaign
from labeling.selectors.weak_rules import TextRow, texts_answered, texts_waiting
from labeling.services.weak_rules import mode_for
from labeling.weak.figures import Figures, RuleFigures, snippet_of
from labeling.weak.matching import Allowance, OutOfTime, Span, matcher_of, matches
from labeling.weak.rules import Rule
from labeling.weak.votes import Mark, Mode

# A person waits for it: so long, of each text so much, and so many bytes.
WAITING_S: Final = 0.6
ANSWERED_S: Final = 0.3
MAX_CHARACTERS: Final = 4_000
MAX_BYTES: Final = 16 << 20
MAX_MATCHES: Final = 200


def rules_preview(campaign: Campaign, rules: Sequence[Rule]) -> dict[str, Any]:
    """The figures of `labeling.weak.figures` with examples; `is_cut`: not every drawn text was looked at in time.

    The time goes up with what is looked at, not with the campaign; no pattern holds it up for long.
    """
    began = time.monotonic()
    figures = Figures(mode_for(campaign), [rule.label for rule in rules])
    look = _Look(rules, figures)
    drawn, waiting = texts_waiting(campaign)
    seen: list[tuple[TextRow, str]] = []
    for row, text, found in look.at(drawn, WAITING_S):
        figures.add(found)
        seen.append((row, text))
    for row, _, found in look.at(texts_answered(campaign) if rules else (), ANSWERED_S):
        figures.judge(found, _answer(row, figures.mode))
    return {
        "waiting": waiting,
        "looked_at": figures.looked_at,
        "is_cut": figures.looked_at < len(drawn),
        "answered": figures.answered,
        "covered": figures.covered,
        "conflicted": figures.conflicted,
        "undecided": figures.undecided,
        "uncovered": figures.looked_at - figures.covered,
        "rules": [_rendered(rule, seen) for rule in figures.rules],
        "took_ms": round((time.monotonic() - began) * 1e3, 1),
    }


class _Look:
    def __init__(self, rules: Sequence[Rule], figures: Figures) -> None:
        self._matchers = [matcher_of(rule) for rule in rules]
        self._most = MAX_MATCHES if figures.mode is Mode.SPANS else 1

    def at(
        self, rows: Iterable[TextRow], seconds: float
    ) -> Iterator[tuple[TextRow, str, list[tuple[Span, ...]]]]:
        """Text by text until the time or the bytes run out; those whose file is gone are left out."""
        allowance = Allowance(seconds)
        wanted = list(_affordable(rows))
        for row, text in zip(wanted, texts_read([row.sha256 for row in wanted]), strict=True):
            if text is None:
                continue
            begin = text[:MAX_CHARACTERS]
            try:
                found = matches(self._matchers, begin, allowance, most=self._most)
            except OutOfTime:
                return
            yield row, begin, found


def _affordable(rows: Iterable[TextRow]) -> Iterator[TextRow]:
    left = MAX_BYTES
    for row in rows:
        left -= row.size_bytes
        if left >= 0:
            yield row


def _answer(row: TextRow, mode: Mode) -> set[str | Mark]:
    if mode is Mode.SPANS:
        return {Mark(shape["start"], shape["end"], str(shape["label"])) for shape in row.shapes}
    return {str(shape["label"]) for shape in row.shapes}


def _rendered(rule: RuleFigures, seen: Sequence[tuple[TextRow, str]]) -> dict[str, Any]:
    examples = [
        {
            "sample": seen[place][0].sample,
            "name": seen[place][0].name,
            **asdict(snippet_of(seen[place][1], span)),
        }
        for place, span in rule.examples
    ]
    return {
        "texts": rule.texts,
        "coverage": rule.texts / len(seen) if seen else 0.0,
        "matches": rule.matches,
        "overlaps": rule.overlaps,
        "conflicts": rule.conflicts,
        "judged": rule.judged,
        "correct": rule.correct,
        "examples": examples,
    }
