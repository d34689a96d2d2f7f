"""Cleanings, as others see them."""

import uuid
from typing import Any

from django.db.models import QuerySet

from core.models import Job, User
from datasets.models import Cleaning
from datasets.selectors.datasets import of_member

FAILED = "failed"
# As the API says it: a way back that is on its way is `undoing`.
STATES = (*Cleaning.State.values, FAILED)


def cleanings_of(dataset_id: uuid.UUID) -> QuerySet[Cleaning]:
    """The cleanings of a data set."""
    return Cleaning.objects.filter(dataset_id=dataset_id).select_related("created_by", "job")


def cleaning_for(user: User, cleaning_id: uuid.UUID) -> Cleaning:
    """The cleaning, if `user` belongs to its project. Raises NotFound."""
    rows = Cleaning.objects.select_related("dataset__project", "created_by", "job")
    return of_member(user, rows, "dataset__", pk=cleaning_id)


def cleaning_render(cleaning: Cleaning) -> dict[str, Any]:
    """One cleaning."""
    return {
        "id": cleaning.pk,
        "dataset": cleaning.dataset_id,
        "name": cleaning.name,
        "recipe": cleaning.recipe,
        "filter": cleaning.filter,
        "since": cleaning.since,
        "again_of": cleaning.again_of_id,
        "state": _state(cleaning),
        "counts": cleaning.counts,
        "problems": cleaning.problems,
        "job": cleaning.job_id,
        "created_by": cleaning.created_by.username,
        "created_at": cleaning.created_at,
        "undone_at": cleaning.undone_at,
        "undoable": cleaning.undoable,
    }


def _state(cleaning: Cleaning) -> str:
    is_on_the_way = cleaning.state not in (Cleaning.State.APPLIED, Cleaning.State.UNDONE)
    has_stopped = cleaning.job is None or cleaning.job.state in (Job.State.FAILED, Job.State.CANCELLED)
    return FAILED if is_on_the_way and has_stopped else cleaning.state
