"""Views by name and bulk edits, as others see them."""

import uuid
from typing import Any

from django.db.models import QuerySet

from core.models import Job, User
from datasets.models import BulkEdit, SavedView
from datasets.selectors.datasets import of_member
from datasets.selectors.undoables import with_stuck

_OPEN = (Job.State.QUEUED, Job.State.RUNNING)


def views_of(dataset_id: uuid.UUID) -> QuerySet[SavedView]:
    """The views of a data set."""
    return SavedView.objects.filter(dataset_id=dataset_id).select_related("created_by")


def view_for(user: User, view_id: uuid.UUID) -> SavedView:
    """The view, if `user` belongs to its project. Raises NotFound."""
    return of_member(user, SavedView.objects.select_related("dataset"), "dataset__", pk=view_id)


def edits_of(dataset_id: uuid.UUID) -> QuerySet[BulkEdit]:
    """The bulk edits of a data set."""
    return with_stuck(BulkEdit.objects.filter(dataset_id=dataset_id).select_related("created_by", "job"))


def edit_for(user: User, edit_id: uuid.UUID) -> BulkEdit:
    """The bulk edit, if `user` belongs to its project. Raises NotFound."""
    rows = with_stuck(BulkEdit.objects.select_related("dataset", "created_by", "job"))
    return of_member(user, rows, "dataset__", pk=edit_id)


def view_render(view: SavedView) -> dict[str, Any]:
    """One view."""
    return {
        "id": view.pk,
        "dataset": view.dataset_id,
        "name": view.name,
        "query": view.query,
        "created_by": view.created_by.username,
        "created_at": view.created_at,
    }


def edit_render(edit: BulkEdit) -> dict[str, Any]:
    """One bulk edit; of a selection by name only how many."""
    return {
        "id": edit.pk,
        "dataset": edit.dataset_id,
        "action": edit.action,
        "value": edit.value,
        "tags": edit.selection.get("tags", []),
        "classes": edit.selection.get("classes", []),
        "retire": edit.selection.get("retire", False),
        "conditions": edit.selection.get("conditions", {}),
        "about": edit.selection.get("about", {}),
        "named": len(edit.selection.get("ids", [])),
        "state": edit.state,
        "is_open": edit.job is not None and edit.job.state in _OPEN,
        "undoable": edit.undoable and not edit.stuck,
        "stuck": edit.stuck,
        "counts": edit.counts,
        "job": edit.job_id,
        "created_by": edit.created_by.username,
        "created_at": edit.created_at,
    }
