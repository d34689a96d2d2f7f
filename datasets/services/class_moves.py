"""Classes changed over all data: marks of some become another class, or go. Each runs inside the job's fence.

Merging is to move all marks of classes and put the classes away, deleting the same without a target, splitting to
move those of a filter to another class. How far a sample is, and who said so, stays as it was: the schema has changed,
not what somebody saw.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, QuerySet

from core.clock import utc_now
from core.errors import Conflict, InvalidInput
from core.services import audit
from datasets.attributes import said_together
from datasets.geometry.placing import SAID_ONCE
from datasets.models import AnnotationSource, BulkEdit, Dataset, LabelClass, Sample, SampleState, Shape
from datasets.models.dataset import ONE_CLASS_TASKS
from datasets.services.annotations_bulk import Saying, annotations_replace, rows_relinked, shapes_of
from datasets.services.bulk_classes import Befores, Shapes, befores_of, class_check

MAX_CLASSES: Final = 100
_RETIRED: Final = "retired"
_LABEL, _KIND, _GEOMETRY = 1, 2, 8


class MoveUnfit(InvalidInput):
    """These classes cannot become that one."""

    code = "class_move_unfit"


class ClassNameTaken(Conflict):
    """A class that would come back has a name that another has by now."""

    code = "class_name_taken"


@dataclass(frozen=True, slots=True)
class ClassMove:
    """Marks of `classes`; `retire`: the classes go with their marks."""

    classes: tuple[uuid.UUID, ...]
    retire: bool = False

    def to_json(self) -> dict[str, Any]:
        """As an edit keeps it in its selection."""
        return {"classes": [str(pk) for pk in self.classes], "retire": self.retire}


def move_check(dataset: Dataset, target: str, move: ClassMove | None, *, is_part: bool) -> None:
    """`target` is a class id, or empty where the marks go. Raises MoveUnfit."""
    if move is None or not 1 <= len(move.classes) <= MAX_CLASSES:
        raise MoveUnfit(f"name 1 to {MAX_CLASSES} classes whose marks change", field="classes")
    if move.retire and is_part:
        raise MoveUnfit("classes go only with all of their marks; leave the filter out", field="retire")
    known = {str(row.pk): row for row in dataset.classes.filter(deleted_at__isnull=True)}
    named = [str(pk) for pk in move.classes]
    if not known.keys() >= set(named):
        raise MoveUnfit("no such class in this data set", field="classes")
    if target and (target not in known or target in named):
        raise MoveUnfit("choose another class of this data set", field="value")
    if target and any(known[pk].skeleton != known[target].skeleton for pk in named):
        raise MoveUnfit("classes with different key points cannot become one", field="value")


def carriers(rows: QuerySet[Sample], classes: Sequence[Any]) -> QuerySet[Sample]:
    """Those of `rows` with a mark of these classes."""
    return rows.filter(Exists(Shape.objects.filter(sample=OuterRef("pk"), label_class__in=classes)))


def move_counts(rows: QuerySet[Sample], classes: Sequence[Any]) -> dict[str, Any]:
    """How many samples and marks of each class would change. Two statements."""
    marks = Shape.objects.filter(sample__in=rows.order_by().values("pk"), label_class__in=classes)
    counted = marks.order_by().values_list("label_class_id").annotate(n=Count("pk"))
    return {
        "samples": rows.order_by().count(),
        "objects": {str(pk): 0 for pk in classes} | {str(pk): count for pk, count in counted},
    }


def class_move_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    """A sample whose only class goes has none from then on, where it has one at most."""
    if edit.value:
        class_check(edit.value)
    classes = {uuid.UUID(pk) for pk in edit.selection["classes"]}
    shapes = shapes_of(samples)
    changed = [row for row in samples if any(shape[_LABEL] in classes for shape in shapes[row.pk])]
    target = uuid.UUID(edit.value) if edit.value else None
    has_one = edit.dataset.task in ONE_CLASS_TASKS
    sayings = [_saying(row, _moved(shapes[row.pk], classes, target), has_one) for row in changed]
    annotations_replace(edit.dataset_id, sayings, actor_id=edit.created_by_id)
    return befores_of(changed, shapes)


def _saying(sample: Sample, after: Shapes, has_one: bool) -> Saying:
    is_empty = has_one and not after
    return Saying(
        sample,
        after,
        SampleState.UNLABELED if is_empty else sample.state,
        AnnotationSource.NONE if is_empty else sample.annotation_source,
        as_of=sample.annotation_revision,
    )


def _moved(shapes: Shapes, classes: set[uuid.UUID], target: uuid.UUID | None) -> Shapes:
    """What would then be said twice is said once, with what was said beside either: a class of the whole sample, a span, a region.

    A span has the relations of both then; those of spans that go, go.
    """
    rows = [list(shape) for shape in shapes if target is not None or shape[_LABEL] not in classes]
    said: dict[tuple[Any, ...], list[Any]] = {}
    after = []
    ids: dict[str, str] = {}
    for row in rows:
        if row[_LABEL] in classes:
            row[_LABEL] = target
        place = row[_GEOMETRY] or {}
        what = (row[_KIND], row[_LABEL], place.get("start"), place.get("end"))
        if row[_KIND] not in SAID_ONCE or what not in said:
            after.append(row)
            said[what] = row
        else:
            said[what][_GEOMETRY] = _joined(said[what][_GEOMETRY], place)
        ids[str(row[0])] = str(said[what][0])
    return rows_relinked(after, ids)


def _joined(first: dict[str, Any] | None, other: dict[str, Any]) -> dict[str, Any] | None:
    joined = dict(first or {})
    if more := other.get("attributes"):
        joined["attributes"] = said_together(joined.get("attributes", {}), more)
    if links := other.get("relations"):
        joined["relations"] = [*joined.get("relations", ()), *links]
    return joined or None


def classes_put_away(edit: BulkEdit) -> None:
    """After the last sample: the classes go, but for those that somebody has given to a sample meanwhile."""
    if not edit.selection.get("retire"):
        return
    named = edit.selection["classes"]
    marks = Shape.objects.filter(label_class__in=named, dataset__deleted_at__isnull=True)
    carried = set(marks.order_by().values_list("label_class_id", flat=True).distinct())
    rows = LabelClass.objects.filter(pk__in=named, deleted_at__isnull=True).exclude(pk__in=carried)
    retired = sorted(map(str, rows.values_list("pk", flat=True)))
    LabelClass.objects.filter(pk__in=retired).update(deleted_at=utc_now(), merged_into=edit.value or None)
    edit.selection = {**edit.selection, _RETIRED: retired}
    edit.counts = {**edit.counts, "classes_kept": len(carried)}
    edit.save(update_fields=["selection", "counts"])
    _schema_changed(edit)


def classes_put_back(edit: BulkEdit) -> None:
    """Before the first sample goes back. Raises ClassNameTaken."""
    retired = edit.selection.get(_RETIRED, [])
    rows = LabelClass.objects.filter(pk__in=retired, deleted_at__isnull=False)
    names = list(rows.values_list("name", flat=True))
    living = LabelClass.objects.filter(dataset_id=edit.dataset_id, deleted_at__isnull=True)
    taken = living.filter(name__in=names).values_list("name", flat=True).first()
    if taken is not None:
        raise ClassNameTaken(f"there is a class {taken} by now; rename it, then take this back", name=taken)
    if rows.update(deleted_at=None, merged_into=None):
        _schema_changed(edit)


def _schema_changed(edit: BulkEdit) -> None:
    dataset = edit.dataset
    dataset.schema_revision += 1
    dataset.save(update_fields=["schema_revision"])
    audit.record(
        edit.created_by,
        "datasets.schema.changed",
        dataset,
        project=dataset.project_id,
        revision=dataset.schema_revision,
        edit=str(edit.pk),
    )
