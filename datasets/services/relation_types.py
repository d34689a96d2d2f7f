"""The relation types of a label schema: replaced, made where they are missing, counted before they go."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from core.errors import Conflict, InvalidInput
from core.ids import uuid7
from datasets.models import BulkEdit, Dataset, LabelClass, Shape, ShapeKind, Task
from datasets.relations import MAX_TYPES, RelationsRefused, RelationType, relation_types_of

_BROUGHT = "relations"


class RelationInUse(Conflict):
    """A relation type that spans have is not deleted."""

    code = "relation_in_use"


def relations_replace(dataset: Dataset, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make the relation types exactly `rows`, in the caller's transaction and under the data set's lock; not saved.

    A row without an id is a new type. Classes are named by their ids, or by their names in this schema. Raises
    InvalidInput, RelationInUse.
    """
    if rows and dataset.task != Task.NER:
        raise InvalidInput("only spans of texts have relations", field="relations")
    known = {one.id for one in relation_types_of(dataset.relations)}
    if strange := {str(row["id"]) for row in rows if row.get("id")} - known:
        raise InvalidInput(
            "a relation type is unknown; leave the id out for a new one",
            field="relations",
            unknown=sorted(strange),
        )
    classes = _classes_by_word(dataset) if rows else {}
    types = _checked([_row(row, classes) for row in rows])
    if gone := known - {one.id for one in types}:
        _check_unused(dataset, gone)
    dataset.relations = [one.to_json() for one in types]


def relations_ensure(dataset: Dataset, names: Iterable[str]) -> dict[str, str]:
    """The id of the type of each name, added when missing; names match either language, whatever the case.

    Those for which the schema has no room are left out. In the caller's transaction, under the data set's lock.
    """
    types, found = _grown(dataset, names)
    _extended(dataset, types)
    return found


def relations_foreseen(dataset: Dataset, names: Iterable[str]) -> dict[str, str]:
    """As `relations_ensure`, with nothing added: the ids of types that are missing stand for those to be."""
    return _grown(dataset, names)[1]


def relations_met(dataset: Dataset, types: Iterable[RelationType]) -> dict[str, str]:
    """Which type here each of these is: the one with its id, else the one with its name, else itself, to be added."""
    here = relation_types_of(dataset.relations)
    ids, by_name = {one.id for one in here}, _by_name(here)
    return {
        one.id: one.id if one.id in ids or _key(one.name) not in by_name else by_name[_key(one.name)].id
        for one in types
    }


def relations_bring(edit: BulkEdit, types: Iterable[RelationType], classes: Mapping[str, str]) -> None:
    """Add those that the data set has not, with its classes, and note them, so that taking the edit back removes them.

    In the caller's transaction, under the data set's lock.
    """
    dataset = Dataset.objects.get(pk=edit.dataset_id)
    types = tuple(types)
    met = relations_met(dataset, types)
    here = relation_types_of(dataset.relations)
    ids = {one.id for one in here}
    wanted = (one.moved_to(classes) for one in types if met[one.id] == one.id and one.id not in ids)
    fresh = [one for one in wanted if one is not None]
    if not fresh:
        return
    _extended(dataset, [*here, *fresh])
    kept = [*edit.selection.get(_BROUGHT, []), *(one.id for one in fresh)]
    edit.selection = {**edit.selection, _BROUGHT: kept}
    edit.save(update_fields=["selection"])


def relations_retire(edit: BulkEdit) -> None:
    """Take away again what the edit brought; a type that a span has by now stays."""
    ids = set(edit.selection.get(_BROUGHT, []))
    if not ids:
        return
    dataset = Dataset.objects.get(pk=edit.dataset_id)
    types = relation_types_of(dataset.relations)
    kept = [one for one in types if one.id not in ids or _carried(dataset, one.id)]
    if len(kept) < len(types):
        _keep(dataset, kept)


def _grown(dataset: Dataset, names: Iterable[str]) -> tuple[list[RelationType], dict[str, str]]:
    """The types of the schema with those of these names, as far as there is room, and the id of each name."""
    types = list(relation_types_of(dataset.relations))
    by_name = _by_name(types)
    found: dict[str, str] = {}
    for name in names:
        if _key(name) not in by_name:
            if len(types) >= MAX_TYPES:
                continue
            types.append(RelationType(str(uuid7()), name[:100]))
            by_name[_key(name)] = types[-1]
        found[name] = by_name[_key(name)].id
    return types, found


def _extended(dataset: Dataset, types: Sequence[RelationType]) -> None:
    if len(types) > len(dataset.relations):
        _keep(dataset, _checked(types))


def _keep(dataset: Dataset, types: Sequence[RelationType]) -> None:
    dataset.relations = [one.to_json() for one in types]
    dataset.schema_revision += 1
    dataset.save(update_fields=["relations", "schema_revision"])


def _checked(types: Sequence[RelationType]) -> Sequence[RelationType]:
    if len(types) > MAX_TYPES:
        raise InvalidInput(f"a schema has at most {MAX_TYPES} relation types", field="relations")
    if len({_key(one.name) for one in types}) < len(types):
        raise InvalidInput("two relation types have the same name", field="relations")
    return types


def _row(row: Mapping[str, Any], classes: Mapping[str, str]) -> RelationType:
    sides = {side: _sides(row.get(side) or (), classes) for side in ("from_classes", "to_classes")}
    try:
        return relation_types_of([{**row, **sides, "id": row.get("id") or uuid7()}])[0]
    except RelationsRefused as exc:
        raise InvalidInput(str(exc), field="relations") from exc


def _sides(words: Sequence[Any], classes: Mapping[str, str]) -> list[str]:
    if strange := [str(word) for word in words if str(word) not in classes]:
        raise InvalidInput(
            "a relation type names a class that the schema has not", field="relations", unknown=strange[:20]
        )
    return [classes[str(word)] for word in words]


def _classes_by_word(dataset: Dataset) -> dict[str, str]:
    """Ids of classes, also of those that are gone, which a type may have named before; and names of the living."""
    rows = LabelClass.objects.filter(dataset=dataset).values_list("pk", "name", "deleted_at")
    found = {name: str(pk) for pk, name, gone in rows if gone is None}
    return found | {str(pk): str(pk) for pk, _, _ in rows}


def _check_unused(dataset: Dataset, ids: Iterable[str]) -> None:
    names = {one.id: one.name for one in relation_types_of(dataset.relations)}
    for one in sorted(ids):
        if samples := _carried(dataset, one):
            raise RelationInUse(
                "spans have this relation; delete those first",
                relation=one,
                name=names[one],
                samples=samples,
            )


def _carried(dataset: Dataset, relation: str) -> int:
    """How many samples have it. A scan of the spans of the data set: types seldom go."""
    classes = LabelClass.objects.filter(dataset=dataset).values("pk")
    rows = Shape.objects.filter(label_class__in=classes, dataset=dataset, kind=ShapeKind.SPAN)
    said = rows.annotate(said=Cast("geometry", TextField())).filter(said__contains=str(uuid.UUID(relation)))
    return said.order_by().values("sample_id").distinct().count()


def _by_name(types: Iterable[RelationType]) -> dict[str, RelationType]:
    table: dict[str, RelationType] = {}
    for one in types:
        for name in filter(None, (one.name, one.name_zh)):
            table.setdefault(_key(name), one)
    return table


def _key(name: str) -> str:
    return name[:100].casefold().strip()
