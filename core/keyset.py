"""Rows behind a row: what a page by keys asks."""

from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model, Q

from core.errors import BadRequest

FOREIGN_CURSOR: Final = "this cursor is not one of ours; begin again without it"


def behind(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come, in this order of columns (`-` for falling), after the row with these values of them."""
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
    return bound & condition


def values_read(model: type[Model], order: Sequence[str], plain: Sequence[Any]) -> list[Any]:
    """The values of a cursor as these columns hold them. Raises BadRequest for what they cannot."""
    values = []
    for name, value in zip(order, plain, strict=True):
        field: Any = model._meta.get_field(name.removeprefix("-"))
        try:
            read = field.to_python(value)
        except (ValueError, TypeError, OverflowError, ValidationError) as exc:
            raise BadRequest(FOREIGN_CURSOR) from exc
        least, most = (
            connection.ops.integer_field_range(field.get_internal_type())
            if type(read) is int
            else (None, None)
        )
        if (least is not None and read < least) or (most is not None and read > most):
            raise BadRequest(FOREIGN_CURSOR)
        values.append(read)
    return values
