"""How many of the listed samples have which state, split, class, finding and tag."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from datasets.models import Sample, SampleState, Split
from datasets.models.dataset import ONE_CLASS_TASKS
from datasets.selectors.counters import totals_of
from datasets.selectors.samples import samples_filtered

# Of a larger list this many are looked at; the counts are then "at least".
FACET_LIMIT: Final = 100_000
_COUNTERS: Final = MappingProxyType({"state": "state", "split": "split", "label": "class", "tag": "tag"})

_TABLES: Final = MappingProxyType(
    {
        "label": ("datasets_shape", "label_class_id"),
        "finding": ("datasets_samplefinding", "code"),
        "tag": ("datasets_sampletag", "tag"),
    }
)


def samples_facets(dataset_id: uuid.UUID, conditions: Mapping[str, str], *, task: str) -> dict[str, Any]:
    """kind -> key -> samples; each kind under all conditions but its own, so that another can be chosen.

    At most five statements. `partial` names the kinds that were not counted to the end. Raises InvalidInput.
    """
    named = {name: value for name, value in conditions.items() if value}
    counts: dict[str, dict[str, int]] = {}
    partial: list[str] = []
    for kind in ("state", "split", "label", "finding", "tag"):
        rest = {name: value for name, value in named.items() if name != kind}
        if not rest and kind in _COUNTERS:
            counts[kind] = totals_of(dataset_id, (_COUNTERS[kind],)).get(_COUNTERS[kind], {})
            continue
        listed = samples_filtered(dataset_id, rest, task=task).order_by()
        rows, seen = _counted(kind, listed, task)
        counts[kind] = rows
        if seen > FACET_LIMIT:
            partial.append(kind)
    return {
        "state": {state: counts["state"].get(state, 0) for state in SampleState.values},
        "split": {split or "none": counts["split"].get(split, 0) for split in Split.values},
        "label": {key: value for key, value in counts["label"].items() if value},
        "finding": counts["finding"],
        "tag": {key: value for key, value in counts["tag"].items() if value},
        "partial": partial,
    }


def _counted(kind: str, listed: QuerySet[Sample], task: str) -> tuple[dict[str, int], int]:
    """Samples by key, and how many samples were looked at."""
    column = {"state": "state", "split": "split", "label": "label_class_id"}.get(kind)
    if column is not None and (kind != "label" or task in ONE_CLASS_TASKS):
        inner, params = listed.values_list(column)[: FACET_LIMIT + 1].query.sql_with_params()
        sql = f"WITH listed (key) AS ({inner}) SELECT key, count(*) FROM listed GROUP BY 1"  # noqa: S608  our own
        rows = _fetched(sql, params)
        return {_key(key, kind): n for key, n in rows if key is not None}, sum(n for _, n in rows)
    inner, params = listed.values_list("pk")[: FACET_LIMIT + 1].query.sql_with_params()
    table, key = _TABLES[kind]
    counted = "count(DISTINCT sample_id)" if kind == "label" else "count(*)"
    sql = (
        f"WITH listed (id) AS ({inner}) SELECT NULL, count(*) FROM listed UNION ALL "  # noqa: S608  our own SQL
        f"SELECT {_text(key)}, {counted} FROM {table} WHERE sample_id IN (SELECT id FROM listed) GROUP BY 1"
    )
    rows = _fetched(sql, params)
    return {_key(name, kind): n for name, n in rows if name is not None}, next(
        n for name, n in rows if name is None
    )


def _text(column: str) -> str:
    return f"{column}::text" if connection.vendor == "postgresql" else column


def _key(value: Any, kind: str) -> str:
    """Of a class its id as text, which SQLite keeps without dashes."""
    return str(uuid.UUID(value)) if kind == "label" and isinstance(value, str) else str(value)


def _fetched(sql: str, params: Any) -> list[tuple[Any, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [(key, int(n)) for key, n in cursor.fetchall()]
