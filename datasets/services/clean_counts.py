"""How many samples the steps that choose would take out, told before anything is applied.

A few statements whatever the number of samples: what is a copy is read from the newest checks, not looked for.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypedDict

from django.db.models import Count, QuerySet

from datasets.cleaning import Choice, Operator
from datasets.cleaning.choose import Dedupe, DedupePictures, DropPictures, DropTexts, SampleByValue
from datasets.models import Dataset, Finding, Sample
from datasets.selectors.sample_query import finding_condition
from datasets.services.clean_base import filtered
from datasets.services.clean_choices import column_of, value_key
from datasets.services.clean_write import BIN

_COPIES: Final = "same_looking"
_SAME_TEXT: Final = "text_same"
_ALTERED: Final = "look_alike"


class ChosenCount(TypedDict):
    """What one step takes out: `count` of the `total` that reach it go `to` the bin or to a split.

    `count` is None where no checks have told yet; it is the most there can be unless `exact`.
    """

    step: int
    to: str
    count: int | None
    total: int
    exact: bool


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
        found = _counted(dataset, rows, step, left, is_filtered=bool(condition))
        count = None if found.count is None else min(found.count, left)
        # Steps before may have taken the same samples: only how many of them are left is known then.
        is_plain = not told or hasattr(step, "keep")
        is_exact = found.exact and is_sure and is_plain
        to = getattr(step, "rest", BIN)
        told.append({"step": place, "to": to, "count": count, "total": left, "exact": is_exact})
        left -= (count or 0) if to == BIN else 0
        is_sure = is_exact and count is not None
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
    # A diverse sample leaves those without a vector where they are.
    keep: Any = getattr(step, "keep", total)
    return _Count(max(0, total - keep), exact=step.key != "sample_diverse")


def _copies(dataset: Dataset, rows: "QuerySet[Sample]", step: Dedupe, *, is_filtered: bool) -> _Count:
    """By the newest checks: of each group all but one; of parts of groups, and of altered copies, at most so many."""
    is_pictures = isinstance(step, DedupePictures)
    codes = [_COPIES if step.near or is_pictures else _SAME_TEXT]
    codes += [_ALTERED] if isinstance(step, DedupePictures) and step.alike else []
    found = list(Finding.objects.filter(dataset=dataset.pk, code__in=codes))
    if len(found) < len(codes):
        return _Count(None, exact=False)
    if is_filtered:
        return _Count(sum(rows.filter(finding_condition(code)).count() for code in codes), exact=False)
    count = sum(row.count - row.params.get("groups", 0) for row in found)
    return _Count(count, exact=len(codes) == 1 and (step.near or not is_pictures))
