"""Merges and their conflicts, as others see them."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from core.models import Job, User
from datasets.models import DatasetVersion, Merge, MergeConflict
from datasets.selectors.datasets import of_member

_WITH = ("dataset", "source__dataset", "base__dataset", "edit__job", "job", "created_by")
_ENDED = (Job.State.FAILED, Job.State.CANCELLED)


def merges_of(dataset_id: uuid.UUID) -> QuerySet[Merge]:
    """The merges into a data set."""
    return Merge.objects.filter(dataset_id=dataset_id).select_related(*_WITH)


def merge_for(user: User, merge_id: uuid.UUID) -> Merge:
    """The merge, if `user` belongs to its project. Raises NotFound."""
    return of_member(user, Merge.objects.select_related(*_WITH), "dataset__", pk=merge_id)


def conflicts_of(merge: Merge) -> QuerySet[MergeConflict]:
    """Its conflicts with the samples of both sides."""
    return MergeConflict.objects.filter(merge=merge).select_related("sample", "other")


def merge_render(merge: Merge) -> dict[str, Any]:
    """One merge; `state` is that of the look at it until it is done, then that of the edit."""
    job = None if merge.edit is None else merge.edit.job
    return {
        "id": str(merge.pk),
        "dataset": str(merge.dataset_id),
        "source": version_named(merge.source),
        "base": None if merge.base is None else version_named(merge.base),
        "mapping": merge.mapping,
        "removals": merge.removals,
        "counts": merge.counts,
        "state": _state(merge),
        "edit": None if merge.edit_id is None else str(merge.edit_id),
        "edit_job": None if job is None else {"id": str(job.pk), "is_open": not job.has_ended},
        "undoable": merge.edit is not None and merge.edit.undoable,
        "stuck": "" if merge.edit is None else merge.edit.stuck,
        "job": None if merge.job_id is None else str(merge.job_id),
        "created_by": merge.created_by.username,
        "created_at": merge.created_at.isoformat(),
    }


def version_named(version: DatasetVersion) -> dict[str, Any]:
    """A version as a merge speaks of it."""
    return {
        "version": str(version.pk),
        "number": version.number,
        "name": version.name,
        "dataset": str(version.dataset_id),
        "dataset_name": version.dataset.name,
    }


def _state(merge: Merge) -> str:
    if merge.edit is not None:
        return merge.edit.state
    if merge.planned_at is not None:
        return "planned"
    return "failed" if merge.job is None or merge.job.state in _ENDED else "planning"


def conflicts_render(rows: Sequence[MergeConflict]) -> list[dict[str, Any]]:
    """A page of conflicts. No statement of its own."""
    return [_conflict(row) for row in rows]


def _conflict(row: MergeConflict) -> dict[str, Any]:
    shown = row.sample or row.other
    return {
        "id": row.pk,
        "kind": row.kind,
        "name": row.name,
        "sample": row.sample_id,
        "other": row.other_id,
        "thumb_url": f"/media/t/{shown.thumb_sha256}" if shown and shown.thumb_sha256 else None,
        "excerpt": shown.payload.get("excerpt", "") if shown else "",
        "base": row.base,
        "ours": row.ours,
        "theirs": row.theirs,
        "choice": row.choice,
    }
