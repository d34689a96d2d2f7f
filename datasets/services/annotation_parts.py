"""The annotation of one sample as parts of a single statement (`core.sql`).

For callers that hold the sample's row lock and write other things in the same statement. Says
nothing about who may do it, and nothing about stale revisions: the lock and the caller did that.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.ids import uuid7
from core.sql import Part, as_json, is_postgresql, uuid_text
from datasets.models.counter import COUNTER_SHARDS
from datasets.shape_json import geometry_of


class LockedSample(Protocol):
    """What the parts need to know of a sample, as it stands under its lock."""

    pk: Any
    dataset_id: Any
    state: str
    labels: Any
    annotation_revision: int


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """What the sample shall say: `shapes` as the API shows them, already checked; no actor: a rule said so."""

    shapes: Sequence[dict[str, Any]]
    state: str
    source: str
    actor_id: uuid.UUID | None
    at: datetime


def annotation_parts(sample: LockedSample, new: NewAnnotation) -> list[Part]:
    """Replace the annotation: counters, shapes, the sample's own columns, one row of history.

    The part `sample_shapes` must touch as many rows as there are shapes; fewer means that the id of a
    shape is already used by another sample.
    """
    labels = list(dict.fromkeys(str(shape["label"]) for shape in new.shapes))
    parts = [
        _counter_part(sample, labels=labels, new=new),
        _gone_part(sample, new.shapes),
        _sample_part(sample, labels, new),
        _history_part(sample, new),
    ]
    return [*parts, _shapes_part(sample, new.shapes)] if new.shapes else parts


def state_parts(sample: LockedSample, state: str) -> list[Part]:
    """Change how far the sample is and nothing else; no part when it is there already."""
    if sample.state == state:
        return []
    deltas = [{"kind": "state", "key": sample.state, "by": -1}, {"kind": "state", "key": state, "by": 1}]
    rows, params = _delta_rows(deltas)
    return [
        _count(sample, rows, params),
        Part("sample_row", "UPDATE datasets_sample SET state = %s WHERE id = %s", (state, sample.pk)),
    ]


def shard_of(sample_id: uuid.UUID) -> int:
    """The counter shard that a sample's changes go to."""
    return sample_id.int % COUNTER_SHARDS


def _counter_part(sample: LockedSample, *, labels: list[str], new: NewAnnotation) -> Part:
    deltas = [
        {"kind": "state", "key": sample.state, "by": -1},
        {"kind": "state", "key": new.state, "by": 1},
        *({"kind": "class", "key": str(label), "by": -1} for label in sample.labels),
        *({"kind": "class", "key": label, "by": 1} for label in labels),
        *({"kind": "objects", "key": str(shape["label"]), "by": 1} for shape in new.shapes),
    ]
    rows, params = _delta_rows(deltas)
    old = (
        f"SELECT 'objects' AS kind, {uuid_text('label_class_id')} AS key, -1 AS by "  # noqa: S608
        "FROM datasets_shape WHERE sample_id = %s"
    )
    return _count(sample, f"{rows} UNION ALL {old}", (*params, sample.pk))


def _delta_rows(deltas: list[dict[str, Any]]) -> tuple[str, tuple[Any, ...]]:
    if is_postgresql():
        rows = "SELECT kind, key, by FROM jsonb_to_recordset(%s::jsonb) AS d(kind text, key text, by int)"
    else:
        rows = (
            "SELECT json_extract(value, '$.kind') AS kind, json_extract(value, '$.key') AS key, "
            "json_extract(value, '$.by') AS by FROM json_each(%s)"
        )
    return rows, (as_json(deltas),)


def _count(sample: LockedSample, rows: str, params: tuple[Any, ...]) -> Part:
    # WHERE before ON CONFLICT: without it SQLite reads the upsert as a join condition.
    sql = (
        "INSERT INTO datasets_counter (dataset_id, kind, key, shard, value) "  # noqa: S608
        f"SELECT %s, kind, key, %s, sum(by) FROM ({rows}) AS moved WHERE true "
        "GROUP BY kind, key HAVING sum(by) <> 0 "
        "ON CONFLICT (dataset_id, kind, key, shard) DO UPDATE SET value = datasets_counter.value + excluded.value"
    )
    if is_postgresql():
        sql = sql.replace("SELECT %s, kind", "SELECT %s::uuid, kind", 1)
    return Part("sample_counters", sql, (sample.dataset_id, shard_of(sample.pk), *params))


