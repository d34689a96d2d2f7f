"""Operators on rows that a filter of the row pages takes: the rows somebody looked at and chose. Pure.

The filter is the text of the row pages, `[{"column": 3, "op": "gt", "value": 5}]`: columns by their numbers, and
rows by their ids with `{"op": "row", "value": [7, 9]}`. Ids are never given twice, so rows that a change has replaced
since somebody chose them are not mistaken for others.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.errors import InvalidInput
from core.params import param
from datasets.tables.clean.base import (
    NOTHING,
    Around,
    Made,
    Relation,
    State,
    TableOperator,
    constant,
    projected,
    typed,
)
from datasets.tables.clean.rows import all_that
from datasets.tables.query import conditions_from, where_text

MAX_CHARACTERS: Final = 200_000


class RowsGone(InvalidInput):
    """None of the chosen rows is there."""

    code = "rows_gone"


@dataclass(frozen=True, slots=True)
class DropRows(TableOperator):
    """Leave out the rows that a filter takes."""

    rows: str = param("", "Rows", "a filter of the row pages", format="rows")

    key: ClassVar[str] = "drop_rows"
    group: ClassVar[str] = "rows"
    is_again: ClassVar[bool] = False

    def fit(self, relation: Relation, around: Around) -> State:
        """How many they are."""
        return {"rows": _counted(self.rows, relation, around)}

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """A test of a missing value takes no row."""
        return all_that(relation, f"NOT {_taken(self.rows, relation)}")


@dataclass(frozen=True, slots=True)
class SetCells(TableOperator):
    """One value in a column of the rows that a filter takes."""

    rows: str = param("", "Rows", "a filter of the row pages", format="rows")
    column: str = param("", "Column", "", format="column")
    value: str = param("", "Value", "")
    empty: bool = param(False, "Make it missing", "instead of giving a value")

    key: ClassVar[str] = "set_cells"
    group: ClassVar[str] = "cells"
    is_again: ClassVar[bool] = False

    def fit(self, relation: Relation, around: Around) -> State:
        """The value as the column has it."""
        column = relation.named(self.column, "column")
        value = None if self.empty else typed(around.ask, self.value, column, "value")
        return {"rows": _counted(self.rows, relation, around), "value": value}

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """What a file said in these cells is said no more."""
        column, taken = relation.named(self.column, "column"), _taken(self.rows, relation)
        value = "NULL" if state["value"] is None else constant(state["value"], column.kind)
        cell = f"CASE WHEN {taken} THEN {value} ELSE {column.value} END"
        raw = f"CASE WHEN {taken} THEN {NOTHING} ELSE {column.raw} END"
        return projected(relation, {column.index: [(column, cell, raw)]})


def _taken(text: str, relation: Relation) -> str:
    """Whether the filter takes a row, as SQL. Raises InvalidInput."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput(f"a filter has at most {MAX_CHARACTERS} characters", field="rows")
    try:
        sent = json.loads(text or "[]")
    except (ValueError, RecursionError) as exc:
        raise InvalidInput("a filter of rows is JSON", field="rows") from exc
    try:
        conditions = conditions_from(sent, {column.index: column for column in relation.columns})
    except InvalidInput as exc:
        raise InvalidInput(exc.detail, field="rows") from exc
    if not conditions:
        raise InvalidInput("say which rows", field="rows")
    return f"coalesce({where_text(conditions, relation.sql, _written)}, false)"


def _written(value: Any, kind: str) -> str:
    if kind not in ("number", "boolean", "datetime") and "\0" in value:
        raise InvalidInput("the value holds characters that no cell can have", field="rows")
    return constant(value, kind)


def _counted(text: str, relation: Relation, around: Around) -> int:
    asked = f"SELECT count(*) FROM {relation.sql} WHERE {_taken(text, relation)}"
    count = int(around.ask(asked)[0][0])
    if not count and not around.is_part:
        raise RowsGone("none of these rows is there any more; look at the table again", field="rows")
    return count


CHOSEN: Final[Sequence[type[TableOperator]]] = (DropRows, SetCells)
