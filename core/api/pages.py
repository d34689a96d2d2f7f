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
from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import number_of
from core.errors import BadRequest, InvalidInput
from core.keyset import FOREIGN_CURSOR, behind

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
            raise BadRequest(FOREIGN_CURSOR) from exc
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


# The first so many rows in an order, behind the row with these values of its columns.
Fetch = Callable[[Sequence[str], "Sequence[Any] | None", int], list[Any]]


def page(
    request: Request,
    queryset: QuerySet[Any, Any],
    *,
    render: Callable[[list[Any]], list[Any]],
    ordering: Sequence[str] = ("-created_at", "-id"),
    count: Callable[[], int] | None = None,
) -> Response:
    """One page as `{results, next, previous[, count]}`.

    `queryset` may give model instances or `.values()` dictionaries (with the sort columns in
    them); `render` turns a page of rows into plain JSON values.
    """

    def fetch(order: Sequence[str], after: Sequence[Any] | None, most: int) -> list[Any]:
        listed = queryset if after is None else _after(queryset, order, after)
        return list(listed.order_by(*order)[:most])

    return page_fetched(request, fetch, render=render, ordering=ordering, count=count or queryset.count)


def page_fetched(
    request: Request,
    fetch: Fetch,
    *,
    render: Callable[[list[Any]], list[Any]],
    ordering: Sequence[str],
    count: Callable[[], int],
) -> Response:
    """As `page`, of rows that `fetch` finds by itself; they have the sort columns in them."""
    limit = limit_of(request)
    text = request.query_params.get("cursor")
    cursor = Cursor.decode(text, len(ordering)) if text else None
    backwards = cursor is not None and cursor.backwards
    order = [_turned(name) for name in ordering] if backwards else list(ordering)
    rows = fetch(order, None if cursor is None else cursor.values, limit + 1)
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
        body["count"] = count()
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
    try:
        return queryset.filter(behind(order, values))
    except (ValueError, TypeError, OverflowError, ValidationError) as exc:
        raise BadRequest(FOREIGN_CURSOR) from exc


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
