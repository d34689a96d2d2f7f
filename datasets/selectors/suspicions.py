"""Labels that do not fit, of whole pictures, of marks, and of several classes of one picture."""

from typing import Any, Final, cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from datasets.models import Dataset, LabelSuspicion, SampleState, Shape, ShapeKind
from datasets.models.dataset import SEVERAL_CLASSES_TASKS
from datasets.selectors.mark_labels import marks_compared
from datasets.selectors.samples import sample_render, samples_rows

SUSPICION_ORDER: Final = ("rank", "id")
_COLUMNS: Final = ("id", "rank", "margin", "shape", "sample_id", "given_id", "suggested_id")


def suspicions_of(dataset: Dataset) -> QuerySet[LabelSuspicion, dict[str, Any]]:
    """Labels that do not fit and are still as they were, as rows by rank.

    A change that is taken back brings its row back. The class of a whole picture is settled by a review since; of
    marks and of several classes each is settled by itself, for one look may have been at another of them.
    """
    rows = LabelSuspicion.objects.filter(_as_it_was(dataset), dataset=dataset, settled=False)
    return cast("QuerySet[LabelSuspicion, dict[str, Any]]", rows.values(*_COLUMNS))


def _as_it_was(dataset: Dataset) -> Q:
    if marks_compared(dataset):
        return Q(Exists(Shape.objects.filter(pk=OuterRef("shape"), label_class=OuterRef("given"))))
    if dataset.task in SEVERAL_CLASSES_TASKS:
        carried = Shape.objects.filter(sample=OuterRef("sample"), kind=ShapeKind.CLASS)
        too_many = Q(Exists(carried.filter(label_class=OuterRef("given"))), suggested=None)
        missing = Q(~Exists(carried.filter(label_class=OuterRef("suggested"))), given=None)
        return too_many | missing
    untouched = Q(sample__annotation_revision=F("revision")) | ~Q(sample__state=SampleState.REVIEWED)
    return untouched & Q(sample__label_class=F("given"))


def suspicions_render(dataset: Dataset, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A page of them with their samples. One statement."""
    found = samples_rows(dataset.pk).filter(pk__in={row["sample_id"] for row in rows})
    samples = {row["id"]: sample_render(row) for row in found}
    return [
        {
            "id": row["id"],
            "rank": row["rank"],
            "margin": row["margin"],
            "given": row["given_id"],
            "suggested": row["suggested_id"],
            "shape": row["shape"],
            "sample": samples[row["sample_id"]],
        }
        for row in rows
        if row["sample_id"] in samples
    ]
