"""The label schema of a data set: its classes, and the revision that guards changes."""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import CharField, Count
from django.db.models.functions import Cast

from core.clock import utc_now
from core.errors import Conflict, InvalidInput, StaleRevision
from core.ids import uuid7
from core.models import User
from core.services import audit
from datasets.attributes import Attribute, AttributesRefused, attributes_of_class
from datasets.geometry import FormRefused
from datasets.geometry.skeleton import Skeleton, skeleton_from
from datasets.models import Dataset, LabelClass, Shape
from datasets.selectors.schema import classes_of, schema_render
from datasets.services.counters import dataset_locked
from datasets.services.relation_types import relations_replace

MAX_CLASSES: Final = 1_000
# Distinct for the common kinds of color vision, the same twelve as in the browser (ui/classColors.ts).
COLORS: Final = (
    "#4C6EF5",
    "#F76707",
    "#12B886",
    "#E64980",
    "#FAB005",
    "#15AABF",
    "#BE4BDB",
    "#82C91E",
    "#FA5252",
    "#228BE6",
    "#7A5C3E",
    "#868E96",
)
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_CJK: Final = re.compile(r"[\u3400-\u9fff]")
_WORDS: Final = ("name", "name_zh", "color", "key", "description")


class ClassInUse(Conflict):
    """A class that samples carry is not deleted."""

    code = "class_in_use"


def schema_replace(
    *,
    actor: User,
    dataset_id: uuid.UUID,
    classes: Sequence[Mapping[str, Any]],
    revision: int | None,
    relations: Sequence[Mapping[str, Any]] | None = None,
) -> Dataset:
    """Make the schema exactly `classes`: rows with a known id change, others are added, the rest is deleted.

    `relations` are the relation types likewise; None leaves them as they are. `revision` is the one the caller saw;
    None means whatever stands now. Raises StaleRevision, InvalidInput, ClassInUse, RelationInUse.
    """
    with transaction.atomic():
        dataset = dataset_locked(dataset_id)
        if revision is not None and revision != dataset.schema_revision:
            raise StaleRevision("somebody else changed the schema first", current=schema_render(dataset))
        known = {row.pk: row for row in classes_of(dataset.pk)}
        kept = _changed(known, classes)
        _delete([row for key, row in known.items() if key not in kept])
        fresh = [row for row in classes if not row.get("id")]
        _check_names([*(row.name for row in kept.values()), *(str(row.get("name", "")) for row in fresh)])
        _save(list(kept.values()))
        classes_create(dataset, fresh)
        if relations is not None:
            relations_replace(dataset, relations)
        dataset.schema_revision += 1
        dataset.save(update_fields=["schema_revision", "relations"])
        audit.record(
            actor,
            "datasets.schema.changed",
            dataset,
            project=dataset.project_id,
            revision=dataset.schema_revision,
        )
    return dataset


def classes_create(dataset: Dataset, rows: Iterable[Mapping[str, Any]]) -> list[LabelClass]:
    """Add classes in the caller's transaction, under the data set's lock. Raises InvalidInput."""
    last = (
        LabelClass.objects.filter(dataset=dataset).order_by("-index").values_list("index", flat=True).first()
    )
    start = -1 if last is None else last
    fresh: list[LabelClass] = []
    for index, row in enumerate(rows, start=start + 1):
        made = LabelClass(id=uuid7(), dataset=dataset, index=index, color=COLORS[index % len(COLORS)])
        _change(made, {"name": "", **row})
        fresh.append(made)
    if start + 1 + len(fresh) > MAX_CLASSES:
        raise InvalidInput(f"a schema has at most {MAX_CLASSES} classes", field="label_schema")
    _check_names([row.name for row in fresh])
    LabelClass.objects.bulk_create(fresh)
    return fresh


def classes_ensure(
    dataset: Dataset,
    names: Sequence[str],
    skeletons: Mapping[str, Skeleton] | None = None,
    attributes: Mapping[str, Sequence[Attribute]] | None = None,
) -> dict[str, LabelClass]:
    """The class of each name, added when missing; names match either language, whatever the case.

    A class without a skeleton or without attributes gets those given for its name. In the caller's transaction,
    under the data set's lock.
    """
    known = _by_name(classes_of(dataset.pk))
    missing = list({class_key(name): name for name in names if class_key(name) not in known}.values())
    if missing:
        rows = [{"name": name, "name_zh": name if _CJK.search(name) else ""} for name in missing]
        known |= _by_name(classes_create(dataset, rows))
    changed: dict[uuid.UUID, LabelClass] = {}
    for name, skeleton in (skeletons or {}).items():
        row = known.get(class_key(name))
        if row is not None and row.skeleton is None:
            row.skeleton = skeleton.to_json()
            changed[row.pk] = row
    for name, given in (attributes or {}).items():
        row = known.get(class_key(name))
        if row is not None and not row.attributes and given:
            row.attributes = [one.to_json() for one in given]
            changed[row.pk] = row
    if changed:
        LabelClass.objects.bulk_update(changed.values(), ("skeleton", "attributes"))
    if missing or changed:
        dataset.schema_revision += 1
        dataset.save(update_fields=["schema_revision"])
    return {name: known[class_key(name)] for name in names}


