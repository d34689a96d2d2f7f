"""Keyset pages: a page costs the same at the end of a million rows as at the beginning.

The cursor holds the sort values of the row at the edge; there is no OFFSET and no COUNT.
Columns that are sorted by must not be null, and the last one must be unique.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import number_of
from core.errors import BadRequest, InvalidInput

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
MAX_SORTS = 3


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: the sort values of the row before it."""

    values: list[Any]
    backwards: bool = False

    def encode(self) -> str:
        """URL-safe text."""
        raw = json.dumps([self.values, self.backwards], default=str, separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, columns: int) -> "Cursor":
        """Raises BadRequest for anything this server did not make."""
        try:
            values, backwards = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, binascii.Error, TypeError) as exc:
            raise BadRequest("this cursor is not one of ours; begin again without it") from exc
        if not isinstance(values, list) or not all(map(_is_plain, values)) or len(values) != columns:
            raise BadRequest("this cursor belongs to another ordering; begin again without it")
        return cls(values, bool(backwards))


def _is_plain(value: Any) -> bool:
    """What a column may hold, on either database."""
    return isinstance(value, int | float) or (isinstance(value, str) and "\x00" not in value)


def limit_of(request: Request) -> int:
    """`?limit=`, 1 to 500, 50 when absent. Raises InvalidInput."""
    return number_of(request, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)


def ordering_of(request: Request, allowed: Iterable[str], default: str) -> tuple[str, ...]:
    """`?ordering=` from an allow list, up to three with commas between, closed by the id. Raises InvalidInput."""
    wanted = tuple(request.query_params.get("ordering", default).split(","))
    names = [name.removeprefix("-") for name in wanted]
    if not set(names) <= set(allowed) or len(set(names)) < len(names) or len(names) > MAX_SORTS:
        raise InvalidInput("this list cannot be ordered by that", field="ordering", allowed=sorted(allowed))
    if "id" in names:
        return wanted[: names.index("id") + 1]
    sign = "-" if wanted[-1].startswith("-") else ""
    return (*wanted, f"{sign}id")


def page(
    request: Request,
    queryset: QuerySet[Any, Any],
    *,
    render: Callable[[list[Any]], list[Any]],
    ordering: Sequence[str] = ("-created_at", "-id"),
    count: Callable[[], int] | None = None,
    fetch: Callable[[QuerySet[Any, Any], Sequence[str]], list[Any]] | None = None,
) -> Response:
    """One page as `{results, next, previous[, count]}`.

    `queryset` may give model instances or `.values()` dictionaries (with the sort columns in
    them); `render` turns a page of rows into plain JSON values. With `fetch`, that reads the
    rows of the page, given the part of `queryset` which they are and its order: what is filtered out is
    then read from indexes alone.
    """
    limit = limit_of(request)
    text = request.query_params.get("cursor")
    cursor = Cursor.decode(text, len(ordering)) if text else None
    backwards = cursor is not None and cursor.backwards
    order = [_turned(name) for name in ordering] if backwards else list(ordering)
    listed = queryset if cursor is None else _after(queryset, order, cursor.values)
    listed = listed.order_by(*order)[: limit + 1]
    rows = list(listed) if fetch is None else fetch(listed, order)
    more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows.reverse()
    has_next, has_previous = (cursor is not None, more) if backwards else (more, cursor is not None)
    body: dict[str, Any] = {
        "results": render(rows),
        "next": _link(request, rows, ordering, backwards=False) if has_next else None,
        "previous": _link(request, rows, ordering, backwards=True) if has_previous else None,
    }
    if request.query_params.get("count") in ("1", "exact"):
        body["count"] = count() if count is not None else queryset.count()
    return Response(body)


@cache
def paged(item: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The OpenAPI shape of a page of `item`."""
    name = f"{item.__name__.removesuffix('Serializer')}PageSerializer"
    fields = {
        "results": item(many=True),
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
        "count": serializers.IntegerField(required=False),
        "__doc__": "A page.",
    }
    return type(name, (serializers.Serializer,), fields)


def _after(queryset: QuerySet[Any, Any], order: Sequence[str], values: Sequence[Any]) -> QuerySet[Any, Any]:
    condition, equal = Q(), Q()
    # Said once more for the first column alone: from the alternatives below no database makes a range
    # of its index, and the page would read everything before it.
    side = "lte" if order[0].startswith("-") else "gte"
    bound = Q(**{f"{order[0].removeprefix('-')}__{side}": values[0]})
    for name, value in zip(order, values, strict=True):
        column = name.removeprefix("-")
        side = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{column}__{side}": value})
        equal &= Q(**{column: value})
    try:
        return queryset.filter(bound & condition)
    except (ValueError, TypeError, OverflowError, ValidationError) as exc:
        raise BadRequest("this cursor is not one of ours; begin again without it") from exc


def _link(request: Request, rows: Sequence[Any], ordering: Sequence[str], *, backwards: bool) -> str | None:
    if not rows:
        return None
    edge = rows[0] if backwards else rows[-1]
    values = [_value(edge, name.removeprefix("-")) for name in ordering]
    query = {**request.query_params.dict(), "cursor": Cursor(values, backwards).encode()}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def _value(row: Any, name: str) -> Any:
    value = getattr(row, name) if isinstance(row, Model) else row[name]
    return value if isinstance(value, int | float | str | bool) else str(value)


def _turned(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"
