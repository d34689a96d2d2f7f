"""Queries that nearly every request asks, compiled once.

Django writes the SQL of a queryset anew each time, which costs several times what PostgreSQL takes to answer
with one row. A `Prepared` keeps the text and exchanges the values.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

from core.sql import bind

Value = uuid.UUID | datetime | str | int

# No id, moment, text or number of ours: what stands at their places in the compiled query is a value of the caller's.
_IDS: Final = tuple(uuid.UUID(int=0xDEAD << 96 | number) for number in range(1, 4))
_MOMENT: Final = datetime(1601, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
_TEXT: Final = "a value of the caller's"
_NUMBER: Final = -6_021_023_603


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    params: tuple[Any, ...]
    places: tuple[int | None, ...]
    converters: tuple[tuple[int, Sequence[Callable[..., Any]], Any], ...]


class Prepared:
    """`Prepared(lambda pk: Thing.objects.filter(pk=pk).values_list("name"), UUID).rows(pk)`.

    `make` is called once, with stand-ins of the `kinds` (up to three ids, one time, one text, one number), so it must decide
    nothing by them.
    """

    def __init__(self, make: Callable[..., "QuerySet[Any, Any]"], *kinds: type[Value]) -> None:
        self._make, self._kinds = make, kinds
        self._known: dict[str, _Statement] = {}

    def rows(self, *values: Value) -> list[tuple[Any, ...]]:
        """All rows, as the queryset would give them. One statement."""
        known = self._known.get(connection.vendor) or self._compiled()
        with connection.cursor() as cursor:
            cursor.execute(known.sql, _params(known, values))
            rows = cursor.fetchall()
        return [_converted(row, known) for row in rows] if known.converters else list(rows)

    def statement(self, *values: Value) -> tuple[str, list[Any]]:
        """SQL and parameters, to be part of a larger statement. Raises EmptyResultSet where nothing can be found."""
        known = self._known.get(connection.vendor) or self._compiled()
        return known.sql, _params(known, values)

    def _compiled(self) -> _Statement:
        ids = iter(_IDS)
        others: dict[type[Value], Value] = {datetime: _MOMENT, str: _TEXT, int: _NUMBER}
        stand_ins = [next(ids) if kind is uuid.UUID else others[kind] for kind in self._kinds]
        compiler = self._make(*stand_ins).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        known = [bind(value) for value in stand_ins]
        places = tuple(known.index(param) if param in known else None for param in params)
        if set(places) - {None} != set(range(len(known))):
            raise ValueError("a value is not part of this query")
        converters = compiler.get_converters([column[0] for column in compiler.select])
        told = tuple((place, tuple(made), column) for place, (made, column) in converters.items())
        found = _Statement(sql, tuple(params), places, told)
        self._known[connection.vendor] = found
        return found


def _params(known: _Statement, values: Sequence[Value]) -> list[Any]:
    bound = [bind(value) for value in values]
    return [
        param if place is None else bound[place]
        for param, place in zip(known.params, known.places, strict=True)
    ]


def _converted(row: tuple[Any, ...], known: _Statement) -> tuple[Any, ...]:
    values = list(row)
    for place, converters, column in known.converters:
        for convert in converters:
            values[place] = convert(values[place], column, connection)
    return tuple(values)
