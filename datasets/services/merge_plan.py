"""What bringing a frozen version into a data set means for a chunk of samples. Changes nothing."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from datasets.attributes import said_together
from datasets.manifest import ManifestSample
from datasets.models import Dataset, DatasetVersion, Merge, Sample, ShapeKind
from datasets.selectors.lineage import keys_of_dataset, keys_of_version
from datasets.services.annotations_bulk import shapes_of
from datasets.services.frozen import DONE, Frozen, Mark, ShapeRow, class_mark, marks_of, rows_frozen
from datasets.services.merge_classes import DROP, NEW
from datasets.services.merge_shelf import Shelf
from datasets.services.relation_types import relations_met
from datasets.services.versions import version_opened
from datasets.three_way import ABSENT, CONFLICTS, Outcome, Side, Sides, outcome_of


@dataclass(frozen=True, slots=True)
class Classes:
    """How classes are told apart: by a key that is the same by descent.

    `there` and `base`: class index of the version -> key. `here`: class id -> key. `to`: key there -> key here, None
    where it is dropped. `names`: key -> {name, name_zh}.
    """

    there: Mapping[int, str]
    base: Mapping[int, str]
    here: dict[str, str]
    to: Mapping[str, str | None]
    names: dict[str, Mapping[str, str]]

    def read_here(self, target: Dataset) -> None:
        """The classes of the target as they are now."""
        self.here.update(keys_of_dataset(target))
        rows = target.classes.values("pk", "name", "name_zh")
        self.names.update({self.here[str(row["pk"])]: _named(row) for row in rows})


@dataclass(frozen=True, slots=True)
class Merging:
    """A merge as its walks need it. `shelf` holds the base."""

    merge: Merge
    frozen: Frozen
    base_frozen: Frozen | None
    classes: Classes
    shelf: Shelf


@dataclass(frozen=True, slots=True)
class Met:
    """A sample of the chunk: what is there, here and was; and what becomes of it."""

    sha256: str
    there: ManifestSample | None
    here: Sample | None
    base: ManifestSample | None
    sides: Sides
    outcome: Outcome


@dataclass(slots=True)
class MergeChunk:
    """All of the chunk with its outcome. `before`: the shapes of those that are here."""

    met: list[Met] = field(default_factory=list)
    before: dict[uuid.UUID, list[ShapeRow]] = field(default_factory=dict)

    def counts(self) -> Counter[str]:
        """How many of each outcome, and of conflicts in all."""
        counts = Counter[str](one.outcome.value for one in self.met)
        counts["conflicts"] = sum(one.outcome in CONFLICTS for one in self.met)
        return counts


def classes_of_merge(merge: Merge, mapping: Mapping[str, str]) -> Classes:
    """A constant number of statements and one for each step of descent."""
    target, source, base = merge.dataset, merge.source, merge.base
    here = keys_of_dataset(target)
    there = keys_of_version(source)
    to: dict[str, str | None] = {}
    for row in source.classes:
        wanted = mapping[row["id"]]
        key = there[int(row["index"])]
        to[key] = None if wanted == DROP else f"new:{row['id']}" if wanted == NEW else here[wanted]
    names: dict[str, Mapping[str, str]] = {}
    for version in (base, source):
        if version is not None:
            keys = keys_of_version(version)
            names |= {keys[int(row["index"])]: _named(row) for row in version.classes}
    classes = Classes(there, {} if base is None else keys_of_version(base), here, to, names)
    classes.read_here(target)
    return classes


def _named(row: Mapping[str, Any]) -> dict[str, str]:
    return {"name": row["name"], "name_zh": row.get("name_zh") or ""}


def plan_theirs(merging: Merging, chunk: Sequence[ManifestSample], *, lock: bool) -> MergeChunk:
    """Samples of the version, in the order given. A constant number of statements."""
    sha256s = [one.sha256 for one in chunk]
    base = merging.shelf.named(sha256s)
    return _planned(merging, [(one.sha256, one, base.get(one.sha256)) for one in chunk], lock=lock)


def plan_gone(merging: Merging, chunk: Sequence[ManifestSample], *, lock: bool) -> MergeChunk:
    """Samples of the base that the version does not have any more."""
    return _planned(merging, [(one.sha256, None, one) for one in chunk], lock=lock)


def _planned(
    merging: Merging,
    sides: Sequence[tuple[str, ManifestSample | None, ManifestSample | None]],
    *,
    lock: bool,
) -> MergeChunk:
    rows = Sample.objects.filter(
        dataset_id=merging.merge.dataset_id, sha256__in=[sha256 for sha256, _, _ in sides]
    ).order_by("pk")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    here = {row.sha256: row for row in rows}
    chunk = MergeChunk(before=shapes_of(list(here.values())))
    said = {str(shape[1]) for shapes in chunk.before.values() for shape in shapes}
    if not said <= merging.classes.here.keys():  # somebody made a class since the walk began
        merging.classes.read_here(merging.merge.dataset)
    for sha256, there, base in sides:
        mine = here.get(sha256)
        told = _sides(merging, there, mine, base, chunk.before.get(mine.pk, []) if mine else [])
        outcome = outcome_of(told, removals=merging.merge.removals)
        chunk.met.append(Met(sha256, there, mine, base, told, outcome))
    return chunk


def _sides(
    merging: Merging,
    there: ManifestSample | None,
    mine: Sample | None,
    base: ManifestSample | None,
    shapes: Sequence[ShapeRow],
) -> Sides:
    classes = merging.classes
    said_there = ABSENT if there is None else _frozen_side(merging.frozen, classes.there, there)
    said_base: Side = ABSENT
    if base is not None and merging.base_frozen is not None:
        said_base = _frozen_side(merging.base_frozen, classes.base, base)
    said_here: Side = ABSENT
    if mine is not None:
        keyed = [[shape[0], classes.here[str(shape[1])], *shape[2:]] for shape in shapes]
        said_here = _side(marks_of(keyed), is_done=mine.state in DONE)
    return Sides(
        base=said_base,
        here=said_here,
        there=said_there,
        base_here=_brought(said_base, classes.to),
        brought=_brought(said_there, classes.to),
    )


def _frozen_side(frozen: Frozen, keys: Mapping[int, str], one: ManifestSample) -> Side:
    return _side(marks_of(rows_frozen(keys, one, frozen.types)), is_done=frozen.takes_done)


def _side(marks: Sequence[Mark], *, is_done: bool) -> Side:
    return tuple(marks) if marks or is_done else None


def _brought(side: Side, to: Mapping[str, str | None]) -> Side:
    """With the classes of the target; what is left without anything by dropping classes says nothing."""
    if side is ABSENT or not isinstance(side, tuple):
        return side
    kept = [
        (label, kind, _linked(kind, place, to))
        for key, kind, place in side
        if (label := to.get(key, key)) is not None
    ]
    # A class of the whole is said once, even where two became one.
    whole: dict[str, dict[str, str]] = {}
    for label, kind, place in kept:
        if kind == ShapeKind.CLASS:
            more = orjson.loads(place)["attributes"] if place else {}
            whole[label] = said_together(whole.get(label, {}), more)
    classes = [class_mark(label, more) for label, more in whole.items()]
    placed = [mark for mark in kept if mark[1] != ShapeKind.CLASS]
    return tuple(sorted([*classes, *placed])) if kept or not side else None


def _linked(kind: str, place: bytes, to: Mapping[str, str | None]) -> bytes:
    """The place of a span whose relations lead to the classes of the target; those to dropped classes go."""
    if kind != ShapeKind.SPAN or b'"relations"' not in place:
        return place
    said = orjson.loads(place)
    ends = ((one, to.get(label, label), *edges) for one, label, *edges in said.pop("relations"))
    if links := sorted(list(end) for end in ends if end[1] is not None):
        said["relations"] = links
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def told(side: Side, names: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """What a side says, for people: each class with how often."""
    if not isinstance(side, tuple):
        return []
    counts = Counter(mark[0] for mark in side)
    return [{**names.get(key, {"name": key, "name_zh": ""}), "count": count} for key, count in counts.items()]


def frozen_of(version: DatasetVersion, target: Dataset) -> Frozen:
    """With the classes as they were, and the relation types as they are called in the target."""
    with version_opened(version) as (header, _):
        types = relations_met(target, header.relations)
    return Frozen.of(version, {int(row["index"]): uuid.UUID(row["id"]) for row in version.classes}, types)
