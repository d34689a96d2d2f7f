"""The classes of a data set as answers meet them, remembered by the revision of the label schema."""

import uuid
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol

from datasets.attributes import Attribute, attributes_of_class, said_together
from datasets.geometry.placing import SAID_ONCE
from datasets.relations import relation_types_of, relinked
from datasets.selectors.schema import class_rows, successors

_SIZE = 256
_lock = Lock()


class SchemaOwner(Protocol):
    """A data set, as far as its classes matter here."""

    @property
    def pk(self) -> Any:
        """Its id."""

    @property
    def schema_revision(self) -> int:
        """Which schema it has."""


class RelationOwner(SchemaOwner, Protocol):
    """A data set, as far as its relation types matter too."""

    @property
    def relations(self) -> Any:
        """The types as they are stored."""


@dataclass(frozen=True, slots=True)
class SchemaKey:
    """A data set of which nothing else is known."""

    pk: uuid.UUID
    schema_revision: int


@dataclass(frozen=True, slots=True)
class ClassRules:
    """What an object of a class must say, and how many key points it has (None: as many as it likes)."""

    attributes: tuple[Attribute, ...] = ()
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """`rules` of the living classes; `merged`: the living class that one which is gone became."""

    rules: Mapping[str, ClassRules] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)


_known: "OrderedDict[tuple[uuid.UUID, int], Schema]" = OrderedDict()


def unknown_classes(dataset: SchemaOwner, labels: Collection[str]) -> set[str]:
    """The labels that name no living class of the data set; a surprise is looked up again."""
    return set(labels) - schema_of(dataset, labels).rules.keys()


def unknown_relations(dataset: RelationOwner, shapes: Iterable[Mapping[str, Any]]) -> set[str]:
    """The relation types that shapes in JSON name and the data set has not (any more)."""
    said = {link["type"] for shape in shapes for link in shape.get("relations", ())}
    return said - {one.id for one in relation_types_of(dataset.relations)} if said else said


def relabeled(dataset: SchemaOwner, shapes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Shapes in JSON with the classes that those became which were merged; what is then said twice is said once,
    with what was said beside either, and with the relations of both.

    So whoever still has the schema of before loses nothing, and a merge that is taken back changed no answer.
    """
    labels = {str(shape["label"]) for shape in shapes}
    merged = schema_of(dataset, labels).merged
    if not labels & merged.keys():
        return list(shapes)
    said: dict[tuple[Any, ...], dict[str, Any]] = {}
    ids: dict[str, str] = {}
    kept = []
    for shape in shapes:
        label = merged.get(str(shape["label"]), shape["label"])
        what = (shape["kind"], str(label), shape.get("start"), shape.get("end"))
        if shape["kind"] in SAID_ONCE and what in said:
            _join(said[what], shape)
            ids[shape["id"]] = said[what]["id"]
            continue
        said[what] = {**shape, "label": label}
        ids[shape["id"]] = shape["id"]
        kept.append(said[what])
    return [relinked(shape, shape["id"], ids) if "relations" in shape else shape for shape in kept]


def _join(said: dict[str, Any], again: Mapping[str, Any]) -> None:
    if more := again.get("attributes"):
        said["attributes"] = said_together(said.get("attributes", {}), more)
    if links := again.get("relations"):
        said["relations"] = [*said.get("relations", ()), *links]


def schema_of(dataset: SchemaOwner, labels: Collection[str]) -> Schema:
    """What is remembered, unless it does not know one of `labels`; then it is read again. One statement."""
    key = (dataset.pk, dataset.schema_revision)
    with _lock:
        known = _known.get(key)
    if known is not None and known.rules.keys() | known.merged.keys() >= set(labels):
        return known
    rows = class_rows(dataset.pk)
    fresh = Schema(
        {str(pk): _rules(attributes, skeleton) for pk, attributes, skeleton, gone, _ in rows if gone is None},
        successors((str(pk), gone is None, into and str(into)) for pk, *_, gone, into in rows),
    )
    with _lock:
        _known[key] = fresh
        _known.move_to_end(key)
        while len(_known) > _SIZE:
            _known.popitem(last=False)
    return fresh


def _rules(attributes: Any, skeleton: Any) -> ClassRules:
    return ClassRules(attributes_of_class(attributes), None if skeleton is None else len(skeleton["points"]))
