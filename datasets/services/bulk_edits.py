"""Many samples changed at once by a job, told by a filter, and changed back."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from core.clock import utc_now
from core.errors import Conflict, InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from datasets.models import BulkAction, BulkEdit, BulkEditRow, Dataset, Modality, Sample, Split, TableChange
from datasets.models.dataset import ONE_CLASS_TASKS, SEVERAL_CLASSES_TASKS
from datasets.selectors.regions import region_ids
from datasets.selectors.samples import samples_filtered
from datasets.services.bins import change_locked
from datasets.services.bulk_changes import CHANGES, UNDOS
from datasets.services.class_moves import (
    ClassMove,
    carriers,
    classes_put_away,
    classes_put_back,
    move_check,
    move_counts,
)
from datasets.services.relation_types import relations_retire
from datasets.services.restore_classes import classes_retire
from datasets.services.table_undo import undo_check
from datasets.services.tags import TagInvalid, tags_fit, tags_read
from datasets.services.undo_ends import way_back_begin

MAX_IDS: Final = 10_000
BATCH: Final = 500
_ONE_OF_SEVERAL: Final = (BulkAction.LABEL_ADD, BulkAction.LABEL_DROP)


class EditUnfit(InvalidInput):
    """This data set has no place for such a change."""

    code = "edit_unfit"


class EditNotUndoable(Conflict):
    """It is still at work, was taken back already, or what that takes is gone."""

    code = "edit_not_undoable"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which samples: those named, or all that meet the filters of the sample list."""

    conditions: Mapping[str, str] = field(default_factory=dict)
    ids: Sequence[uuid.UUID] = ()

    def to_json(self) -> dict[str, Any]:
        """As the edit keeps it."""
        return {"conditions": dict(self.conditions), "ids": [str(pk) for pk in self.ids]}


def bulk_submit(
    *,
    actor: User,
    dataset: Dataset,
    action: str,
    value: str,
    selection: Selection,
    tags: Sequence[str] = (),
    move: ClassMove | None = None,
) -> tuple[BulkEdit, Job]:
    """Queue a change of all selected samples that are there now.

    `value` is a class id or empty (label), a class id (label_add, label_drop), a split or empty (split), nothing
    otherwise; `tags` are put on (tag)
    or taken off (untag); marks of the classes of `move` become those of the class `value`, or go where it is empty
    (class_move). Raises InvalidInput, FilterInvalid, EditUnfit, TagInvalid, MoveUnfit.
    """
    _check(dataset, action, value, selection)
    named = _tags_checked(dataset, action, tags) | _move_checked(dataset, action, value, selection, move)
    selection = _pinned(dataset, selection)
    edit = BulkEdit(
        dataset=dataset, action=action, value=value, selection={**selection.to_json(), **named},
        created_by=actor, created_at=utc_now(),
    )  # fmt: skip
    with transaction.atomic():
        edit.job = _queued(actor, edit, undo=False)
        edit.save(force_insert=True)
        audit.record(
            actor, "datasets.bulk.submitted", dataset, project=dataset.project_id, edit=str(edit.pk),
            action=action, value=value, selection=selection.to_json()["conditions"],
            tags=named.get("tags", []), classes=named.get("classes", []),
        )  # fmt: skip
    return edit, edit.job


def _pinned(dataset: Dataset, selection: Selection) -> Selection:
    """With the samples of a region by name: the map may be drawn anew before the edit is done."""
    region = selection.conditions.get("region")
    if not region:
        return selection
    rest = {name: value for name, value in selection.conditions.items() if name != "region"}
    within = region_ids(dataset.pk, region)
    named = set(within) & set(selection.ids or within)
    if not named:
        raise InvalidInput("no sample lies within this region", field="region")
    return Selection(rest, sorted(named))


