"""What can be taken back, whatever kind of change it is; a new kind is one more in `KINDS`."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from datasets.models import BulkAction, BulkEdit, Cleaning, CleaningRow, Modality, TablePart

Change = BulkEdit | Cleaning
KINDS: Final[tuple[type[BulkEdit] | type[Cleaning], ...]] = (BulkEdit, Cleaning)
_TABLES: Final = Q(action__in=[BulkAction.RESTORE, BulkAction.MERGE], dataset__modality=Modality.TABULAR)


def bin_period() -> timedelta:
    """How long something waits before its bytes go."""
    return timedelta(days=settings.STUDIO_BIN_DAYS)


def changes_by_bin(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Change]:
    """The changes whose samples wait in these data sets. A statement a kind."""
    found: dict[uuid.UUID, Change] = {}
    wanted = list(ids)
    for kind in KINDS:
        rows = kind.objects.filter(bin__in=wanted).select_related("dataset", "created_by", "job")
        found |= {change.bin_id: change for change in rows if change.bin_id is not None}
    return found


def bins_of(dataset_id: uuid.UUID) -> list[uuid.UUID]:
    """Where samples of the data set wait."""
    found = [kind.objects.filter(dataset=dataset_id).values_list("bin_id", flat=True) for kind in KINDS]
    return [pk for ids in found for pk in ids if pk is not None]


def rows_kept(change_id: Any) -> QuerySet[CleaningRow]:
    """What is kept of samples that are there, for the way back of a change."""
    return CleaningRow.objects.filter(Q(cleaning=change_id) | Q(edit=change_id))


def parts_kept(change_id: Any) -> QuerySet[TablePart]:
    """Rows of a table that only the way back of a change needs, and those that it never got to show."""
    unseen = Q(made_by=change_id, is_live=False, retired_by=None)
    return TablePart.objects.filter(Q(retired_by=change_id) | unseen)


def with_stuck(rows: "QuerySet[BulkEdit]") -> "QuerySet[BulkEdit]":
    """Edits that know whether a later change of the table took up the rows that they left; see `Undoable.stuck`."""
    held = TablePart.objects.filter(made_by=OuterRef("pk"), is_live=False).exclude(retired_by=None)
    return rows.annotate(is_taken_further=Exists(held))


def undos_due(before: datetime, project_ids: Iterable[uuid.UUID] | None = None) -> list[Change]:
    """Changes whose last job ended before a moment and that keep bytes for a way back, the oldest first.

    Most bulk edits of samples keep what they need beside the samples in their bin as a few words of JSON.
    """
    has_rows = Exists(rows_kept(OuterRef("pk")))
    keeps = has_rows | Exists(parts_kept(OuterRef("pk")))
    found: list[Change] = []
    for kind in KINDS:
        rows = kind.objects.filter(Q(job=None) | Q(job__finished_at__isnull=False))
        rows = rows.filter(Q(undo_ended_at=None) | keeps, dataset__purged_at=None)
        if kind is BulkEdit:
            rows = rows.filter(_TABLES | Q(has_rows))
        if project_ids is not None:
            rows = rows.filter(dataset__project__in=list(project_ids))
        found += (
            rows.select_related("dataset")
            .annotate(ended_at=Coalesce("job__finished_at", "created_at"))
            .filter(ended_at__lt=before)
        )
    return sorted(found, key=lambda change: (change.created_at, change.pk))
