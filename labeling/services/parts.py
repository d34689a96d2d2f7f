"""Writes of one answer as parts of a single statement (`core.sql`)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.ids import uuid7
from core.sql import Part
from labeling.models import Annotation, Item
from labeling.selectors.classes import SchemaOwner, relabeled
from labeling.services.errors import ShapeIdTaken


@dataclass(frozen=True, slots=True)
class AnnotationRow:
    """An annotation as it shall stand, and the revision it must have now (0: not there yet)."""

    id: uuid.UUID
    author_id: uuid.UUID
    base_revision: int
    state: str
    shapes: Sequence[dict[str, Any]]
    at: datetime
    seconds_spent: float = 0.0
    digest: str = ""
    verdict: str = ""
    reason: str = ""
    submitted_at: datetime | None = None

    @property
    def revision(self) -> int:
        """The revision that the write makes."""
        return self.base_revision + 1


@dataclass(frozen=True, slots=True)
class ItemChange:
    """The columns of an item that a write sets."""

    state: str
    columns: dict[str, Any] = field(default_factory=dict)


def annotation_part(item: Item, row: AnnotationRow) -> Part:
    """Insert or update; touches no row when the revision or the author is not the expected one."""
    values: dict[str, Any] = {
        "id": row.id,
        "item_id": item.pk,
        "campaign_id": item.campaign_id,
        "sample_id": item.sample_id,
        "author_id": row.author_id,
        "revision": row.revision,
        "state": row.state,
        "shapes": list(row.shapes),
        "seconds_spent": row.seconds_spent,
        "digest": row.digest,
        "verdict": row.verdict,
        "reason": row.reason,
        "created_at": row.at,
        "saved_at": row.at,
        "submitted_at": row.submitted_at,
    }
    kept = {"id", "item_id", "campaign_id", "sample_id", "author_id", "created_at"}
    changed = ", ".join(f"{name} = excluded.{name}" for name in values if name not in kept)
    sql = (
        f"INSERT INTO labeling_annotation ({', '.join(values)}) "  # noqa: S608
        f"VALUES ({', '.join(['%s'] * len(values))}) ON CONFLICT (id) DO UPDATE SET {changed} "
        "WHERE labeling_annotation.revision = %s AND labeling_annotation.author_id = %s"
    )
    return Part("annotation", sql, (*values.values(), row.base_revision, row.author_id))


def event_part(row: AnnotationRow, action: str, actor_id: uuid.UUID) -> Part:
    """One row of history."""
    return Part(
        "event",
        "INSERT INTO labeling_annotationevent (id, annotation_id, revision, actor_id, action, shapes, reason, at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (uuid7(), row.id, row.revision, actor_id, action, list(row.shapes), row.reason, row.at),
    )


def item_part(item: Item, change: ItemChange) -> Part:
    """Set the state and the given columns of a locked item."""
    values = {"state": change.state, **change.columns}
    sets = ", ".join(f"{name} = %s" for name in values)
    return Part("item", f"UPDATE labeling_item SET {sets} WHERE id = %s", (*values.values(), item.pk))  # noqa: S608


def counter_part(item: Item, state: str) -> Part | None:
    """Move one item between two counters of its shard; None when it stays where it is."""
    if item.state == state:
        return None
    if not {item.state, state} <= set(Item.State.values):
        raise ValueError(state)
    return Part(
        "counter",
        f"UPDATE labeling_campaigncounter SET {item.state} = {item.state} - 1, {state} = {state} + 1 "  # noqa: S608
        "WHERE campaign_id = %s AND shard = %s",
        (item.campaign_id, item.shard),
    )


class LostRace(Exception):
    """Somebody wrote the same annotation between our read and our write; nothing was written."""


def check_written(counts: dict[str, int], shapes: int) -> None:
    """Undo a write that missed its rows. Raises LostRace, ShapeIdTaken."""
    if counts["annotation"] != 1:
        raise LostRace
    if counts.get("sample_shapes", shapes) != shapes:
        raise ShapeIdTaken("the id of a shape is used by another sample; make a new one", field="shapes")


def present(*parts: Part | None) -> list[Part]:
    """The parts that there are."""
    return [part for part in parts if part is not None]


def annotation_document(annotation: Annotation, dataset: SchemaOwner) -> dict[str, Any]:
    """An annotation as its author reads it, in the classes that its data set has now."""
    review = {"verdict": annotation.verdict, "reason": annotation.reason} if annotation.verdict else None
    return {
        "id": annotation.pk,
        "item": annotation.item_id,
        "revision": annotation.revision,
        "state": annotation.state,
        "shapes": relabeled(dataset, annotation.shapes),
        "seconds_spent": annotation.seconds_spent,
        "saved_at": annotation.saved_at,
        "review": review,
    }
