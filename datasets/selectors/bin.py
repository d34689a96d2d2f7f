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
from datasets.models import BulkEdit, Dataset, Sample, TablePart
from datasets.selectors.counters import counts_of


def bin_entries(project_ids: Sequence[uuid.UUID] | None = None) -> QuerySet[Dataset]:
    """Data sets that nobody sees and that hold something: bins of edits, and deleted ones; of all projects by default."""
    edits = BulkEdit.objects.filter(bin=OuterRef("pk"))
    full = Exists(Sample.objects.filter(dataset=OuterRef("pk")))
    rows = Dataset.objects.filter(deleted_at__isnull=False, purged_at__isnull=True)
    if project_ids is not None:
        rows = rows.filter(project_id__in=project_ids)
    return rows.filter(~Exists(edits) | full).order_by("-deleted_at", "-pk")


def entry_for(user: User, entry_id: uuid.UUID) -> Dataset:
    """The entry, if `user` belongs to its project. Raises NotFound."""
    rows = bin_entries(list(project_ids_with(user, "access_project"))).select_related("project")
    found = rows.filter(pk=entry_id).first()
    if found is None:
        raise NotFound
    return found


def edit_of(entry: Dataset) -> BulkEdit | None:
    """The edit whose samples the entry holds; None for a deleted data set."""
    return BulkEdit.objects.filter(bin=entry).first()


def bin_period() -> timedelta:
    """How long something waits before its bytes go."""
    return timedelta(days=settings.STUDIO_BIN_DAYS)


def entries_render(entries: Sequence[Dataset]) -> list[dict[str, Any]]:
    """Entries of one page. Four statements, whatever their number."""
    ids = [entry.pk for entry in entries]
    edits = {
        edit.bin_id: edit
        for edit in BulkEdit.objects.filter(bin__in=ids).select_related("dataset", "created_by")
    }
    counts, sizes = counts_of(ids), _sizes(ids)
    return [_rendered(entry, edits.get(entry.pk), counts[entry.pk], sizes) for entry in entries]


def _rendered(
    entry: Dataset, edit: BulkEdit | None, counts: dict[str, int], sizes: dict[uuid.UUID, int]
) -> dict[str, Any]:
    deleted_at: datetime | None = entry.deleted_at
    return {
        "id": entry.pk,
        "kind": "samples" if edit else "dataset",
        "dataset": edit.dataset_id if edit else entry.pk,
        "name": edit.dataset.name if edit else entry.name,
        "modality": entry.modality,
        "samples": counts["samples"],
        "size_bytes": sizes.get(entry.pk, 0),
        "deleted_at": deleted_at,
        "deleted_by": edit.created_by.username if edit else "",
        "purge_at": deleted_at + bin_period() if deleted_at else None,
        "may_restore": edit is None or edit.dataset.deleted_at is None,
    }


def _sizes(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    sizes: dict[uuid.UUID, int] = {}
    pictures = Sample.objects.filter(dataset__in=ids).order_by()
    parts = TablePart.objects.filter(table__dataset__in=ids, is_live=True).order_by()
    for rows, key in ((pictures, "dataset_id"), (parts, "table__dataset_id")):
        for pk, total in rows.values_list(key).annotate(Sum("size_bytes")):
            sizes[pk] = sizes.get(pk, 0) + (total or 0)
    return sizes
