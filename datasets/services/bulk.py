"""Many rows at once: COPY on PostgreSQL, executemany on SQLite; never through the ORM."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, models

from core.sql import is_postgresql

Row = Sequence[Any]


def rows_insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows in the caller's transaction. Columns are of the table; JSON values are dicts and lists."""
    table = model._meta.db_table
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    if is_postgresql():
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([_copied(value) for value in row])
        return
    holes = ", ".join(["%s"] * len(columns))
    adapt = _adapted(connection.ops.adapt_datetimefield_value)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({holes})",  # noqa: S608  names are ours
            [[adapt(value) for value in row] for row in rows],
        )


def _copied(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        return orjson.dumps(value).decode()
    return str(value) if isinstance(value, uuid.UUID) else value


def _adapted(adapt_time: Callable[[datetime], str | None]) -> Callable[[Any], Any]:
    def adapt(value: Any) -> Any:
        if isinstance(value, uuid.UUID):
            return value.hex
        if isinstance(value, (dict, list)):
            return orjson.dumps(value).decode()
        return adapt_time(value) if isinstance(value, datetime) else value

    return adapt
