"""The annotation of one sample, replaced whole."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.db import transaction

from core.clock import utc_now
from core.errors import InvalidInput, NotFound, StaleRevision
from core.models import User
from core.sql import run_together
from datasets.geometry import FIELD_OF_KIND, FormRefused
from datasets.geometry.forms import attributes_from
from datasets.geometry.placing import KINDS_OF_TASK, form_placed
from datasets.models import Dataset, LabelClass, Sample, SampleState, Task
from datasets.selectors.samples import annotation_of
from datasets.services.annotation_parts import NewAnnotation, annotation_parts

Source = Literal["human", "import", "model"]
MAX_SHAPES: Final = 20_000
_EDGE_PX: Final = 1e-6


@dataclass(frozen=True, slots=True)
class ShapeInput:
    """A class of the whole sample, or a class with a place in pixels of the upright image. `id` is the client's.

    `geometry` holds the field of the shape's kind as it was sent (`polygon`, `mask`, …); it is checked here.
    """

    id: uuid.UUID
    kind: str
    label: uuid.UUID
    box: tuple[float, float, float, float] | None = None
    score: float | None = None
    source: Source = "human"
    geometry: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] | None = None


def annotation_replace(
    sample_id: uuid.UUID,
    *,
    expected_revision: int | None,
    shapes: Sequence[ShapeInput],
    actor: User,
    source: Source = "human",
    state: str = SampleState.LABELED,
) -> int:
    """Say this and nothing else about the sample; the new revision.

    Counters and history are written in the same transaction. `expected_revision` is the one the caller
    saw, None to overwrite. Raises NotFound, InvalidInput, and StaleRevision with `params.current`.
    """
    with transaction.atomic():
        sample = (
            Sample.objects.select_for_update(of=("self",))
            .select_related("dataset")
            .filter(pk=sample_id)
            .first()
        )
        if sample is None:
            raise NotFound
        if expected_revision is not None and expected_revision != sample.annotation_revision:
            raise StaleRevision("somebody else saved this sample first", current=annotation_of(sample))
        _check(sample, shapes, state)
        new = NewAnnotation(
            shapes=[_rendered(shape, sample.payload) for shape in shapes],
            state=state,
            source=source,
            actor_id=actor.pk,
            at=utc_now(),
        )
        touched = run_together(annotation_parts(sample, new), step="datasets.annotation")
        if shapes and touched["sample_shapes"] != len(shapes):
            raise InvalidInput("the id of a shape is already used by another sample", field="shapes")
    return sample.annotation_revision + 1


def _rendered(shape: ShapeInput, payload: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": str(shape.id),
        "kind": shape.kind,
        "label": str(shape.label),
        "source": shape.source,
    }
    if shape.kind in FIELD_OF_KIND:
        body |= _placed(shape, payload)
    elif shape.box is not None:
        body["box"] = list(shape.box)
    if attributes := attributes_from(shape.attributes):
        body["attributes"] = dict(attributes)
    if shape.score is not None:
        body["score"] = shape.score
    return body


def _placed(shape: ShapeInput, payload: Mapping[str, Any]) -> dict[str, Any]:
    try:
        form, box = form_placed(shape.kind, shape.geometry, (payload["width"], payload["height"]))
    except FormRefused as exc:
        raise InvalidInput(str(exc), field="shapes") from exc
    return {"box": list(box), **form.to_json()}


def _check(sample: Sample, shapes: Sequence[ShapeInput], state: str) -> None:
    if state not in SampleState.values:
        raise InvalidInput("unknown state", field="state", known=SampleState.values)
    if len(shapes) > MAX_SHAPES:
        raise InvalidInput(f"a sample has at most {MAX_SHAPES} shapes", field="shapes")
    if len({shape.id for shape in shapes}) != len(shapes):
        raise InvalidInput("two shapes have the same id", field="shapes")
    labels = {shape.label for shape in shapes}
    known = LabelClass.objects.filter(pk__in=labels, dataset_id=sample.dataset_id, deleted_at__isnull=True)
    if labels and known.count() != len(labels):
        raise InvalidInput("a shape has a class that is not in the schema", field="shapes")
    _check_kinds(sample.dataset, shapes)
    for shape in shapes:
        if shape.kind == "box":
            _check_box(shape, sample.payload)


def _check_kinds(dataset: Dataset, shapes: Sequence[ShapeInput]) -> None:
    wanted = KINDS_OF_TASK.get(dataset.task, frozenset())
    if any(shape.kind not in wanted for shape in shapes):
        kinds = ", ".join(sorted(wanted))
        raise InvalidInput(f"this data set takes shapes of kind {kinds}", field="shapes")
    if dataset.task == Task.IMAGE_CLASSIFICATION and len(shapes) > 1:
        raise InvalidInput("this data set takes one class a sample", field="shapes")


def _check_box(shape: ShapeInput, payload: dict[str, Any]) -> None:
    if shape.box is None:
        raise InvalidInput("a box needs its four numbers", field="shapes")
    x, y, w, h = shape.box
    inside = x >= -_EDGE_PX and y >= -_EDGE_PX
    inside = inside and x + w <= payload["width"] + _EDGE_PX and y + h <= payload["height"] + _EDGE_PX
    if not (w > 0 and h > 0 and inside):
        raise InvalidInput("a box must lie inside the image and have a width and a height", field="shapes")
