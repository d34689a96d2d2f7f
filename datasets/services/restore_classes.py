"""The classes that a frozen version speaks of, in the schema as it is now."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core.clock import utc_now
from datasets.manifest import ManifestClass
from datasets.models import BulkEdit, Dataset, LabelClass, Shape

_REVIVED: Final = "revived"


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """`labels`: the class that each index of the version means now. `revived`: those deleted since that come back."""

    labels: dict[int, uuid.UUID]
    revived: tuple[LabelClass, ...]


def classes_plan(dataset_id: uuid.UUID, frozen: Iterable[ManifestClass]) -> ClassPlan:
    """A class is the one with its id, whatever it is called by now.

    One that was deleted comes back, unless another has its name by now; that one is meant then. One statement.
    """
    rows = {row.pk: row for row in LabelClass.objects.filter(dataset_id=dataset_id)}
    living = {row.name: row for row in rows.values() if row.deleted_at is None}
    labels: dict[int, uuid.UUID] = {}
    revived: list[LabelClass] = []
    for one in frozen:
        row = rows.get(uuid.UUID(one.id))
        if row is not None and row.deleted_at is not None:
            namesake = living.get(row.name)
            if namesake is None:
                revived.append(row)
                living[row.name] = row
            row = namesake or row
        row = row or living.get(one.name)
        if row is not None:
            labels[one.index] = row.pk
    return ClassPlan(labels, tuple(revived))


def classes_revive(edit: BulkEdit, plan: ClassPlan) -> None:
    """Bring the deleted ones back and note them, in the caller's transaction, under the data set's lock."""
    ids = [row.pk for row in plan.revived]
    if not ids:
        return
    LabelClass.objects.filter(pk__in=ids).update(deleted_at=None, merged_into=None)
    classes_noted(edit, ids)
    _schema_changed(edit)


def classes_noted(edit: BulkEdit, ids: Iterable[uuid.UUID]) -> None:
    """Keep that this edit brought these classes, so that taking it back removes them."""
    known = edit.selection.get(_REVIVED, [])
    edit.selection = {**edit.selection, _REVIVED: sorted({*known, *map(str, ids)})}
    edit.save(update_fields=["selection"])


def classes_retire(edit: BulkEdit) -> None:
    """Delete again the classes that the edit brought; one that something carries by now stays.

    What waits in a bin holds no class, as everywhere.
    """
    ids = edit.selection.get(_REVIVED, [])
    carried = (
        Shape.objects.filter(label_class__in=ids, dataset__deleted_at__isnull=True)
        .order_by()
        .values("label_class_id")
    )
    rows = LabelClass.objects.filter(pk__in=ids, deleted_at__isnull=True).exclude(pk__in=carried)
    if rows.update(deleted_at=utc_now()):
        _schema_changed(edit)


def _schema_changed(edit: BulkEdit) -> None:
    dataset = Dataset.objects.get(pk=edit.dataset_id)
    dataset.schema_revision += 1
    dataset.save(update_fields=["schema_revision"])
