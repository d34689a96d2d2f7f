"""Operators that make, rename or drop columns. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from core.errors import InvalidInput
from core.params import param, several
from datasets.tables.clean.base import (
    NOTHING,
    WORDS,
    Around,
    Cell,
    Made,
    Relation,
    State,
    TableOperator,
    columns_param,
    names_taken,
    projected,
    renamed,
)
from datasets.tables.kinds import Column, literal, raw_sql, text_sql, typed_sql
from datasets.tables.staging import OWN

PARTS: Final = ("year", "month", "day", "weekday", "hour")
_PART_SQL: Final = {
    "year": "year({0})",
    "month": "month({0})",
    "day": "day({0})",
    "weekday": "isodow({0}) - 1",
    "hour": "hour({0})",
}


@dataclass(frozen=True, slots=True)
class Rename(TableOperator):
    """Another name for a column."""

    column: str = param("", "Column", "", format="column")
    name: str = param("", "Name", "")

    key: ClassVar[str] = "rename"
    group: ClassVar[str] = "columns"

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """Only the name; later rows go on in the column that has it already."""
        name = " ".join(self.name.split())
        if not 1 <= len(name) <= 200 or name.lower() in OWN or "\0" in name:
            raise InvalidInput("choose a name of 1 to 200 characters that versions do not use", field="name")
        known = around.room.known.get(name)
        there = next((one for one in relation.columns if known and one.index == known.index), None)
        if there and all(one.name != self.column for one in relation.columns):
            return projected(relation, {})
        column = relation.named(self.column, "column")
        is_later = there is not None and there.index != column.index
        if there and is_later and not _both(relation, there, column, around):
            said = f"({there.value} IS NOT NULL OR {there.raw} IS NOT NULL)"
            value, raw = _read_as(column, there)
            cell = (
                there,
                f"CASE WHEN {said} THEN {there.value} ELSE {value} END",
                f"CASE WHEN {said} THEN {there.raw} ELSE {raw} END",
            )
            return projected(relation, {there.index: [], column.index: [cell]})
        if name.lower() in names_taken(relation) - {column.name.lower()}:
            raise InvalidInput(f"there is a column “{name[:60]}” already", field="name")
        new = known if known and known.kind == column.kind else renamed(column, name)
        return projected(relation, {column.index: [(new, column.value, column.raw)]})


def _read_as(column: Column, other: Column) -> tuple[str, str]:
    """The value and what the file said, as the other column would have read them."""
    if (column.kind, column.params) == (other.kind, other.params):
        return column.value, column.raw
    text = f"({text_sql(column)})"
    return typed_sql(text, other.kind, other.params), raw_sql(text, other.kind, other.params)


def _both(relation: Relation, one: Column, other: Column, around: Around) -> bool:
    """Whether a row says something in both columns, so that neither can take the place of the other."""
    says = " AND ".join(f"({c.value} IS NOT NULL OR {c.raw} IS NOT NULL)" for c in (one, other))
    return bool(around.ask(f"SELECT 1 FROM {relation.sql} WHERE {says} LIMIT 1"))


@dataclass(frozen=True, slots=True)
class Drop(TableOperator):
    """Leave columns out, or all others."""

    columns: tuple[str, ...] = columns_param("Columns")
    instead: bool = param(False, "Keep only these", "and drop all others")

    key: ClassVar[str] = "drop"
    group: ClassVar[str] = "columns"

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """At least one column stays."""
        chosen = {column.index for column in relation.chosen(self.columns)}
        gone = {c.index: list[Cell]() for c in relation.columns if (c.index in chosen) != self.instead}
        if len(gone) == len(relation.columns):
            raise InvalidInput("one column has to stay", field="columns")
        return projected(relation, gone)


@dataclass(frozen=True, slots=True)
class OneHot(TableOperator):
    """A column of 0 and 1 for each of the most frequent words; rare and missing words have none."""

    columns: tuple[str, ...] = columns_param("Columns", "category", "text", "boolean", "id")
    most: int = param(20, "At most", "words", minimum=1, maximum=500)
    keep: bool = param(False, "Keep the column", "")

    key: ClassVar[str] = "one_hot"
    group: ClassVar[str] = "columns"

    def fit(self, relation: Relation, around: Around) -> State:
        """The words of each column, the most frequent first chosen, then in their own order."""
        words = []
        for column in relation.chosen(self.columns, kinds=(*WORDS, "boolean")):
            found = around.ask(
                f"SELECT CAST({column.value} AS VARCHAR) AS word FROM {relation.sql} "
                f"WHERE {column.value} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {self.most}"
            )
            words.append(sorted(row[0] for row in found))
        return {"words": words}

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """In the place of the column, or behind it."""
        taken, cells = names_taken(relation), {}
        chosen = relation.chosen(self.columns, kinds=(*WORDS, "boolean"))
        for column, words in zip(chosen, state["words"], strict=True):
            made: list[Cell] = [(column, column.value, column.raw)] if self.keep else []
            for word in words:
                new = around.room.new(f"{column.name}={word}", "number", taken)
                is_word = f"CAST({column.value} AS VARCHAR) = {literal(word)}"
                made.append((new, f"CAST(coalesce({is_word}, false) AS DOUBLE)", NOTHING))
            cells[column.index] = made
        if not projected(relation, cells).columns:
            raise InvalidInput("the columns hold no word, so nothing would be left", field="columns")
        return projected(relation, cells)


@dataclass(frozen=True, slots=True)
class DateParts(TableOperator):
    """Year, month, day, weekday (Monday is 0) and hour of a date, in UTC."""

    columns: tuple[str, ...] = columns_param("Columns", "datetime")
    parts: tuple[str, ...] = several(("year", "month", "weekday"), "Parts", "", choices=PARTS)
    keep: bool = param(True, "Keep the column", "")

    key: ClassVar[str] = "date_parts"
    group: ClassVar[str] = "columns"

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """Each part as a number; missing stays missing."""
        if not self.parts:
            raise InvalidInput("choose a part of the date", field="parts")
        taken, cells = names_taken(relation), {}
        for column in relation.chosen(self.columns, kinds=("datetime",)):
            made: list[Cell] = [(column, column.value, column.raw)] if self.keep else []
            for part in self.parts:
                new = around.room.new(f"{column.name} {part}", "number", taken)
                made.append((new, f"CAST({_PART_SQL[part].format(column.value)} AS DOUBLE)", NOTHING))
            cells[column.index] = made
        return projected(relation, cells)


COLUMNS: Final[Sequence[type[TableOperator]]] = (Rename, Drop, OneHot, DateParts)
