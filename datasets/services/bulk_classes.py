"""A class on all selected samples or off them, where a sample has several. Each runs inside the job's fence."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.errors import Conflict
from datasets.models import AnnotationSource, BulkEdit, LabelClass, Sample, SampleState
from datasets.services.annotations_bulk import Saying, annotations_replace, shapes_kept, shapes_of

Befores = list[tuple[Sample, dict[str, Any]]]
Shapes = Sequence[Sequence[Any]]
# What somebody has begun, or somebody else refused, is not finished by one class more or less.
_UNFINISHED: Final = (SampleState.DRAFT, SampleState.REJECTED)
_LABEL: Final = 1


class ClassGone(Conflict):
    """The class was removed while the edit waited; choose another."""

    code = "class_gone"


def class_check(class_id: str) -> None:
    """Raises ClassGone."""
    if not LabelClass.objects.filter(pk=class_id, deleted_at__isnull=True).exists():
        raise ClassGone("the class was removed; choose another")


def class_shape(class_id: str, position: int = 0) -> list[Any]:
    """A class said by a person, as a row of SHAPE_COLUMNS."""
    label = uuid.UUID(class_id)
    return [uuid.uuid4(), label, "class", position, None, None, None, None, None, "human", None]


def befores_of(samples: Sequence[Sample], shapes: Mapping[uuid.UUID, Shapes]) -> Befores:
    """What each sample says now, as an edit keeps it to take it back."""
    return [
        (
            sample,
            {
                "revision": sample.annotation_revision,
                "state": sample.state,
                "source": sample.annotation_source,
                "shapes": shapes_kept(shapes[sample.pk]),
            },
        )
        for sample in samples
    ]


def class_add_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    """Behind the classes that a sample has; one that has it is unchanged."""
    class_check(edit.value)
    changed = [sample for sample in samples if edit.value not in map(str, sample.labels)]
    shapes = shapes_of(changed)
    after = {pk: [*rows, class_shape(edit.value, len(rows))] for pk, rows in shapes.items()}
    return _said(edit, changed, shapes, after)


def class_drop_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    """A sample whose last class goes stays labeled, as one that is none of the classes."""
    changed = [sample for sample in samples if edit.value in map(str, sample.labels)]
    shapes = shapes_of(changed)
    label = uuid.UUID(edit.value)
    after = {pk: [row for row in rows if row[_LABEL] != label] for pk, rows in shapes.items()}
    return _said(edit, changed, shapes, after)


def _said(
    edit: BulkEdit,
    samples: Sequence[Sample],
    shapes: Mapping[uuid.UUID, Shapes],
    after: Mapping[uuid.UUID, Shapes],
) -> Befores:
    sayings = [
        Saying(sample, after[sample.pk], _state_of(sample), AnnotationSource.HUMAN) for sample in samples
    ]
    annotations_replace(edit.dataset_id, sayings, actor_id=edit.created_by_id)
    return befores_of(samples, shapes)


def _state_of(sample: Sample) -> str:
    """A review was of what was said before."""
    return sample.state if sample.state in _UNFINISHED else SampleState.LABELED
