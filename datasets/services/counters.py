"""Totals, written in the transaction of the change they count."""

import uuid
from collections.abc import Mapping

from django.db import connection

from core.sql import bind
from datasets.models import Dataset

Deltas = Mapping[tuple[str, str], int]
_ROWS_A_STATEMENT = 200


def counters_add(dataset_id: uuid.UUID, deltas: Deltas, *, shard: int = 0) -> None:
    """Add to totals, keyed by (kind, key). Sorted, so that two writers never wait in a circle."""
    changed = sorted((key, value) for key, value in deltas.items() if value)
    for start in range(0, len(changed), _ROWS_A_STATEMENT):
        part = changed[start : start + _ROWS_A_STATEMENT]
        values = [bind(v) for (kind, key), value in part for v in (dataset_id, kind, key, shard, value)]
        holes = ", ".join(["(%s, %s, %s, %s, %s)"] * len(part))
        sql = (
            "INSERT INTO datasets_counter (dataset_id, kind, key, shard, value) "  # noqa: S608  holes only
            f"VALUES {holes} ON CONFLICT (dataset_id, kind, key, shard) "
            "DO UPDATE SET value = datasets_counter.value + excluded.value"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, values)


def dataset_locked(dataset_id: uuid.UUID) -> Dataset:
    """The data set under its row lock; imports and changes of the schema go one after the other.

    Rows that refer to the data set may be written meanwhile: a save holds its sample and touches the data set
    when it commits, so a full lock here and samples locked next would be a circle.
    """
    return Dataset.objects.select_for_update(no_key=True).get(pk=dataset_id)
