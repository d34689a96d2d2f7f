"""Queries that nearly every request asks, compiled once.

Django writes the SQL of a queryset anew each time, which costs several times what PostgreSQL takes to answer
with one row. A `Prepared` keeps the text and exchanges the values.
"""

import uuid
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
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
    compiler: Any
    iterable: Callable[..., Any]


class _Asked:
    """A query that has been compiled: whoever asks for its compiler gets the one that knows the SQL."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *_: Any, **__: Any) -> Any:
        """As `Query.get_compiler`."""
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


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

    def found(self, *values: Value) -> list[Any]:
        """What iterating over the queryset gives: models with what was selected along, or dictionaries. One statement."""
        known = self._known.get(connection.vendor) or self._compiled()
        compiler, asked = copy(known.compiler), (known.sql, tuple(_params(known, values)))
        compiler.connection, compiler.as_sql = connection, lambda *_, **__: asked
        query = _Asked(known.compiler.query, compiler)
        rows = SimpleNamespace(query=query, db=DEFAULT_DB_ALIAS, model=query.model, _known_related_objects={})
        return list(known.iterable(rows))

    def statement(self, *values: Value) -> tuple[str, list[Any]]:
        """SQL and parameters, to be part of a larger statement. Raises EmptyResultSet where nothing can be found."""
        known = self._known.get(connection.vendor) or self._compiled()
        return known.sql, _params(known, values)

    def _compiled(self) -> _Statement:
        ids = iter(_IDS)
        others: dict[type[Value], Value] = {datetime: _MOMENT, str: _TEXT, int: _NUMBER}
        stand_ins = [next(ids) if kind is uuid.UUID else others[kind] for kind in self._kinds]
        made = self._make(*stand_ins)
        compiler = made.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        known = [bind(value) for value in stand_ins]
        places = tuple(known.index(param) if param in known else None for param in params)
        if set(places) - {None} != set(range(len(known))):
            raise ValueError("a value is not part of this query")
        converters = compiler.get_converters([column[0] for column in compiler.select])
        told = tuple((place, tuple(convert), column) for place, (convert, column) in converters.items())
        found = _Statement(sql, tuple(params), places, told, compiler, made._iterable_class)
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
