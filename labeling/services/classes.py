"""Whether an answer says what the classes of its data set ask."""

from collections.abc import Mapping, Sequence
from typing import Any

from datasets.attributes import first_fault
from datasets.selectors.schema import relation_types
from labeling.geometry.shapes import Canvas, Shape, canvas_of, check_links, shapes_from_json
from labeling.models import Campaign
from labeling.selectors.classes import ClassRules, RelationOwner, relabeled, schema_of
from labeling.services.errors import AttributeInvalid, AttributeMissing, KeypointsMismatch


def shapes_sent(campaign: Campaign, payload: Mapping[str, Any], raw: Any) -> tuple[Shape, ...]:
    """What somebody sent of a sample, in the classes that the data set has now. Raises ShapeRefused."""
    shapes = shapes_from_json(raw, canvas_of(campaign.task, payload))
    sent = [shape.as_json() for shape in shapes]
    current = relabeled(campaign.dataset, sent)
    return shapes if current == sent else shapes_from_json(current, Canvas(campaign.task))


def check_asked(dataset: RelationOwner, shapes: Sequence[Shape]) -> None:
    """Refuse a submission whose shapes do not say what their classes ask, or have relations that these do not allow; a
    draft may.

    Raises AttributeMissing, AttributeInvalid, KeypointsMismatch, RelationRefused, each naming the shape.
    """
    rules = schema_of(dataset, {shape.label for shape in shapes}).rules
    for index, shape in enumerate(shapes):
        if shape.label in rules:
            _check(rules[shape.label], shape, index)
    if any(shape.relations for shape in shapes):
        check_links(shapes, {one.id: one for one in relation_types(dataset)})


def _check(rules: ClassRules, shape: Shape, index: int) -> None:
    where: dict[str, Any] = {"field": "shapes", "index": index, "shape": shape.id}
    fault = first_fault(rules.attributes, dict(shape.attributes))
    if fault is not None and fault.value is None:
        raise AttributeMissing(
            f"say {fault.attribute} of everything that is asked for it", attribute=fault.attribute, **where
        )
    if fault is not None:
        raise AttributeInvalid(
            f"what is said of {fault.attribute} is none of its values; choose one of them",
            attribute=fault.attribute,
            value=fault.value,
            **where,
        )
    if shape.kind == "keypoints" and shape.form is not None and rules.points is not None:
        found = len(shape.form.value)
        if found != rules.points:
            raise KeypointsMismatch(
                f"this class has {rules.points} key points and the object {found}; set it anew",
                expected=rules.points,
                found=found,
                **where,
            )
