"""The label schema as others see it."""

import uuid
from collections.abc import Iterable
from typing import Any, Protocol

from datasets.models import Dataset, LabelClass
from datasets.relations import RelationType, relation_types_of
from datasets.selectors.counters import totals_of


def classes_of(dataset_id: uuid.UUID) -> list[LabelClass]:
    """The living classes in the order of their index."""
    return list(LabelClass.objects.filter(dataset_id=dataset_id, deleted_at__isnull=True).order_by("index"))


def class_rows(dataset_id: uuid.UUID) -> list[tuple[Any, ...]]:
    """`(id, attributes, skeleton, deleted at, merged into)` of all classes, the living and those that are gone."""
    names = ("pk", "attributes", "skeleton", "deleted_at", "merged_into")
    return list(LabelClass.objects.filter(dataset_id=dataset_id).values_list(*names))


def successors(rows: Iterable[tuple[str, bool, str | None]]) -> dict[str, str]:
    """`(id, is living, merged into)` of all classes: the living class that each one which is gone became, if any."""
    known = {pk: (is_living, into) for pk, is_living, into in rows}
    found = {}
    for pk in known:
        end, passed = pk, set[str]()
        while not known[end][0] and (into := known[end][1]) in known and end not in passed:
            passed.add(end)
            end = into
        if end != pk and known[end][0]:
            found[pk] = end
    return found


def class_render(row: LabelClass, count: int = 0) -> dict[str, Any]:
    """One class; `count` is how many samples carry it."""
    return {
        "id": row.pk,
        "index": row.index,
        "name": row.name,
        "name_zh": row.name_zh,
        "color": row.color,
        "key": row.key,
        "description": row.description,
        "skeleton": row.skeleton,
        "attributes": row.attributes,
        "count": count,
    }


class RelationsOwner(Protocol):
    """A data set, as far as its relation types matter."""

    @property
    def pk(self) -> Any:
        """Its id."""

    @property
    def relations(self) -> Any:
        """The types as they are stored."""


def relation_types(dataset: RelationsOwner) -> tuple[RelationType, ...]:
    """The relation types, with the classes that those became which were merged. No statement without such classes."""
    types = relation_types_of(dataset.relations)
    if not any(one.from_classes or one.to_classes for one in types):
        return types
    rows = ((str(pk), gone is None, into and str(into)) for pk, *_, gone, into in class_rows(dataset.pk))
    classes = successors(rows)
    return tuple(one.renamed(classes) for one in types)


def schema_render(dataset: Dataset) -> dict[str, Any]:
    """`{revision, classes, relations}` with counts. Two statements, one more where relations name classes."""
    counts = totals_of(dataset.pk, ("class",)).get("class", {})
    classes = [class_render(row, counts.get(str(row.pk), 0)) for row in classes_of(dataset.pk)]
    relations = [one.to_json() for one in relation_types(dataset)]
    return {"revision": dataset.schema_revision, "classes": classes, "relations": relations}
