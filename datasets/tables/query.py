"""Pages of rows: filtered, sorted, bounded. Pure.

What a caller sends only ever becomes parameters and column numbers, never SQL.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput
from datasets.tables.engine import rows
from datasets.tables.kinds import Column, content_sql, misfit_sql

if TYPE_CHECKING:
    import duckdb

MAX_PAGE: Final = 500
MAX_CONDITIONS: Final = 20
MAX_CELLS: Final = 50_000
MAX_SHOWN: Final = 500
MAX_ROWS_NAMED: Final = 10_000
_ORDERED: Final = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
OF_ROWS: Final = ("row", "copied")
OPERATORS: Final = (
    *("eq", "ne", "lt", "le", "gt", "ge", "outside", "contains", "in", "missing", "filled", "misfit"),
    *OF_ROWS,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of the cells of `columns`, mostly one; all tests of a filter hold together.

    `row` names rows by their ids; `copied` are rows that say what another says in all of `columns`.
    """

    columns: tuple[Column, ...]
    op: str
    value: Any = None

    @property
    def column(self) -> Column:
        """The column of a test that is about one."""
        return self.columns[0]


def conditions_from(sent: Any, columns: Mapping[int, Column]) -> list[Condition]:
    """From what a client sent: `[{"column": 3, "op": "gt", "value": 5}]`. Raises InvalidInput."""
    if not isinstance(sent, list) or len(sent) > MAX_CONDITIONS:
        raise _refused(f"a filter is a list of at most {MAX_CONDITIONS} conditions")
    return [_condition(one, columns) for one in sent]


def told_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """What makes rows copies of each other: everything but identifiers."""
    return tuple(column for column in columns if column.kind != "id")


def _condition(one: Any, columns: Mapping[int, Column]) -> Condition:
    if isinstance(one, dict) and one.get("op") in OF_ROWS:
        return _of_rows(one, columns)
    if not isinstance(one, dict) or not isinstance(one.get("column"), int) or one["column"] not in columns:
        raise _refused("a condition names a column of this table by its number")
    column, op, value = columns[one["column"]], one.get("op"), one.get("value")
    if op not in OPERATORS:
        raise _refused("unknown operator", known=list(OPERATORS))
    if op in ("missing", "filled", "misfit"):
        return Condition((column,), op)
    if op == "contains":
        if not isinstance(value, str) or not 1 <= len(value) <= 200:
            raise _refused("contains takes 1 to 200 characters")
        return Condition((column,), op, _characters(value))
    if op in ("in", "outside"):
        least, most = (1, 100) if op == "in" else (2, 2)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise _refused("in takes 1 to 100 values, outside takes two")
        return Condition((column,), op, [_value(each, column) for each in value])
    return Condition((column,), op, _value(value, column))


def _of_rows(one: Mapping[str, Any], columns: Mapping[int, Column]) -> Condition:
    """A test of rows as a whole; it names no column."""
    if one["op"] == "copied":
        told = told_columns(list(columns.values()))
        if len(told) < 2:
            raise _refused("copied takes a table with two columns that are no identifiers")
        return Condition(told, "copied")
    ids = one.get("value")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MAX_ROWS_NAMED:
        raise _refused(f"row takes 1 to {MAX_ROWS_NAMED} ids of rows")
    if not all(type(each) is int and 0 <= each < 2**63 for each in ids):
        raise _refused("ids of rows are whole numbers")
    return Condition((), "row", ids)


def _value(value: Any, column: Column) -> Any:
    if column.kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) <= 1e308:
            return float(value)
    elif column.kind == "boolean" and isinstance(value, bool):
        return value
    elif column.kind == "datetime" and isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            # Cells are in UTC, and so is what is written without an offset.
            return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
        except (ValueError, OverflowError) as exc:
            raise _refused(f"{column.name} holds dates; write one as 2026-01-31") from exc
    elif column.kind in ("category", "text", "id") and isinstance(value, str) and len(value) <= 1_000:
        return _characters(value)
    raise _refused(f"the value does not fit {column.name}, which holds: {column.kind}")


def _characters(value: str) -> str:
    """JSON can hold one half of a surrogate pair, which is no character and which DuckDB does not take."""
    try:
        value.encode()
    except UnicodeEncodeError as exc:
        raise _refused("the value holds half a character; write it again") from exc
    return value


def where_sql(conditions: Sequence[Condition], source: str) -> tuple[str, list[Any]]:
    """The text behind WHERE, and its parameters; `source` is the relation that is asked."""
    params: list[Any] = []

    def bound(value: Any, _: str) -> str:
        params.append(value)
        return "?"

    return _where(conditions, source, bound), params


def where_text(conditions: Sequence[Condition], source: str, written: Callable[[Any, str], str]) -> str:
    """The same without parameters; `written` makes a literal of a value of a kind."""
    return _where(conditions, source, written)


def _where(conditions: Sequence[Condition], source: str, held: Callable[[Any, str], str]) -> str:
    pieces = [_test_sql(one, source, held) for one in conditions]
    return " AND ".join(f"({piece})" for piece in ["true", *pieces])


