"""Labels that do not fit, as the newest analysis left them, and what a person said of them since."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from core.errors import NotFound
from core.models import User
from core.services import audit
from datasets.models import Dataset, LabelSuspicion
from datasets.services.bulk import rows_insert

_COLUMNS: Final = (
    *("dataset_id", "sample_id", "shape", "given_id", "suggested_id"),
    *("revision", "rank", "margin", "settled"),
)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label that does not fit; classes by their index in the label schema.

    `shape` is the mark that is meant. Of several classes one may be missing (no `given`) or too many (no `suggested`).
    """

    sample: uuid.UUID
    given: int | None
    suggested: int | None
    margin: float
    revision: int
    shape: uuid.UUID | None = None


def suspicions_replace(
    dataset: Dataset, suspects: Sequence[Suspect], classes: Mapping[int, uuid.UUID]
) -> None:
    """Write these, the least fitting first, in the caller's transaction.

    What a person called right stays so while it is the same that is suspected.
    """
    rows = LabelSuspicion.objects.filter(dataset=dataset)
    called = rows.filter(settled=True).values_list("sample_id", "shape", "given_id", "suggested_id")
    right = set(called.iterator(5_000))
    rows.delete()
    rows_insert(
        LabelSuspicion,
        _COLUMNS,
        (
            (dataset.pk, row.sample, row.shape, given, suggested, row.revision, rank, row.margin, is_right)
            for rank, row in enumerate(suspects)
            for given, suggested in [(_class(classes, row.given), _class(classes, row.suggested))]
            for is_right in [(row.sample, row.shape, given, suggested) in right]
        ),
    )


def suspicion_settle(*, actor: User, dataset: Dataset, suspicion: int, settled: bool) -> None:
    """Say that a label is right although it does not look so, or take that back. Raises NotFound."""
    with transaction.atomic():
        row = LabelSuspicion.objects.select_for_update().filter(dataset=dataset, pk=suspicion).first()
        if row is None:
            raise NotFound
        if row.settled == settled:
            return
        LabelSuspicion.objects.filter(pk=row.pk).update(settled=settled)
        audit.record(
            actor,
            "datasets.suspicion.settled" if settled else "datasets.suspicion.reopened",
            dataset,
            project=dataset.project_id,
            sample=str(row.sample_id),
        )


def _class(classes: Mapping[int, uuid.UUID], index: int | None) -> uuid.UUID | None:
    return None if index is None else classes[index]