def bulk_undo(*, actor: User, edit_id: uuid.UUID) -> tuple[BulkEdit, Job]:
    """Queue the way back of a finished edit. Raises EditNotUndoable and TableTakenFurther."""
    with transaction.atomic():
        # Not its job: who waits for the row would see it joined to no job, if it got another meanwhile.
        rows = BulkEdit.objects.select_for_update(of=("self",)).select_related("dataset__project")
        edit = rows.get(pk=edit_id)
        if not edit.undoable:
            raise EditNotUndoable("only what is done, not yet taken back and not too old can be taken back")
        if (change := TableChange.objects.filter(pk=edit.pk).first()) is not None:
            undo_check(change)
        if edit.state != BulkEdit.State.UNDONE:
            classes_put_back(edit)
        way_back_begin(edit, BulkEdit.State.UNDOING)
        edit.job = _queued(actor, edit, undo=True)
        edit.save(update_fields=["state", "cursor", "counts", "job"])
        audit.record(
            actor, "datasets.bulk.undone", edit.dataset, project=edit.dataset.project_id, edit=str(edit.pk)
        )
    return edit, edit.job


def bulk_run(ctx: JobContext) -> dict[str, Any]:
    """Do or undo, batch by batch; the result says how many were changed."""
    while True:
        ctx.check()
        with ctx.fenced() as job:
            edit = edit_locked(uuid.UUID(ctx.params["edit"]))
            size = _undo_batch(edit) if ctx.params["undo"] else _do_batch(edit)
            if size == 0:
                if ctx.params["undo"]:
                    classes_retire(edit)
                    relations_retire(edit)
                else:
                    classes_put_away(edit)
                edit.state = BulkEdit.State.UNDONE if ctx.params["undo"] else BulkEdit.State.DONE
                edit.save(update_fields=["state"])
                result = {"edit": str(edit.pk), "action": edit.action, **edit.counts}
                ctx.finish(job, result)
                return result
            edit.save(update_fields=["cursor", "counts"])
            fault("bulk.before-commit")
        ctx.milestone()
        ctx.progress(_done(edit, undo=ctx.params["undo"]), ctx.params["total"], "samples")


def _done(edit: BulkEdit, *, undo: bool) -> int:
    names = ("restored", "kept") if undo else ("changed", CHANGES[edit.action].skipped)
    return sum(edit.counts.get(name, 0) for name in names)


def edit_locked(edit_id: uuid.UUID) -> BulkEdit:
    """The edit and its data set under their row locks."""
    return change_locked(BulkEdit, edit_id)


