"""What the classes of a data set ask of answers, remembered by the revision of the label schema."""

import uuid
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from datasets.attributes import Attribute, attributes_of_class, first_fault
from labeling.geometry.shapes import Shape
from labeling.services.errors import AttributeInvalid, AttributeMissing, KeypointsMismatch

_SIZE = 256
_lock = Lock()


class SchemaOwner(Protocol):
    """A data set, as far as its classes matter here."""

    pk: Any
    schema_revision: int
    classes: Any


@dataclass(frozen=True, slots=True)
class ClassRules:
    """What an object of a class must say, and how many key points it has (None: as many as it likes)."""

    attributes: tuple[Attribute, ...] = ()
    points: int | None = None


_known: "OrderedDict[tuple[uuid.UUID, int], Mapping[str, ClassRules]]" = OrderedDict()


def unknown_classes(dataset: SchemaOwner, labels: Collection[str]) -> set[str]:
    """The labels that name no living class of the data set; a surprise is looked up again."""
    return set(labels) - _rules_of(dataset, labels).keys()


def check_asked(dataset: SchemaOwner, shapes: Sequence[Shape]) -> None:
    """Refuse a submission whose objects do not say what their classes ask; a draft may say less.

    Only what has a place is asked. Raises AttributeMissing, AttributeInvalid, KeypointsMismatch, each naming the shape.
    """
    rules = _rules_of(dataset, {shape.label for shape in shapes})
    for index, shape in enumerate(shapes):
        if shape.box is not None and shape.label in rules:
            _check(rules[shape.label], shape, index)


def _check(rules: ClassRules, shape: Shape, index: int) -> None:
    where: dict[str, Any] = {"field": "shapes", "index": index, "shape": shape.id}
    fault = first_fault(rules.attributes, dict(shape.attributes))
    if fault is not None and fault.value is None:
        raise AttributeMissing(
            f"say {fault.attribute} of every object that is asked for it", attribute=fault.attribute, **where
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


def _rules_of(dataset: SchemaOwner, labels: Collection[str]) -> Mapping[str, ClassRules]:
    key = (dataset.pk, dataset.schema_revision)
    with _lock:
        known = _known.get(key)
    if known is not None and known.keys() >= set(labels):
        return known
    rows = dataset.classes.filter(deleted_at__isnull=True).values_list("pk", "attributes", "skeleton")
    fresh = {str(pk): _rules(attributes, skeleton) for pk, attributes, skeleton in rows}
    with _lock:
        _known[key] = fresh
        _known.move_to_end(key)
        while len(_known) > _SIZE:
            _known.popitem(last=False)
    return fresh


def _rules(attributes: Any, skeleton: Any) -> ClassRules:
    return ClassRules(attributes_of_class(attributes), None if skeleton is None else len(skeleton["points"]))
