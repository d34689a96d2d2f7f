"""How many samples the steps that choose would take out, told before anything is applied.

A few statements whatever the number of samples: what is a copy is read from the newest checks, not looked for.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from django.db.models import Count, QuerySet

from datasets.cleaning import Choice, Operator
from datasets.cleaning.choose import (
    Dedupe,
    DedupePictures,
    DropPictures,
    DropTexts,
    SampleByValue,
    SampleDiverse,
    SampleSome,
)
from datasets.models import Dataset, Finding, Sample
from datasets.selectors.sample_query import finding_condition
from datasets.services.clean_base import filtered
from datasets.services.clean_choices import column_of, value_key
from datasets.services.clean_write import BIN

_COPIES: Final = "same_looking"
_SAME_TEXT: Final = "text_same"
_ALTERED: Final = "look_alike"
_EXAMPLES: Final = 12


class ChosenExample(TypedDict):
    """One of the samples that go; texts have no likeness."""

    id: uuid.UUID
    name: str
    thumb_url: str | None


class ChosenCount(TypedDict):
    """What one step takes out: `count` of the `total` that reach it go `to` the bin or to a split.

    `count` is None where nobody can tell yet: no checks have run since the newest samples came, or a step before
    makes other content. It is the most there can be unless `exact`. `examples` are the first dozen of what a check names;
    which of several copies stays, and what chance leaves, is known when it is applied.
    """

    step: int
    to: str
    count: int | None
    total: int
    exact: bool
    examples: list[ChosenExample]


@dataclass(frozen=True, slots=True)
class _Count:
    count: int | None
    exact: bool = True


def choices_counted(dataset: Dataset, steps: Sequence[Operator], condition: str) -> list[ChosenCount]:
    """Each step of a recipe that chooses among the samples that meet a filter, in order. Raises FilterInvalid.

    What is being labeled stays when a cleaning is applied, and is counted here all the same.
    """
    choices = [(place, step) for place, step in enumerate(steps) if isinstance(step, Choice)]
    if not choices:
        return []
    rows = filtered(dataset, condition).order_by()
    left, is_sure = rows.count(), True
    told: list[ChosenCount] = []
    for place, step in choices:
        # What becomes a copy goes to the bin by itself, and who is a copy then nobody knows yet.
        is_anew = place > len(told)
        if is_anew and isinstance(step, Dedupe):
            found = _Count(None, exact=False)
        else:
            found = _counted(dataset, rows, step, left, is_filtered=bool(condition))
        count = None if found.count is None else min(found.count, left)
        # Steps before may have taken the same samples: only how many of them are left is known then.
        is_plain = not told or isinstance(step, SampleSome)
        is_sure = is_sure and found.exact and is_plain and not is_anew
        to = step.rest if isinstance(step, SampleSome | SampleByValue) else BIN
        told.append(
            {
                "step": place,
                "to": to,
                "count": count,
                "total": left,
                "exact": is_sure,
                "examples": _examples(rows, step),
            }
        )
        left -= (count or 0) if to == BIN and is_sure else 0
    return told


def _counted(
    dataset: Dataset, rows: "QuerySet[Sample]", step: Choice, total: int, *, is_filtered: bool
) -> _Count:
    if isinstance(step, DropPictures | DropTexts):
        return _Count(rows.filter(finding_condition(step.finding)).count())
    if isinstance(step, Dedupe):
        return _copies(dataset, rows, step, is_filtered=is_filtered)
    if isinstance(step, SampleByValue):
        column = column_of(step)
        sizes: Counter[str] = Counter()
        for value, count in rows.values_list(column).annotate(found=Count("pk")):
            sizes[value_key(value)] += count
        return _Count(sum(max(0, size - step.most) for size in sizes.values()))
    if isinstance(step, SampleSome):
        # A diverse sample leaves those without a vector where they are.
        return _Count(max(0, total - step.keep), exact=not isinstance(step, SampleDiverse))
    return _Count(0)


def _examples(rows: "QuerySet[Sample]", step: Choice) -> list[ChosenExample]:
    if not isinstance(step, DropPictures | DropTexts):
        return []
    named = rows.filter(finding_condition(step.finding)).order_by("pk")
    return [
        {"id": pk, "name": name, "thumb_url": f"/media/t/{thumb}" if thumb else None}
        for pk, name, thumb in named.values_list("pk", "name", "thumb_sha256")[:_EXAMPLES]
    ]


def _copies(dataset: Dataset, rows: "QuerySet[Sample]", step: Dedupe, *, is_filtered: bool) -> _Count:
    """By the newest checks, unless samples came after them: of each group all but one; else at most so many."""
    is_pictures = isinstance(step, DedupePictures)
    codes = [_COPIES if step.near or is_pictures else _SAME_TEXT]
    codes += [_ALTERED] if isinstance(step, DedupePictures) and step.alike else []
    found = list(Finding.objects.filter(dataset=dataset.pk, code__in=codes))
    newest = Sample.objects.filter(dataset=dataset.pk).order_by("-pk").values_list("imported_at", flat=True)
    came = newest.first()
    if len(found) < len(codes) or (came is not None and any(came > row.checked_at for row in found)):
        return _Count(None, exact=False)
    named = {row.code: rows.filter(finding_condition(row.code)).count() for row in found}
    if is_filtered or any(named[row.code] != row.count for row in found):
        return _Count(sum(named.values()), exact=False)
    count = sum(row.count - row.params.get("groups", 0) for row in found)
    return _Count(count, exact=len(codes) == 1 and (step.near or not is_pictures))
