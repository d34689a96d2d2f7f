"""Whether what the checks found is older than the data."""

from datetime import datetime
from typing import Final

from django.db.models import Q

from core.ids import uuid7_from
from datasets.models import (
    AnnotationHistory,
    BulkAction,
    BulkEdit,
    Cleaning,
    Dataset,
    ImportBatch,
    Modality,
    Sample,
    Table,
)

# The newest labels of all data sets are looked at, so that checks of long ago cost no more than those of today.
MOST_LABELS: Final = 20_000
# What no check looks at.
_APART: Final = (BulkAction.TAG, BulkAction.UNTAG)
# These count in other words what they did.
_OF_A_VERSION: Final = Q(action__in=(BulkAction.RESTORE, BulkAction.MERGE))


def imports_since(dataset: Dataset, at: datetime) -> int:
    """How many imports brought something after a moment. One statement."""
    rows = ImportBatch.objects.filter(dataset=dataset, result__created__gt=0)
    return rows.filter(finished_at__gt=at).count()


def changed_since(dataset: Dataset, at: datetime) -> bool:
    """Whether the data is another than at the checks of that moment. Four statements at most.

    A table counts its revisions, and says which one was checked; samples are told by when something was done to them
    or taken back.
    """
    if dataset.modality == Modality.TABULAR:
        revisions = Table.objects.filter(dataset=dataset).values_list("revision", "checked_revision").first()
        if revisions is not None and revisions[1] is not None:
            return revisions[0] != revisions[1]
    # The last job of a change is the one that did it, or took it back.
    meant = Q(created_at__gt=at) | Q(job__finished_at__gt=at)
    edits = BulkEdit.objects.filter(meant, dataset=dataset).exclude(action__in=_APART)
    return (
        imports_since(dataset, at) > 0
        or Cleaning.objects.filter(meant | Q(undone_at__gt=at), dataset=dataset).exists()
        or edits.exclude(~_OF_A_VERSION, counts__changed=0).exists()
        or _labels_since(dataset, at)
    )


def _labels_since(dataset: Dataset, at: datetime) -> bool:
    """By the ids of what was said, which are in the order of time."""
    said = AnnotationHistory.objects.filter(pk__gte=uuid7_from(at)).order_by("-pk")
    newest = said.values("sample")[:MOST_LABELS]
    return Sample.objects.filter(dataset=dataset, pk__in=newest).exists()
