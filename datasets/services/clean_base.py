"""What a cleaning needs of every modality, and how a cleaning is locked and counted."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from django.db.models import Q, QuerySet

from core.jobs.context import JobContext
from datasets.models import Cleaning, CleaningRow, Dataset, Sample
from datasets.selectors.samples import samples_filtered
from datasets.services.bins import change_locked

MAX_PROBLEMS: Final = 100
MAX_PREVIEW: Final = 12


class Cleaner(Protocol):
    """How the data sets of one modality are cleaned.

    `apply` and `undo` run in a job that may die anywhere and begin again: every effect goes through `ctx.fenced()`
    together with `cleaning.cursor` and `cleaning.counts`. The frame (`services.cleanings`) begins and ends the job.
    """

    def operators(self) -> list[dict[str, Any]]:
        """Each `{key, group, params_schema}`, in the order to be shown."""

    def checked(self, dataset: Dataset, recipe: Any, condition: str) -> dict[str, Any]:
        """The recipe with every parameter written out. Raises InvalidInput for it or for the filter."""

    def total(self, cleaning: Cleaning) -> int:
        """How many samples or rows it looks at, for the progress."""

    def preview(self, dataset: Dataset, recipe: dict[str, Any], condition: str, limit: int) -> dict[str, Any]:
        """What the checked recipe makes of up to `limit` samples; nothing is kept."""

    def apply(self, ctx: JobContext, cleaning: Cleaning) -> None:
        """Do it, or what is left of it."""

    def undo(self, ctx: JobContext, cleaning: Cleaning) -> None:
        """Take it back, or what is left of it; what was touched since stays and is counted as `kept`."""


def cleaning_locked(cleaning_id: uuid.UUID) -> Cleaning:
    """The cleaning and its data set under their row locks."""
    return change_locked(Cleaning, cleaning_id)


def selected(cleaning: Cleaning) -> QuerySet[Sample]:
    """The samples it is about, of those that were there when it was ordered. Raises FilterInvalid.

    What an earlier step changed stays one of them, though it may meet the filter no longer.
    """
    rows = filtered(cleaning.dataset, cleaning.filter)
    if cleaning.filter:
        touched = CleaningRow.objects.filter(cleaning=cleaning.pk).values("sample")
        meets = Q(pk__in=rows.order_by().values("pk")) | Q(pk__in=touched)
        rows = Sample.objects.filter(meets, dataset=cleaning.dataset_id)
    rows = rows.filter(imported_at__lte=cleaning.created_at)
    return rows.filter(imported_at__gt=cleaning.since) if cleaning.since else rows


def filtered(dataset: Dataset, condition: str) -> QuerySet[Sample]:
    """The samples that meet a filter; an empty one is all. Raises FilterInvalid."""
    return samples_filtered(dataset.pk, {"filter": condition}, task=dataset.task)


def counted(cleaning: Cleaning, more: Mapping[str, int]) -> None:
    """Add to its counts; nothing is saved."""
    names = cleaning.counts.keys() | more.keys()
    cleaning.counts = {name: cleaning.counts.get(name, 0) + more.get(name, 0) for name in sorted(names)}


def binned_contents(cleaning: Cleaning, sha256s: Iterable[str]) -> set[str]:
    """Those of the contents that a sample in its bin has already: a data set, a bin too, has each of them once."""
    if cleaning.bin_id is None:
        return set()
    rows = Sample.objects.filter(dataset_id=cleaning.bin_id, sha256__in=list(sha256s))
    return set(rows.values_list("sha256", flat=True))


def problem_noted(cleaning: Cleaning, sample: Sample, code: str) -> None:
    """Count a problem, and name its sample while there is room; nothing is saved."""
    counted(cleaning, {"problems": 1})
    if len(cleaning.problems) < MAX_PROBLEMS:
        row = {"sample": str(sample.pk), "name": sample.name, "code": code}
        cleaning.problems = [*cleaning.problems, row]
