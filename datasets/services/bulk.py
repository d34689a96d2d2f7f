"""Many rows at once: COPY on PostgreSQL, executemany on SQLite; never through the ORM."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

import orjson
from django.db import connection, models

from core.sql import is_postgresql

Row = Sequence[Any]


def rows_insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows in the caller's transaction. Columns are of the table; JSON values are dicts and lists."""
    table = model._meta.db_table
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    adapters = _adapters()

    def adapted(row: Row) -> list[Any]:
        return [adapt(value) if (adapt := adapters.get(type(value))) else value for value in row]

    with connection.cursor() as cursor:
        if is_postgresql():
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(adapted(row))
            return
        holes = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({holes})",  # noqa: S608  names are ours
            [adapted(row) for row in rows],
        )


def _adapters() -> dict[type, Callable[[Any], Any]]:
    """How each type of value is sent; what is not listed goes as it is."""
    if is_postgresql():
        return {uuid.UUID: str, dict: _json, list: _json}
    adapt_time = lru_cache(maxsize=64)(connection.ops.adapt_datetimefield_value)
    return {uuid.UUID: attrgetter("hex"), dict: _json, list: _json, datetime: adapt_time}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