def _do_batch(edit: BulkEdit) -> int:
    """Changes the next samples in the order of their ids; none left answers 0."""
    rows = selected(edit).order_by("pk")
    if edit.cursor:
        rows = rows.filter(pk__gt=edit.cursor)
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    samples = list(Sample.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    change = CHANGES[edit.action]
    before = change.do(edit, samples)
    BulkEditRow.objects.bulk_create(
        [BulkEditRow(edit=edit, sample_id=sample.pk, before=kept) for sample, kept in before]
    )
    edit.cursor = str(ids[-1])
    edit.counts = counts_added(
        edit.counts, {"changed": len(before), change.skipped: len(samples) - len(before)}
    )
    return len(ids)


def _undo_batch(edit: BulkEdit) -> int:
    rows = edit.rows.filter(pk__gt=int(edit.cursor or 0)).order_by("pk")
    batch = list(rows.select_for_update(of=("self", "sample")).select_related("sample")[:BATCH])
    if not batch:
        return 0
    restored = UNDOS[edit.action](edit, batch)
    if edit.leaves_rest:
        # What is back is not taken back again, whatever somebody makes of it.
        BulkEditRow.objects.filter(pk__in=[row.pk for row in batch if row.sample_id in restored]).delete()
    edit.cursor = str(batch[-1].pk)
    edit.counts = counts_added(edit.counts, {"restored": len(restored), "kept": len(batch) - len(restored)})
    return len(batch)


def selected(edit: BulkEdit) -> QuerySet[Sample]:
    """The samples it is about, of those that were there when it was ordered. Raises FilterInvalid."""
    conditions = edit.selection.get("conditions", {})
    rows = samples_filtered(edit.dataset_id, conditions, task=edit.dataset.task)
    ids = edit.selection.get("ids", [])
    rows = rows.filter(pk__in=ids) if ids else rows
    if "classes" in edit.selection:
        rows = carriers(rows, edit.selection["classes"])
    return rows if edit.selection.get("retire") else rows.filter(imported_at__lte=edit.created_at)


def move_preview(*, dataset: Dataset, value: str, selection: Selection, move: ClassMove) -> dict[str, Any]:
    """How many samples, and marks of which class, a `class_move` would change. Raises as `bulk_submit`."""
    _check(dataset, BulkAction.CLASS_MOVE, value, selection)
    named = _move_checked(dataset, BulkAction.CLASS_MOVE, value, selection, move)
    kept = {**_pinned(dataset, selection).to_json(), **named}
    edit = BulkEdit(dataset=dataset, selection=kept, created_at=utc_now())
    return move_counts(selected(edit), named["classes"])


def _queued(actor: User, edit: BulkEdit, *, undo: bool) -> Job:
    # Rows of what is back already are gone.
    back = edit.rows.count() + edit.counts.get("restored", 0)
    total = back if undo else selected(edit).order_by().count()
    params = {"edit": str(edit.pk), "undo": undo, "total": total, "dataset": str(edit.dataset_id)}
    return job_submit("datasets.bulk_edit", project=edit.dataset.project, actor=actor, params=params)


def counts_added(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Both, name by name."""
    return {name: counts.get(name, 0) + more.get(name, 0) for name in counts.keys() | more.keys()}


def _check(dataset: Dataset, action: str, value: str, selection: Selection) -> None:
    if action not in CHANGES:
        raise InvalidInput("unknown action", field="action", known=list(CHANGES))
    if len(selection.ids) > MAX_IDS:
        raise InvalidInput(f"name at most {MAX_IDS} samples, or send a filter", field="ids")
    if action == BulkAction.SPLIT and value not in Split.values:
        raise InvalidInput("unknown split", field="value", known=Split.values)
    if action in (BulkAction.LABEL, *_ONE_OF_SEVERAL):
        _check_label(dataset, action, value)
    samples_filtered(dataset.pk, selection.conditions, task=dataset.task)


def _tags_checked(dataset: Dataset, action: str, words: Sequence[str]) -> dict[str, list[str]]:
    """The tags in their one form, for what is about tags; empty otherwise."""
    if action not in (BulkAction.TAG, BulkAction.UNTAG):
        return {}
    if dataset.modality == Modality.TABULAR:
        raise EditUnfit("rows of a table have no tags", field="action")
    tags = tags_read(words)
    if not tags:
        raise TagInvalid("say which tags", field="tags")
    if action == BulkAction.TAG:
        tags_fit(dataset.pk, tags)
    return {"tags": tags}


def _move_checked(
    dataset: Dataset, action: str, value: str, selection: Selection, move: ClassMove | None
) -> dict[str, Any]:
    """The classes whose marks change, for what is about that; empty otherwise."""
    if action != BulkAction.CLASS_MOVE:
        return {}
    is_part = bool(selection.conditions or selection.ids)
    move_check(dataset, value, move, is_part=is_part)
    return move.to_json() if move is not None else {}


def _check_label(dataset: Dataset, action: str, value: str) -> None:
    is_one_of_several = action in _ONE_OF_SEVERAL
    if is_one_of_several and dataset.task not in SEVERAL_CLASSES_TASKS:
        raise EditUnfit("only where a sample has several classes can one be added or removed", field="action")
    if not is_one_of_several and dataset.task not in ONE_CLASS_TASKS:
        raise EditUnfit("only where a sample has one class can all be given one", field="action")
    if not value and not is_one_of_several:
        return
    try:
        wanted = uuid.UUID(value)
    except ValueError as exc:
        raise InvalidInput("the id of a class was expected", field="value") from exc
    if not dataset.classes.filter(pk=wanted, deleted_at__isnull=True).exists():
        raise InvalidInput("no such class in this data set", field="value")