def classes_joined(dataset_id: uuid.UUID, names: Iterable[str]) -> list[tuple[str, ...]]:
    """The names, with those of the data set's classes, that `classes_ensure` takes for one class; none alone."""
    groups: dict[str, dict[str, None]] = {}
    for name in names:
        groups.setdefault(class_key(name), {})[name] = None
    for row in classes_of(dataset_id):
        if class_key(row.name) in groups:
            groups[class_key(row.name)] = {row.name: None, **groups[class_key(row.name)]}
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _by_name(rows: Iterable[LabelClass]) -> dict[str, LabelClass]:
    table: dict[str, LabelClass] = {}
    for row in rows:
        table.setdefault(class_key(row.name), row)
        if row.name_zh:
            table.setdefault(class_key(row.name_zh), row)
    return table


def class_key(name: str) -> str:
    """Names with the same key are one name, whatever the case and the form of their accents."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def _changed(
    known: Mapping[uuid.UUID, LabelClass], rows: Sequence[Mapping[str, Any]]
) -> dict[uuid.UUID, LabelClass]:
    kept: dict[uuid.UUID, LabelClass] = {}
    for row in rows:
        if not row.get("id"):
            continue
        key = uuid.UUID(str(row["id"]))
        if key not in known or key in kept:
            raise InvalidInput(
                "a class id is unknown or named twice; leave the id out for a new class", field="label_schema"
            )
        _change(known[key], row)
        kept[key] = known[key]
    return kept


def _change(target: LabelClass, row: Mapping[str, Any]) -> None:
    for field in _WORDS:
        if field in row:
            setattr(target, field, str(row[field]).strip())
    if "skeleton" in row:
        target.skeleton = _skeleton(row["skeleton"])
    if "attributes" in row:
        target.attributes = _attributes(row["attributes"])
    if not 1 <= len(target.name) <= 100:
        raise InvalidInput("a class name has 1 to 100 characters", field="label_schema")
    if not _COLOR.fullmatch(target.color):
        raise InvalidInput("a color is #rrggbb", field="label_schema")
    if len(target.key) > 8 or len(target.name_zh) > 100:
        raise InvalidInput(
            "a key has at most 8 characters and a Chinese name at most 100", field="label_schema"
        )


def _skeleton(raw: Any) -> dict[str, Any] | None:
    if raw is None:
        return None
    try:
        return skeleton_from(raw).to_json()
    except FormRefused as exc:
        raise InvalidInput(str(exc), field="label_schema") from exc


def _attributes(raw: Any) -> list[dict[str, Any]]:
    try:
        return [one.to_json() for one in attributes_of_class(raw)]
    except AttributesRefused as exc:
        raise InvalidInput(str(exc), field="label_schema") from exc


def _check_names(names: Sequence[str]) -> None:
    keys = [class_key(name) for name in names]
    if len(set(keys)) != len(keys):
        raise InvalidInput("two classes have the same name", field="label_schema")


def _save(rows: Sequence[LabelClass]) -> None:
    # Two classes may swap names; the constraint must not see the state in between.
    LabelClass.objects.filter(pk__in=[row.pk for row in rows]).update(name=Cast("pk", CharField()))
    LabelClass.objects.bulk_update(rows, (*_WORDS, "skeleton", "attributes"))


def _delete(rows: Sequence[LabelClass]) -> None:
    # What waits in the bin of a bulk edit holds no class back; an undo leaves it there then.
    shapes = Shape.objects.filter(label_class__in=rows, dataset__deleted_at__isnull=True)
    shapes = shapes.order_by("label_class__index")
    carried = shapes.values_list("label_class_id", "label_class__name")
    first = carried.annotate(samples=Count("sample_id", distinct=True)).first()
    if first is not None:
        key, name, samples = first
        raise ClassInUse(
            "samples carry this class; give them another one first",
            class_id=str(key),
            name=name,
            samples=samples,
        )
    LabelClass.objects.filter(pk__in=[row.pk for row in rows]).update(deleted_at=utc_now())
