"""Whether what the checks found is older than the data."""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q

from core.ids import uuid7_from
from datasets.models import (
    AnnotationHistory,
    AnnotationSource,
    BulkAction,
    BulkEdit,
    Cleaning,
    Dataset,
    ImportBatch,
    Modality,
    Sample,
    Table,
)

# The newest of all data sets are looked at, so that checks of long ago cost no more than those of today.
MOST_LABELS: Final = 20_000
# What no check looks at.
_APART: Final = (BulkAction.TAG, BulkAction.UNTAG)
# These count in other words what they did.
_OF_A_VERSION: Final = (BulkAction.RESTORE, BulkAction.MERGE)
_NO_CHANGE: Final = frozenset(("unchanged", "in_work", "kept", "rows_before", "rows_after"))


def imports_since(dataset: Dataset, at: datetime) -> int:
    """How many imports brought something after a moment, also those that were stopped then. One statement."""
    brought = [
        Q(**{f"{told}__{name}__gt": 0}) for told in ("counts", "result") for name in ("created", "annotated")
    ]
    ended = Q(finished_at__gt=at) | Q(finished_at=None, job__finished_at__gt=at) | _is_open()
    return ImportBatch.objects.filter(
        reduce(or_, brought), ended, dataset=dataset, options__dry_run=False
    ).count()


def changed_since(dataset: Dataset, at: datetime, imports: int | None = None) -> bool:
    """Whether the data is another than at the checks of that moment. Five statements at most.

    A table counts its revisions, and says which one was checked; samples are told by when something was done to them
    or taken back. `imports` are the `imports_since`, where the caller has them.
    """
    if dataset.modality == Modality.TABULAR:
        revisions = Table.objects.filter(dataset=dataset).values_list("revision", "checked_revision").first()
        if revisions is not None and revisions[1] is not None:
            return revisions[0] != revisions[1]
    if imports_since(dataset, at) if imports is None else imports:
        return True
    # The last job of a change is the one that did it, or took it back.
    meant = Q(created_at__gt=at) | Q(job__finished_at__gt=at) | _is_open()
    cleanings = Cleaning.objects.filter(meant | Q(undone_at__gt=at), dataset=dataset)
    edits = BulkEdit.objects.filter(meant, dataset=dataset).exclude(action__in=_APART)
    return (
        any(map(_did_anything, cleanings.values_list("counts", flat=True)))
        or any(
            action in _OF_A_VERSION or counts.get("changed", 0) > 0
            for action, counts in edits.values_list("action", "counts")
        )
        or _labels_since(dataset, at)
    )


def _is_open() -> Q:
    return Q(job__isnull=False, job__finished_at=None)


def _did_anything(counts: Mapping[str, Any]) -> bool:
    """Whether a cleaning changed anything, going by what it counted."""
    return any(count and name not in _NO_CHANGE for name, count in counts.items())


def _labels_since(dataset: Dataset, at: datetime) -> bool:
    """By the ids of what people and models said, which are in the order of time; imports are told by themselves."""
    said = AnnotationHistory.objects.filter(pk__gte=uuid7_from(at)).exclude(source=AnnotationSource.IMPORT)
    newest = said.order_by("-pk").values("sample")[:MOST_LABELS]
    return Sample.objects.filter(dataset=dataset, pk__in=newest).exists()
