"""A page of samples: found by keys, written by the database as far as it can, in one statement."""

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from core.sql import is_postgresql
from datasets.models import Sample
from datasets.shape_json import shapes_text

_PLAIN: Final = (
    *("id", "name", "sha256", "thumb_sha256", "media_type", "size_bytes", "state", "split", "group"),
    *("annotation_revision", "annotation_source"),
)
_JSON: Final = ("payload", "labels", "findings", "tags")
_NAMES: Final = (*_PLAIN, *_JSON, "imported_at", "shapes")


def rows_listed(keys: "QuerySet[Sample]", order: Sequence[str]) -> list[dict[str, Any]]:
    """The samples that `keys`, a part of a list, names, in this order (columns of samples, `-` for falling).

    What is JSON stays the text it is stored as. By hand: Django would write the same SQL anew for each page.
    """
    try:
        chosen, params = keys.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    # As an array the keys are found first, whatever the planner thinks of them; SQLite has no other way.
    among = f"= ANY(ARRAY({chosen}))" if is_postgresql() else f"IN ({chosen})"
    sql = f"{_select(connection.vendor)} WHERE listed.id {among} ORDER BY {', '.join(map(_sorted_by, order))}"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = [dict(zip(_NAMES, row, strict=True)) for row in cursor.fetchall()]
    if not is_postgresql():
        for row in rows:
            row["id"] = uuid.UUID(row["id"])
    return rows


def listed_render(row: dict[str, Any], dataset_id: uuid.UUID, modality: str) -> dict[str, Any]:
    """One row of `rows_listed` as the API shows it; the stored JSON goes into the answer as it is."""
    return {
        "id": row["id"],
        "dataset": dataset_id,
        "name": row["name"],
        "modality": modality,
        "media_type": row["media_type"],
        "payload": orjson.Fragment(row["payload"]),
        "state": row["state"],
        "split": row["split"],
        "group": row["group"],
        "labels": orjson.Fragment(row["labels"]),
        "annotation": {
            "revision": row["annotation_revision"],
            "shapes": orjson.Fragment(f"[{row['shapes']}]") if row["shapes"] else [],
            "source": row["annotation_source"],
        },
        "findings": orjson.Fragment(row["findings"]),
        "tags": orjson.Fragment(row["tags"]),
        "imported_at": row["imported_at"],
        "size_bytes": row["size_bytes"],
        "sha256": row["sha256"],
        "thumb_url": f"/media/t/{row['thumb_sha256']}" if row["thumb_sha256"] else None,
        "media_url": f"/media/b/{row['sha256']}?s={row['id']}",
    }


@cache
def _select(vendor: str) -> str:
    """One text a database; `vendor` is that of the connection."""
    columns = [*map(_column, _PLAIN), *(f"CAST({_column(name)} AS text)" for name in _JSON)]
    columns += [_moment(_column("imported_at")), shapes_text("listed.id")]
    return f"SELECT {', '.join(columns)} FROM datasets_sample listed"  # noqa: S608


def _moment(column: str) -> str:
    """A time as the API writes it: text for both the answer and a cursor."""
    if is_postgresql():
        written = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        return f"replace({written}, '.000000Z', 'Z')"
    return f"replace({column}, ' ', 'T') || 'Z'"


def _column(name: str) -> str:
    return f'listed."{name}"'


def _sorted_by(name: str) -> str:
    column = _column(name.removeprefix("-"))
    return f"{column} DESC" if name.startswith("-") else column
