"""What waits in the bin of a project: samples that an edit or a cleaning took out, and deleted data sets."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from core.errors import NotFound
from core.models import User
from core.selectors import project_ids_with
from datasets.models import BulkAction, Cleaning, Dataset, Sample, Stage, TablePart
from datasets.selectors.counters import counts_of
from datasets.selectors.undoables import KINDS, Change, bin_period, changes_by_bin


def bin_entries(project_ids: Sequence[uuid.UUID] | None = None) -> QuerySet[Dataset]:
    """Data sets that nobody sees and that hold something: bins of changes, and deleted ones; of all projects by default."""
    of_change = Q(*(Exists(kind.objects.filter(bin=OuterRef("pk"))) for kind in KINDS), _connector=Q.OR)
    full = Exists(Sample.objects.filter(dataset=OuterRef("pk")))
    rows = Dataset.objects.filter(deleted_at__isnull=False, purged_at__isnull=True)
    if project_ids is not None:
        rows = rows.filter(project_id__in=project_ids)
    return rows.filter(~of_change | full).order_by("-deleted_at", "-pk")


def entries_shown(project_ids: Sequence[uuid.UUID]) -> QuerySet[Dataset]:
    """What people see of it: a branch that is not whole was never theirs."""
    return bin_entries(project_ids).exclude(stage=Stage.COPYING).select_related("deleted_by")


def entry_for(user: User, entry_id: uuid.UUID) -> Dataset:
    """The entry, if `user` belongs to its project. Raises NotFound."""
    rows = entries_shown(list(project_ids_with(user, "access_project"))).select_related("project")
    found = rows.filter(pk=entry_id).first()
    if found is None:
        raise NotFound
    return found


def change_of(entry: Dataset) -> Change | None:
    """The change whose samples the entry holds; None for a deleted data set."""
    return changes_by_bin([entry.pk]).get(entry.pk)


def entries_render(entries: Sequence[Dataset]) -> list[dict[str, Any]]:
    """Entries of one page. Five statements, whatever their number."""
    ids = [entry.pk for entry in entries]
    changes, counts, sizes = changes_by_bin(ids), counts_of(ids), _sizes(ids)
    return [_rendered(entry, changes.get(entry.pk), counts[entry.pk], sizes) for entry in entries]


def _rendered(
    entry: Dataset, change: Change | None, counts: dict[str, int], sizes: dict[uuid.UUID, int]
) -> dict[str, Any]:
    deleted_at: datetime | None = entry.deleted_at
    return {
        "id": entry.pk,
        "kind": _kind(change),
        "dataset": change.dataset_id if change else entry.pk,
        "name": _name(change) if change else entry.name,
        "modality": entry.modality,
        "samples": counts["samples"],
        "size_bytes": sizes.get(entry.pk, 0),
        "deleted_at": deleted_at,
        "deleted_by": _deleted_by(entry, change),
        "purge_at": deleted_at + bin_period() if deleted_at else None,
        "may_restore": _may_restore(entry, change),
    }


def _deleted_by(entry: Dataset, change: Change | None) -> str:
    """Whoever made the change, or deleted the data set; nobody for one that went with its project."""
    if change is not None:
        return change.created_by.username
    return entry.deleted_by.username if entry.deleted_by else ""


def _may_restore(entry: Dataset, change: Change | None) -> bool:
    if change is None:
        return not entry.stage
    return bool(change.undoable and change.dataset.deleted_at is None)


def _kind(change: Change | None) -> str:
    if change is None:
        return "dataset"
    if isinstance(change, Cleaning):
        return "cleaning"
    return str(change.action) if change.action in (BulkAction.MERGE, BulkAction.RESTORE) else "samples"


def _name(change: Change) -> str:
    return (change.name if isinstance(change, Cleaning) else "") or change.dataset.name


def _sizes(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    sizes: dict[uuid.UUID, int] = {}
    pictures = Sample.objects.filter(dataset__in=ids).order_by()
    parts = TablePart.objects.filter(table__dataset__in=ids, is_live=True).order_by()
    for rows, key in ((pictures, "dataset_id"), (parts, "table__dataset_id")):
        for pk, total in rows.values_list(key).annotate(Sum("size_bytes")):
            sizes[pk] = sizes.get(pk, 0) + (total or 0)
    return sizes
