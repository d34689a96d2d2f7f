"""Which class here each class of a merged version is: proposed, checked, made."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.errors import Conflict, InvalidInput
from datasets.models import BulkEdit, Dataset, DatasetVersion, LabelClass
from datasets.selectors.lineage import class_keys, keys_of_version
from datasets.selectors.schema import classes_of
from datasets.services.restore_classes import classes_noted
from datasets.services.schema import class_key, classes_ensure
from datasets.services.versions import version_opened

NEW: Final = "new"
DROP: Final = "drop"


class MappingInvalid(InvalidInput):
    """The classes cannot be brought together like that."""

    code = "merge_mapping_invalid"


class MergeClassGone(Conflict):
    """A class that labels were to go to was removed meanwhile."""

    code = "merge_class_gone"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a class of the source becomes unless somebody says otherwise: `to` a class id or NEW, and why."""

    row: Mapping[str, Any]
    to: str
    why: str


def classes_proposed(target: Dataset, source: DatasetVersion) -> list[Proposed]:
    """The class that is the same by descent, else the one of that name in either language, else a new one."""
    living = classes_of(target.pk)
    keys = class_keys(target, (row.index for row in living))
    by_key = {keys[row.index]: row for row in living}
    by_name: dict[str, LabelClass] = {}
    for row in living:
        for name in (row.name, row.name_zh):
            if name:
                by_name.setdefault(class_key(name), row)
    there = keys_of_version(source)
    proposed: list[Proposed] = []
    for one in source.classes:
        same = by_key.get(there[int(one["index"])])
        named = by_name.get(class_key(one["name"])) or (
            by_name.get(class_key(one["name_zh"])) if one.get("name_zh") else None
        )
        found = same or named
        why = "origin" if same else "name" if named else NEW
        proposed.append(Proposed(one, str(found.pk) if found else NEW, why))
    return proposed


def mapping_checked(target: Dataset, source: DatasetVersion, wanted: Mapping[str, str]) -> dict[str, str]:
    """The whole mapping: what was proposed, overridden by what is wanted. Raises MappingInvalid."""
    proposed = {one.row["id"]: one for one in classes_proposed(target, source)}
    living = {str(row.pk): row for row in classes_of(target.pk)}
    names = {class_key(row.name) for row in living.values()}
    if unknown := set(wanted) - set(proposed):
        raise MappingInvalid("the version has no such class", field="classes", unknown=sorted(unknown))
    mapping = {key: wanted.get(key, one.to) for key, one in proposed.items()}
    skeletons = _skeletons(source)
    for key, to in mapping.items():
        name = proposed[key].row["name"]
        if to == NEW and key in wanted and class_key(name) in names:
            raise MappingInvalid(
                "the data set has a class of this name; choose that one, or rename it first", field="classes", name=name
            )  # fmt: skip
        if to in (NEW, DROP):
            continue
        if to not in living:
            raise MappingInvalid("no such class in this data set", field="classes", name=name)
        points = living[to].skeleton
        if points is not None and key in skeletons and len(points["points"]) != skeletons[key]:
            raise MappingInvalid(
                "the two classes have different key points; choose another, make a new one, or drop it",
                field="classes", name=name, into=living[to].name,
            )  # fmt: skip
    return mapping


def _skeletons(source: DatasetVersion) -> dict[str, int]:
    """Class id -> how many key points, where it has any."""
    with version_opened(source) as (header, _):
        return {row.id: len(row.skeleton.points) for row in header.classes if row.skeleton is not None}


def classes_made(edit: BulkEdit, source: DatasetVersion, mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping with ids in the place of NEW; the classes are there then, and noted so that an undo removes them.

    In the caller's transaction, under the data set's lock. Raises MergeClassGone.
    """
    fresh = [row for row in source.classes if mapping[row["id"]] == NEW]
    if not fresh:
        return dict(mapping)
    dataset = Dataset.objects.get(pk=edit.dataset_id)
    before = {row.pk for row in classes_of(dataset.pk)}
    with version_opened(source) as (header, _):
        skeletons = {row.name: row.skeleton for row in header.classes if row.skeleton is not None}
        attributes = {row.name: row.attributes for row in header.classes}
    made = classes_ensure(dataset, [row["name"] for row in fresh], skeletons, attributes)
    looks = LabelClass.objects.in_bulk([row["id"] for row in fresh])
    for row in fresh:
        if made[row["name"]].pk not in before:
            _dressed(made[row["name"]], looks[uuid.UUID(row["id"])], row)
    classes_noted(edit, [row.pk for row in made.values() if row.pk not in before])
    return {**mapping, **{row["id"]: str(made[row["name"]].pk) for row in fresh}}


def _dressed(made: LabelClass, like: LabelClass, row: Mapping[str, Any]) -> None:
    """Called and colored as where it comes from; its key may be in use here and is left out."""
    made.name_zh, made.color, made.description = row.get("name_zh", ""), like.color, like.description
    made.save(update_fields=["name_zh", "color", "description"])


def classes_there(dataset_id: uuid.UUID, mapping: Mapping[str, str]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Class there -> class here, None to drop it. One statement. Raises MergeClassGone."""
    living = set(
        LabelClass.objects.filter(dataset_id=dataset_id, deleted_at__isnull=True).values_list("pk", flat=True)
    )
    classes: dict[uuid.UUID, uuid.UUID | None] = {}
    for key, to in mapping.items():
        label = None if to == DROP else uuid.UUID(to)
        if label is not None and label not in living:
            raise MergeClassGone(
                "a class that labels were to go to was removed meanwhile; look at the merge anew"
            )
        classes[uuid.UUID(key)] = label
    return classes
