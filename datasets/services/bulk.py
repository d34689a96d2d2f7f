"""Many rows at once: COPY on PostgreSQL, executemany on SQLite; never through the ORM."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson
from django.db import connection, models

from core.sql import is_postgresql

Row = Sequence[Any]
Adapter = Callable[[Any], Any]

_KNOWN_TIMES: Final = 64


def rows_insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows in the caller's transaction. Columns are of the table; JSON values are dicts and lists, ids may be text."""
    table = model._meta.db_table
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    adapters = _adapters(model, columns)

    def adapted(row: Row) -> list[Any]:
        values = list(row)
        for place, adapt in adapters:
            values[place] = adapt(values[place])
        return values

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


def _adapters(model: type[models.Model], columns: Sequence[str]) -> list[tuple[int, Adapter]]:
    """The places whose values are sent otherwise than they are. By column, not by value: most need nothing."""
    kinds = [_target(model._meta.get_field(name)) for name in columns]
    adapters: list[tuple[type[models.Field[Any, Any]], Adapter]] = [
        (models.UUIDField, _id_text if is_postgresql() else _id_hex),
        (models.JSONField, _json),
    ]
    if not is_postgresql():
        adapters.append((models.DateTimeField, lru_cache(_KNOWN_TIMES)(_time_text)))
    return [
        (place, adapt) for place, kind in enumerate(kinds) for of, adapt in adapters if isinstance(kind, of)
    ]


def _target(field: Any) -> Any:
    """What the values of a column are; those of a reference are what it points to."""
    while field.is_relation:
        field = field.target_field
    return field


def _id_text(value: Any) -> Any:
    # Without dashes it is written four times as fast, and PostgreSQL does not mind.
    return value.hex if isinstance(value, uuid.UUID) else value


def _id_hex(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value.hex
    return value.replace("-", "") if isinstance(value, str) else value


def _json(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def _time_text(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value)
