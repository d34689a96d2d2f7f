"""What waits in the bin of a project: samples that an edit took out, and deleted data sets."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum

from core.errors import NotFound
from core.models import User
from core.selectors import project_ids_with
from datasets.models import BulkEdit, Cleaning, Dataset, Sample, TablePart
from datasets.selectors.counters import counts_of


def bin_entries(project_ids: Sequence[uuid.UUID] | None = None) -> QuerySet[Dataset]:
    """Data sets that nobody sees and that hold something: bins of edits, and deleted ones; of all projects by default."""
    owned = Exists(BulkEdit.objects.filter(bin=OuterRef("pk"))) | Exists(
        Cleaning.objects.filter(bin=OuterRef("pk"))
    )
    full = Exists(Sample.objects.filter(dataset=OuterRef("pk")))
    rows = Dataset.objects.filter(deleted_at__isnull=False, purged_at__isnull=True)
    if project_ids is not None:
        rows = rows.filter(project_id__in=project_ids)
    return rows.filter(~owned | full).order_by("-deleted_at", "-pk")


def entry_for(user: User, entry_id: uuid.UUID) -> Dataset:
    """The entry, if `user` belongs to its project. Raises NotFound."""
    rows = bin_entries(list(project_ids_with(user, "access_project"))).select_related("project")
    found = rows.filter(pk=entry_id).first()
    if found is None:
        raise NotFound
    return found


def owner_of(entry: Dataset) -> BulkEdit | Cleaning | None:
    """The edit or cleaning whose samples the entry holds; None for a deleted data set."""
    edit = BulkEdit.objects.filter(bin=entry).select_related("dataset").first()
    return edit or Cleaning.objects.filter(bin=entry).select_related("dataset").first()


def bin_period() -> timedelta:
    """How long something waits before its bytes go."""
    return timedelta(days=settings.STUDIO_BIN_DAYS)


def entries_render(entries: Sequence[Dataset]) -> list[dict[str, Any]]:
    """Entries of one page. Five statements, whatever their number."""
    ids = [entry.pk for entry in entries]
    owners: dict[uuid.UUID | None, BulkEdit | Cleaning] = {
        row.bin_id: row
        for model in (BulkEdit, Cleaning)
        for row in model._default_manager.filter(bin__in=ids).select_related("dataset", "created_by")
    }
    counts, sizes = counts_of(ids), _sizes(ids)
    return [_rendered(entry, owners.get(entry.pk), counts[entry.pk], sizes) for entry in entries]


def _rendered(
    entry: Dataset, owner: BulkEdit | Cleaning | None, counts: dict[str, int], sizes: dict[uuid.UUID, int]
) -> dict[str, Any]:
    deleted_at: datetime | None = entry.deleted_at
    may_restore = owner is None or (owner.dataset.deleted_at is None and owner.state != "undone")
    return {
        "id": entry.pk,
        "kind": _kind(owner),
        "dataset": owner.dataset_id if owner else entry.pk,
        "name": owner.dataset.name if owner else entry.name,
        "modality": entry.modality,
        "samples": counts["samples"],
        "size_bytes": sizes.get(entry.pk, 0),
        "deleted_at": deleted_at,
        "deleted_by": owner.created_by.username if owner else "",
        "purge_at": deleted_at + bin_period() if deleted_at else None,
        "may_restore": may_restore,
    }


def _kind(owner: BulkEdit | Cleaning | None) -> str:
    if owner is None:
        return "dataset"
    return "samples" if isinstance(owner, BulkEdit) else "cleaning"


def _sizes(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    sizes: dict[uuid.UUID, int] = {}
    pictures = Sample.objects.filter(dataset__in=ids).order_by()
    parts = TablePart.objects.filter(table__dataset__in=ids, is_live=True).order_by()
    for rows, key in ((pictures, "dataset_id"), (parts, "table__dataset_id")):
        for pk, total in rows.values_list(key).annotate(Sum("size_bytes")):
            sizes[pk] = sizes.get(pk, 0) + (total or 0)
    return sizes