def _test_sql(one: Condition, source: str, held: Callable[[Any, str], str]) -> str:
    if one.op in OF_ROWS:
        return _rows_sql(one, source)
    cell, kind = one.column.value, one.column.kind
    if one.op in _ORDERED:
        return f"{cell} {_ORDERED[one.op]} {held(one.value, kind)}"
    if one.op == "eq":
        return f"{cell} = {held(one.value, kind)}"
    if one.op == "ne":
        return f"{cell} IS DISTINCT FROM {held(one.value, kind)}"
    if one.op == "contains":
        said = f"lower(coalesce({one.column.raw}, CAST({cell} AS VARCHAR)))"
        return f"contains({said}, lower({held(one.value, 'text')}))"
    if one.op == "in":
        return f"{cell} IN ({', '.join(held(value, kind) for value in one.value)})"
    if one.op == "outside":
        low, high = (held(value, kind) for value in one.value)
        return f"{cell} < {low} OR {cell} > {high}"
    return _cell_state(one)


def _rows_sql(one: Condition, source: str) -> str:
    if one.op == "row":
        # Whole numbers, checked; as parameters, ten thousand of them take longer than the question.
        return f"id IN ({', '.join(map(str, one.value))})"
    content = content_sql(one.columns)
    return f"{content} IN (SELECT {content} FROM {source} GROUP BY 1 HAVING count(*) > 1)"


def _cell_state(one: Condition) -> str:
    if one.op == "misfit":
        return misfit_sql(one.column)
    return f"{one.column.value} IS {'' if one.op == 'missing' else 'NOT '}NULL"


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows: `limit` from `offset` on, or those behind the row `after`, in the order of `sort`."""

    limit: int = 100
    offset: int = 0
    after: int | None = None
    sort: Column | None = None
    is_descending: bool = False


def rows_page(
    connection: "duckdb.DuckDBPyConnection",
    source: str,
    columns: Sequence[Column],
    conditions: Sequence[Condition],
    page: Page,
) -> list[dict[str, Any]]:
    """`{"id", "cells", "misfits"}` of each row; `cells` in the order of `columns`, long texts cut."""
    where, params = where_sql(conditions, source)
    if page.after is not None and page.sort is None:
        where, params = f"{where} AND id > ?", [*params, page.after]
    order = _natural(conditions, page)
    if page.sort is not None:
        order = f"{page.sort.value} {'DESC' if page.is_descending else 'ASC'} NULLS LAST, id"
    cells = cells_sql(columns)
    part = f"ORDER BY {order} LIMIT {page.limit} OFFSET {page.offset}"
    if page.sort is None:
        found = rows(connection, f"SELECT id, {cells} FROM {source} WHERE {where} {part}", params)
        return [row_rendered(row, columns) for row in found]
    # Sorting the ids alone carries two columns through the sort instead of all of them.
    ids = [row[0] for row in rows(connection, f"SELECT id FROM {source} WHERE {where} {part}", params)]
    wanted = ", ".join(map(str, ids)) or "NULL"
    by_id = {
        row[0]: row for row in rows(connection, f"SELECT id, {cells} FROM {source} WHERE id IN ({wanted})")
    }
    return [row_rendered(by_id[row], columns) for row in ids]


def _natural(conditions: Sequence[Condition], page: Page) -> str:
    """The order of the ids, but copies stand beside each other."""
    copied = next((one for one in conditions if one.op == "copied"), None)
    return "id" if copied is None or page.after is not None else f"{content_sql(copied.columns)}, id"


def rows_count(connection: "duckdb.DuckDBPyConnection", source: str, conditions: Sequence[Condition]) -> int:
    """How many rows the filter takes."""
    where, params = where_sql(conditions, source)
    return int(rows(connection, f"SELECT count(*) FROM {source} WHERE {where}", params)[0][0])


def column_words(
    connection: "duckdb.DuckDBPyConnection", source: str, column: Column, most: int
) -> list[str]:
    """The different values of a column as text, in their order, `most` of them."""
    word = f"CAST({column.value} AS VARCHAR)"
    asked = f"SELECT DISTINCT {word} FROM {source} WHERE {word} IS NOT NULL ORDER BY 1 LIMIT {most}"
    return [row[0] for row in rows(connection, asked)]


def cells_sql(columns: Sequence[Column]) -> str:
    """What `row_rendered` takes behind the id."""
    return ", ".join(
        piece for column in columns for piece in (shown_sql(column), f"left({column.raw}, {MAX_SHOWN})")
    )


def shown_sql(column: Column) -> str:
    """A value as pages show it; long texts cut."""
    if column.kind in ("text", "category", "id"):
        return f"left({column.value}, {MAX_SHOWN})"
    return f"strftime({column.value}, '%Y-%m-%dT%H:%M:%S')" if column.kind == "datetime" else column.value


def row_rendered(row: tuple[Any, ...], columns: Sequence[Column]) -> dict[str, Any]:
    """`{"id", "cells", "misfits"}`."""
    cells = list(row[1::2])
    said = row[2::2]
    misfits = {
        str(column.index): raw
        for column, cell, raw in zip(columns, cells, said, strict=True)
        if cell is None and raw is not None
    }
    return {"id": row[0], "cells": cells, "misfits": misfits}


def _refused(detail: str, **params: Any) -> InvalidInput:
    return InvalidInput(detail, field="filter", **params)
