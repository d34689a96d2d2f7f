"""Cleanings: a recipe applied by a job, taken back, and made again on what has come since."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from core.clock import utc_now
from core.errors import Conflict, InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from datasets.models import Cleaning, Dataset, Modality
from datasets.services.clean_base import MAX_PREVIEW, Cleaner, cleaning_locked
from datasets.services.clean_images import ImageCleaner
from datasets.services.clean_tables import TableCleaner, table_undo_check
from datasets.services.clean_texts import TextCleaner
from datasets.services.undo_ends import way_back_begin

CLEANERS: Final[Mapping[str, Callable[[], Cleaner]]] = {
    Modality.IMAGE: ImageCleaner,
    Modality.TEXT: TextCleaner,
    Modality.TABULAR: TableCleaner,
}
# What has to hold before a way back is queued.
UNDO_CHECKS: Final[Mapping[str, Callable[[Cleaning], None]]] = {Modality.TABULAR: table_undo_check}
_STATES: Final = Cleaning.State


class CleaningUnfit(InvalidInput):
    """Data of this kind cannot be cleaned so far."""

    code = "cleaning_unfit"


class CleaningNotUndoable(Conflict):
    """It is still at work, was taken back already, or what that takes is gone."""

    code = "cleaning_not_undoable"


def cleaner_of(dataset: Dataset) -> Cleaner:
    """Raises CleaningUnfit."""
    make = CLEANERS.get(dataset.modality)
    if make is None:
        raise CleaningUnfit("data of this kind cannot be cleaned so far", field="dataset")
    return make()


def cleaning_preview(dataset: Dataset, recipe: Any, condition: str, limit: int) -> dict[str, Any]:
    """What a recipe would make of up to twelve samples. Raises InvalidInput."""
    cleaner = cleaner_of(dataset)
    return cleaner.preview(
        dataset, cleaner.checked(dataset, recipe, condition), condition, min(limit, MAX_PREVIEW)
    )


def cleaning_submit(
    *, actor: User, dataset: Dataset, recipe: Any, condition: str = "", name: str = ""
) -> tuple[Cleaning, Job]:
    """Queue a recipe for all samples that meet the filter and are there now. Raises InvalidInput."""
    cleaning = Cleaning(
        dataset=dataset,
        name=" ".join(name.split())[:200],
        recipe=cleaner_of(dataset).checked(dataset, recipe, condition),
        filter=condition,
    )
    return _submitted(actor, cleaning)


def cleaning_again(*, actor: User, cleaning: Cleaning, condition: str | None = None) -> tuple[Cleaning, Job]:
    """Queue the same recipe for what was imported since it was ordered last. Raises InvalidInput.

    Without a condition its own filter holds again.
    """
    condition = cleaning.filter if condition is None else condition
    first = cleaning.again_of_id or cleaning.pk
    since = Cleaning.objects.filter(pk=first).values_list("created_at", flat=True).get()
    since = _done(first).aggregate(newest=Max("created_at"))["newest"] or since
    again = Cleaning(
        dataset=cleaning.dataset,
        name=cleaning.name,
        recipe=cleaner_of(cleaning.dataset).checked(cleaning.dataset, cleaning.recipe, condition),
        filter=condition,
        since=since,
        again_of_id=first,
    )
    return _submitted(actor, again)


def _done(first: uuid.UUID) -> QuerySet[Cleaning]:
    """What a recipe was ordered for again and has done, or is at. One that failed or was stopped left samples out."""
    is_open = Q(state__in=(_STATES.QUEUED, _STATES.RUNNING), job__finished_at=None, job__isnull=False)
    return Cleaning.objects.filter(Q(state=_STATES.APPLIED) | is_open, again_of=first)


def cleaning_undo(*, actor: User, cleaning_id: uuid.UUID) -> tuple[Cleaning, Job]:
    """Queue the way back of what is applied, or was stopped half-way. Raises CleaningNotUndoable and TableTakenFurther."""
    with transaction.atomic():
        # Not its job: who waits for the row would see it joined to no job, if it got another meanwhile.
        rows = Cleaning.objects.select_for_update(of=("self",)).select_related("dataset__project")
        cleaning = rows.get(pk=cleaning_id)
        if not cleaning.undoable:
            raise CleaningNotUndoable(
                "only what is applied, not yet taken back and not too old can be taken back"
            )
        if (check := UNDO_CHECKS.get(cleaning.dataset.modality)) is not None:
            check(cleaning)
        way_back_begin(cleaning, _STATES.UNDOING)
        cleaning.job = _queued(actor, cleaning, "datasets.clean_undo", cleaning.rows.count())
        cleaning.save(update_fields=["state", "cursor", "counts", "job"])
        audit.record(
            actor, "datasets.cleaning.undone", cleaning.dataset, project=cleaning.dataset.project_id,
            cleaning=str(cleaning.pk),
        )  # fmt: skip
    return cleaning, cleaning.job


def clean_run(ctx: JobContext) -> dict[str, Any]:
    """Apply; the result has the counts."""
    cleaning = _begun(ctx, _STATES.RUNNING)
    cleaner_of(cleaning.dataset).apply(ctx, cleaning)
    return _ended(ctx, _STATES.APPLIED)


def clean_undo_run(ctx: JobContext) -> dict[str, Any]:
    """Take back; the result has the counts."""
    cleaning = _begun(ctx, _STATES.UNDOING)
    cleaner_of(cleaning.dataset).undo(ctx, cleaning)
    return _ended(ctx, _STATES.UNDONE)


def _submitted(actor: User, cleaning: Cleaning) -> tuple[Cleaning, Job]:
    cleaning.created_by, cleaning.created_at = actor, utc_now()
    total = cleaner_of(cleaning.dataset).total(cleaning)
    with transaction.atomic():
        job = cleaning.job = _queued(actor, cleaning, "datasets.clean", total)
        cleaning.save(force_insert=True)
        audit.record(
            actor, "datasets.cleaning.submitted", cleaning.dataset, project=cleaning.dataset.project_id,
            cleaning=str(cleaning.pk), steps=[step["op"] for step in cleaning.recipe["steps"]],
            filter=cleaning.filter,
        )  # fmt: skip
    return cleaning, job


def _queued(actor: User, cleaning: Cleaning, kind: str, total: int) -> Job:
    params = {"cleaning": str(cleaning.pk), "dataset": str(cleaning.dataset_id), "total": total}
    return job_submit(kind, project=cleaning.dataset.project, actor=actor, params=params)


def _begun(ctx: JobContext, state: str) -> Cleaning:
    with ctx.fenced():
        cleaning = cleaning_locked(uuid.UUID(ctx.params["cleaning"]))
        cleaning.state = state
        cleaning.save(update_fields=["state"])
    return cleaning


def _ended(ctx: JobContext, state: str) -> dict[str, Any]:
    with ctx.fenced() as job:
        cleaning = cleaning_locked(uuid.UUID(ctx.params["cleaning"]))
        cleaning.state = state
        cleaning.undone_at = utc_now() if state == _STATES.UNDONE else None
        cleaning.save(update_fields=["state", "undone_at"])
        result = {"cleaning": str(cleaning.pk), **cleaning.counts}
        fault("clean.before-finish")
        ctx.finish(job, result)
    return result
