"""The bin of a project: bring back what waits there, or let it go for good."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from core.clock import utc_now
from core.errors import Conflict
from core.jobs.dispatch import job_submit
from core.models import Job, Project, User
from core.services import audit
from datasets.models import Cleaning, Dataset
from datasets.selectors.bin import bin_entries, change_of
from datasets.selectors.undoables import bin_period, undos_due
from datasets.services.bulk_edits import bulk_undo
from datasets.services.cleanings import cleaning_undo
from datasets.services.counters import dataset_locked
from datasets.services.datasets import DatasetNameTaken


class NotRestorable(Conflict):
    """What it belongs to is deleted itself, or gone."""

    code = "not_restorable"


def entry_restore(*, actor: User, entry: Dataset) -> Job | None:
    """Bring an entry back: samples by a job, a data set at once.

    Raises NotRestorable, DatasetNameTaken, EditNotUndoable, CleaningNotUndoable.
    """
    change = change_of(entry)
    if change is None:
        _dataset_restore(actor, entry)
        return None
    if change.dataset.deleted_at is not None:
        raise NotRestorable("the data set of these samples is in the bin too; restore it first")
    if isinstance(change, Cleaning):
        return cleaning_undo(actor=actor, cleaning_id=change.pk)[1]
    return bulk_undo(actor=actor, edit_id=change.pk)[1]


def bin_empty(*, actor: User, project: Project, entries: Sequence[uuid.UUID] | None = None) -> Job:
    """Queue the end of everything that is in the bin now, or of the entries that are named."""
    chosen = None if entries is None else [str(pk) for pk in entries]
    with transaction.atomic():
        job = _queued(project, actor, chosen, utc_now(), undos=False)
        audit.record(actor, "datasets.bin.emptied", project, project=project, entries=chosen)
    return job


def bins_due() -> int:
    """Queue the end of what has waited for its period, ways back included; how many projects that concerns.

    Also of projects that were deleted themselves so long ago.
    """
    before = utc_now() - bin_period()
    ended = Project.objects.filter(deleted_at__lt=before)
    Dataset.objects.filter(project__in=ended, deleted_at__isnull=True).update(
        deleted_at=Subquery(Project.objects.filter(pk=OuterRef("project")).values("deleted_at"))
    )
    open_jobs = Job.objects.filter(kind="datasets.purge", finished_at__isnull=True)
    due = set(bin_entries().filter(deleted_at__lt=before).order_by().values_list("project_id", flat=True))
    due |= {change.dataset.project_id for change in undos_due(before)}
    due -= set(open_jobs.values_list("project_id", flat=True))
    for project in Project.objects.filter(pk__in=due).order_by("pk"):
        with transaction.atomic():
            _queued(project, None, None, before, undos=True)
            audit.record(None, "datasets.bin.emptied", project, project=project, before=before.isoformat())
    return len(due)


def _queued(
    project: Project, actor: User | None, entries: list[str] | None, before: datetime, *, undos: bool
) -> Job:
    """`undos` says that ways back of before that moment end, too."""
    params = {"project": str(project.pk), "before": before.isoformat(), "entries": entries, "undos": undos}
    return job_submit("datasets.purge", project=project, actor=actor, params=params)


def _dataset_restore(actor: User, entry: Dataset) -> None:
    try:
        with transaction.atomic():
            dataset = dataset_locked(entry.pk)
            if dataset.deleted_at is None or dataset.purged_at is not None or dataset.stage:
                raise NotRestorable("it is not in the bin any more")
            dataset.deleted_at = dataset.deleted_by = None
            dataset.save(update_fields=["deleted_at", "deleted_by"])
            audit.record(
                actor, "datasets.dataset.restored", dataset, project=dataset.project_id, name=dataset.name
            )
    except IntegrityError as exc:
        raise DatasetNameTaken(
            "another data set of this project has that name; rename it first", fields={"name": ["taken"]}
        ) from exc
