"""A page of samples: found by keys, written by the database as far as it can, in one statement."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from core.keyset import behind, values_read
from core.prepared import Prepared, Value
from core.sql import is_postgresql
from datasets.models import Sample
from datasets.selectors.sample_query import ClassNames, class_names, names_classes
from datasets.selectors.samples import samples_filtered
from datasets.shape_json import shapes_text

_PLAIN: Final = (
    *("id", "name", "sha256", "thumb_sha256", "media_type", "size_bytes", "state", "split", "group"),
    *("annotation_revision", "annotation_source"),
)
_JSON: Final = ("payload", "labels", "findings", "tags")
_KINDS: Final[Mapping[str, type[Value]]] = {
    "id": uuid.UUID,
    "name": str,
    "size_bytes": int,
    "imported_at": datetime,
}
_KNOWN_LISTS: Final = 256
_NAMES: Final = (*_PLAIN, *_JSON, "imported_at", "shapes")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows: the samples of a data set of this task that meet conditions (name and value, of FILTERS)."""

    dataset_id: uuid.UUID
    task: str
    conditions: tuple[tuple[str, str], ...]


def rows_listed(
    listing: Listing, order: Sequence[str], after: Sequence[Any] | None, most: int
) -> list[dict[str, Any]]:
    """The first `most` samples in this order (columns of samples, `-` for falling), behind these values of a cursor.

    What is JSON stays the text it is stored as. By hand: Django would write the same SQL anew for each page.
    Raises InvalidInput, FilterInvalid, BadRequest for values of no cursor.
    """
    values = () if after is None else values_read(Sample, order, after)
    try:
        chosen, params = _keys_of(listing, tuple(order), after is not None, most).statement(*values)
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


def _keys_of(listing: Listing, order: tuple[str, ...], is_after: bool, most: int) -> Prepared:
    said = dict(listing.conditions)
    names = class_names(listing.dataset_id) if names_classes(said.get("filter", "")) else ()
    # What lies in a region is looked up while the SQL is written.
    made = _keys.__wrapped__ if said.get("region") else _keys
    return made(listing, names, order, is_after, most)


@lru_cache(maxsize=_KNOWN_LISTS)
def _keys(listing: Listing, names: ClassNames, order: tuple[str, ...], is_after: bool, most: int) -> Prepared:
    """The ids of a page. With the names of the classes, since a filter means others when they change."""

    def make(*values: Any) -> "QuerySet[Sample, Any]":
        conditions = dict(listing.conditions)
        rows = samples_filtered(listing.dataset_id, conditions, task=listing.task, names=names)
        rows = rows.filter(behind(order, values)) if is_after else rows
        return rows.order_by(*order)[:most].values("pk")

    return Prepared(make, *(_KINDS[name.removeprefix("-")] for name in order if is_after))


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
