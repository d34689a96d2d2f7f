"""What several rules say together. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from labeling.weak.matching import Span


class Mode(Enum):
    """What a task asks of a text: one class, any number of classes, or places with a class each."""

    ONE = "one"
    SEVERAL = "several"
    SPANS = "spans"


MODES: Final = {"text_classification": Mode.ONE, "text_multilabel": Mode.SEVERAL, "ner": Mode.SPANS}


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a text, in code points, and the class it is of."""

    start: int
    end: int
    label: str


def class_voted(labels: Sequence[str]) -> tuple[str, float] | None:
    """The class that most rules say, and their share; None where the most are as many as others, or there are none."""
    counts = Counter(labels).most_common(2)
    if not counts or (len(counts) > 1 and counts[0][1] == counts[1][1]):
        return None
    label, votes = counts[0]
    return label, votes / len(labels)


def marks_of(labels: Sequence[str], found: Sequence[Sequence[Span]]) -> list[Mark]:
    """Every match of every rule with the class of its rule, from left to right."""
    return sorted(Mark(*span, label) for label, spans in zip(labels, found, strict=True) for span in spans)


def marks_joined(marks: Iterable[Mark]) -> list[Mark]:
    """Marks of one class that lie on one another as one, from left to right; those that only touch stay two."""
    last: dict[str, Mark] = {}
    done: list[Mark] = []
    for mark in sorted(marks):
        before = last.get(mark.label)
        if before is not None and mark.start < before.end:
            last[mark.label] = Mark(before.start, max(before.end, mark.end), mark.label)
            continue
        done += [before] if before is not None else []
        last[mark.label] = mark
    return sorted([*done, *last.values()])
