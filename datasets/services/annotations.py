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
from datasets.geometry.stretches import stretch_from
from datasets.models import Dataset, LabelClass, Sample, SampleState
from datasets.models.dataset import ONE_CLASS_TASKS
from datasets.relations import LINK_FAULTS, Link, link_fault, links_json
from datasets.selectors.samples import annotation_of
from datasets.selectors.schema import relation_types
from datasets.services.annotation_parts import NewAnnotation, annotation_parts

Source = Literal["human", "import", "model"]
MAX_SHAPES: Final = 20_000
_EDGE_PX: Final = 1e-6


@dataclass(frozen=True, slots=True)
class ShapeInput:
    """A class of the whole sample, a class with a place in pixels of the upright image, a span of a text, or a region
    of a recording.

    `id` is the client's. `geometry` holds the field of the shape's kind as it was sent (`polygon`, `mask`, …);
    it is checked here. `span` is `[start, end)` in Unicode code points, of a region in seconds; `relations` are those
    that begin at a span.
    """

    id: uuid.UUID
    kind: str
    label: uuid.UUID
    span: tuple[float, float] | None = None
    box: tuple[float, float, float, float] | None = None
    score: float | None = None
    source: Source = "human"
    geometry: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] | None = None
    relations: tuple[Link, ...] = ()


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
    if shape.span is not None:
        body["start"], body["end"] = _stretch(shape, payload) if shape.kind == "region" else shape.span
        if shape.relations:
            body["relations"] = links_json(shape.relations)
    if shape.score is not None:
        body["score"] = shape.score
    return body


def _placed(shape: ShapeInput, payload: Mapping[str, Any]) -> dict[str, Any]:
    try:
        form, box = form_placed(shape.kind, shape.geometry, (payload["width"], payload["height"]))
    except FormRefused as exc:
        raise InvalidInput(str(exc), field="shapes") from exc
    return {"box": list(box), **form.to_json()}


def _stretch(shape: ShapeInput, payload: Mapping[str, Any]) -> tuple[float, float]:
    start, end = shape.span or (None, None)
    try:
        return stretch_from(start, end, payload["duration_s"])
    except FormRefused as exc:
        raise InvalidInput(str(exc), field="shapes") from exc


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
    _check_spans(shapes, sample.payload)
    _check_regions(shapes, sample.payload)
    if any(shape.relations for shape in shapes):
        _check_relations(sample.dataset, shapes)


def _check_kinds(dataset: Dataset, shapes: Sequence[ShapeInput]) -> None:
    wanted = KINDS_OF_TASK.get(dataset.task, frozenset())
    if any(shape.kind not in wanted for shape in shapes):
        kinds = ", ".join(sorted(wanted))
        raise InvalidInput(f"this data set takes shapes of kind {kinds}", field="shapes")
    if dataset.task in ONE_CLASS_TASKS and len(shapes) > 1:
        raise InvalidInput("this data set takes one class a sample", field="shapes")
    if "class" in wanted and len({shape.label for shape in shapes}) != len(shapes):
        raise InvalidInput("a class is given twice", field="shapes")


def _check_box(shape: ShapeInput, payload: dict[str, Any]) -> None:
    if shape.box is None:
        raise InvalidInput("a box needs its four numbers", field="shapes")
    x, y, w, h = shape.box
    inside = x >= -_EDGE_PX and y >= -_EDGE_PX
    inside = inside and x + w <= payload["width"] + _EDGE_PX and y + h <= payload["height"] + _EDGE_PX
    if not (w > 0 and h > 0 and inside):
        raise InvalidInput("a box must lie inside the image and have a width and a height", field="shapes")


def _check_spans(shapes: Sequence[ShapeInput], payload: dict[str, Any]) -> None:
    said: set[tuple[uuid.UUID, tuple[float, float]]] = set()
    for shape in shapes:
        if shape.kind != "span":
            continue
        if shape.span is None:
            raise InvalidInput("a span needs its start and its end", field="shapes")
        start, end = shape.span
        if not (_is_whole(start) and _is_whole(end)):
            raise InvalidInput("a span goes from a character to a later one", field="shapes")
        if not 0 <= start < end <= payload["characters"]:
            detail = f"a span must lie inside the text, which has {payload['characters']} characters"
            raise InvalidInput(detail, field="shapes")
        if (shape.label, shape.span) in said:
            raise InvalidInput("a span is given twice", field="shapes")
        said.add((shape.label, shape.span))


def _is_whole(number: float) -> bool:
    return isinstance(number, int)


def _check_regions(shapes: Sequence[ShapeInput], payload: dict[str, Any]) -> None:
    said: set[tuple[uuid.UUID, tuple[float, float]]] = set()
    for shape in shapes:
        if shape.kind != "region":
            continue
        place = shape.label, _stretch(shape, payload)
        if place in said:
            raise InvalidInput("a region is given twice", field="shapes")
        said.add(place)


def _check_relations(dataset: Dataset, shapes: Sequence[ShapeInput]) -> None:
    spans = {str(shape.id): (str(shape.label), shape.relations) for shape in shapes if shape.kind == "span"}
    if any(shape.relations and shape.kind != "span" for shape in shapes):
        raise InvalidInput("only a span has relations", field="shapes")
    fault = link_fault(spans, {one.id: one for one in relation_types(dataset)})
    if fault is not None:
        raise InvalidInput(
            LINK_FAULTS[fault.fault],
            field="shapes",
            fault=fault.fault,
            shape=fault.span,
            relation=fault.type,
            to=fault.to,
        )
