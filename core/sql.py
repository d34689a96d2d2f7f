"""Several writes as one statement, where the database can.

PostgreSQL takes data-modifying common table expressions, so a submit is one round trip. SQLite does
not, but has no round trips either: there the parts run one after the other, in the same transaction.
Parts must not depend on each other's rows: on PostgreSQL all of them see the state before the statement.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from core.faults import fault


@dataclass(frozen=True, slots=True)
class Part:
    """One INSERT, UPDATE or DELETE without RETURNING; `params` are plain Python values."""

    name: str
    sql: str
    params: tuple[Any, ...] = ()


def is_postgresql() -> bool:
    """Whether the database is PostgreSQL; otherwise it is SQLite."""
    return connection.vendor == "postgresql"


def bind(value: Any) -> Any:
    """A value as the driver takes it: UUIDs, times and JSON differ between the two databases."""
    if isinstance(value, dict | list):
        return connection.ops.adapt_json_value(value, DjangoJSONEncoder)
    if is_postgresql():
        return value
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def uuid_text(column: str) -> str:
    """SQL for a UUID column as text with dashes."""
    if is_postgresql():
        return f"{column}::text"
    pieces = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    return " || '-' || ".join(f"substr({column}, {start}, {length})" for start, length in pieces)


def as_lines(values: Iterable[Any]) -> str:
    """Values without line breaks as one parameter, for `texts_array`."""
    return "\n".join(map(str, values))


def texts_array(lines: str) -> str:
    """PostgreSQL for a text[] out of lines: the driver would look at every element of a list, to quote it."""
    return f"string_to_array({lines}, E'\\n')"


def marks(values: Sequence[Any]) -> str:
    """Placeholders for a list of values, in parentheses."""
    return f"({', '.join(['%s'] * len(values))})"


def rows_of(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [bind(value) for value in params])
        return list(cursor.fetchall())


def run_together(parts: Sequence[Part], *, step: str) -> dict[str, int]:
    """Run the parts inside the caller's transaction; how many rows each of them touched.

    `step` names the fault points: `<step>.before`, on SQLite `<step>.<part>` after each, `<step>.after`.
    """
    fault(f"{step}.before")
    counts = _as_one(parts) if is_postgresql() else _one_by_one(parts, step)
    fault(f"{step}.after")
    return counts


def as_json(value: Any) -> str:
    """JSON text, for a value that one statement unpacks into rows."""
    return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":"))


def _as_one(parts: Sequence[Part]) -> dict[str, int]:
    names = ", ".join(f"{part.name} AS ({part.sql} RETURNING 1)" for part in parts)
    counts = ", ".join(f"(SELECT count(*) FROM {part.name})" for part in parts)  # noqa: S608  names are ours
    params = [bind(value) for part in parts for value in part.params]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {names} SELECT {counts}", params)
        row = cursor.fetchone() or ()
    return {part.name: int(count) for part, count in zip(parts, row, strict=True)}


def _one_by_one(parts: Sequence[Part], step: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for part in parts:
            cursor.execute(part.sql, [bind(value) for value in part.params])
            counts[part.name] = cursor.rowcount
            fault(f"{step}.{part.name}")
    return counts