def _gone_part(sample: LockedSample, shapes: Sequence[dict[str, Any]]) -> Part:
    kept = as_json([str(shape["id"]) for shape in shapes])
    if is_postgresql():
        ids = "SELECT value::uuid FROM jsonb_array_elements_text(%s::jsonb)"
    else:
        ids = "SELECT replace(value, '-', '') FROM json_each(%s)"
    sql = f"DELETE FROM datasets_shape WHERE sample_id = %s AND id NOT IN ({ids})"  # noqa: S608
    return Part("sample_shapes_gone", sql, (sample.pk, kept))


def _shapes_part(sample: LockedSample, shapes: Sequence[dict[str, Any]]) -> Part:
    rows = [
        {
            "id": str(shape["id"]),
            "label": str(shape["label"]),
            "kind": shape["kind"],
            "box": shape.get("box"),
            "geometry": geometry_of(shape),
            "source": shape.get("source", "human"),
            "score": shape.get("score"),
        }
        for shape in shapes
    ]
    columns = "id, sample_id, dataset_id, label_class_id, kind, position, x, y, w, h, geometry, source, score"
    sql = (
        f"INSERT INTO datasets_shape ({columns}) {_shape_rows()} "
        "ON CONFLICT (id) DO UPDATE SET label_class_id = excluded.label_class_id, kind = excluded.kind, "
        "position = excluded.position, x = excluded.x, y = excluded.y, w = excluded.w, h = excluded.h, "
        "geometry = excluded.geometry, source = excluded.source, score = excluded.score "
        "WHERE datasets_shape.sample_id = excluded.sample_id"
    )
    return Part("sample_shapes", sql, (sample.pk, sample.dataset_id, as_json(rows)))


def _shape_rows() -> str:
    if is_postgresql():
        return (
            "SELECT (r->>'id')::uuid, %s::uuid, %s::uuid, (r->>'label')::uuid, r->>'kind', n - 1, "
            "(r->'box'->>0)::float8, (r->'box'->>1)::float8, (r->'box'->>2)::float8, (r->'box'->>3)::float8, "
            "nullif(r->'geometry', 'null'::jsonb), r->>'source', (r->>'score')::float8 "
            "FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS t(r, n)"
        )
    return (
        "SELECT replace(json_extract(value, '$.id'), '-', ''), %s, %s, "
        "replace(json_extract(value, '$.label'), '-', ''), json_extract(value, '$.kind'), key, "
        "json_extract(value, '$.box[0]'), json_extract(value, '$.box[1]'), json_extract(value, '$.box[2]'), "
        "json_extract(value, '$.box[3]'), json_extract(value, '$.geometry'), "
        "json_extract(value, '$.source'), json_extract(value, '$.score') "
        "FROM json_each(%s) WHERE true"
    )


def _sample_part(sample: LockedSample, labels: list[str], new: NewAnnotation) -> Part:
    first = uuid.UUID(labels[0]) if labels else None
    return Part(
        "sample_row",
        "UPDATE datasets_sample SET state = %s, labels = %s, label_class_id = %s, annotation_source = %s, "
        "annotation_revision = annotation_revision + 1 WHERE id = %s",
        (new.state, labels, first, new.source, sample.pk),
    )


def _history_part(sample: LockedSample, new: NewAnnotation) -> Part:
    return Part(
        "sample_history",
        "INSERT INTO datasets_annotationhistory (id, sample_id, revision, actor_id, source, state, shapes, created_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            uuid7(),
            sample.pk,
            sample.annotation_revision + 1,
            new.actor_id,
            new.source,
            new.state,
            list(new.shapes),
            new.at,
        ),
    )
