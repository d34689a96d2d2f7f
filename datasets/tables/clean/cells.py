"""Operators that change cells where they stand. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.errors import InvalidInput
from core.params import param
from datasets.tables.clean.base import (
    WORDS,
    Around,
    Made,
    Relation,
    State,
    TableOperator,
    columns_param,
    constant,
    finite,
    in_place,
    names_taken,
    number,
    projected,
    typed,
)
from datasets.tables.kinds import DATE_FORMATS, KINDS, Column, literal, raw_sql, text_sql, typed_sql

_NUMBERS: Final = ("number",)


@dataclass(frozen=True, slots=True)
class Impute(TableOperator):
    """Fill what is missing, and what does not fit its column, with one value."""

    columns: tuple[str, ...] = columns_param("Columns")
    method: str = param(
        "median",
        "Fill with",
        "numbers and dates have a median",
        choices=("mean", "median", "mode", "constant"),
    )
    value: str = param("", "Value", "for a constant")
    mark: bool = param(False, "Mark what was filled", "adds a column of 0 and 1")

    key: ClassVar[str] = "impute"
    group: ClassVar[str] = "cells"

    def fit(self, relation: Relation, around: Around) -> State:
        """The filling of each column; None where the column has no value to learn from."""
        chosen = relation.chosen(self.columns)
        return {"fill": [self._filling(column, relation, around) for column in chosen]}

    def _filling(self, column: Column, relation: Relation, around: Around) -> Any:
        if self.method == "constant":
            return typed(around.ask, self.value, column, "value")
        cell = column.value
        if self.method == "mode" or column.kind in ("boolean", *WORDS):
            said = cell if column.kind == "number" else f"CAST({cell} AS VARCHAR)"
            most = around.ask(
                f"SELECT {said} FROM {relation.sql} WHERE {cell} IS NOT NULL "
                f"GROUP BY {cell} ORDER BY count(*) DESC, {cell} LIMIT 1"
            )
            return most[0][0] if most else None
        if column.kind == "datetime":
            middle = f"CAST(make_timestamp(CAST(median(epoch_us({cell})) AS BIGINT)) AS VARCHAR)"
            return around.ask(f"SELECT {middle} FROM {relation.sql}")[0][0]
        what = f"avg({cell})" if self.method == "mean" else f"median({cell})"
        return around.ask(f"SELECT {finite(what)} FROM {relation.sql}")[0][0]

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """coalesce; a mark stands behind its column."""
        taken, cells = names_taken(relation), {}
        for column, fill in zip(relation.chosen(self.columns), state["fill"], strict=True):
            filled = column.value
            if fill is not None:
                filled = f"coalesce({column.value}, {constant(fill, column.kind)})"
            cells[column.index] = [in_place(column, filled)]
            if self.mark:
                mark = around.room.new(f"{column.name} missing", "number", taken)
                value = f"CAST({column.value} IS NULL AS DOUBLE)"
                cells[column.index].append((mark, value, "CAST(NULL AS VARCHAR)"))
        return projected(relation, cells)


@dataclass(frozen=True, slots=True)
class Clip(TableOperator):
    """Bring far numbers to quantiles of the column."""

    columns: tuple[str, ...] = columns_param("Columns", "number")
    low: float = param(0.01, "From the quantile", "0 cuts nothing", minimum=0, maximum=0.5)
    high: float = param(0.99, "To the quantile", "1 cuts nothing", minimum=0.5, maximum=1)

    key: ClassVar[str] = "clip"
    group: ClassVar[str] = "cells"

    def fit(self, relation: Relation, around: Around) -> State:
        """The two ends of each column."""
        chosen = relation.chosen(self.columns, kinds=_NUMBERS)
        ends = ", ".join(f"quantile_cont({c.value}, {q!r})" for c in chosen for q in (self.low, self.high))
        found = around.ask(f"SELECT {ends} FROM {relation.sql}")[0]
        return {"ends": [list(found[i : i + 2]) for i in range(0, len(found), 2)]}

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """Missing stays missing."""
        cells = {}
        for column, (low, high) in zip(
            relation.chosen(self.columns, kinds=_NUMBERS), state["ends"], strict=True
        ):
            if low is not None:
                cut = f"greatest(least({column.value}, {number(high)}), {number(low)})"
                # Neither of the two answers NULL to NULL.
                cells[column.index] = [
                    in_place(column, f"CASE WHEN {column.value} IS NOT NULL THEN {cut} END")
                ]
        return projected(relation, cells)


@dataclass(frozen=True, slots=True)
class Scale(TableOperator):
    """To mean 0 and deviation 1, or to 0..1."""

    columns: tuple[str, ...] = columns_param("Columns", "number")
    method: str = param("standard", "To", "", choices=("standard", "minmax"))

    key: ClassVar[str] = "scale"
    group: ClassVar[str] = "cells"

    def fit(self, relation: Relation, around: Around) -> State:
        """Shift and divisor of each column; a constant column is only shifted."""
        learned = []
        for column in relation.chosen(self.columns, kinds=_NUMBERS):
            cell = column.value
            mean, spread, low, high = around.ask(
                f"SELECT avg({cell}), stddev_pop({cell}), min({cell}), max({cell}) FROM {relation.sql}"
            )[0]
            shift, by = (mean, spread) if self.method == "standard" else (low, (high or 0.0) - (low or 0.0))
            learned.append([shift or 0.0, by if by and low < high else 1.0])
        return {"learned": learned}

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """(x - shift) / by."""
        cells = {}
        for column, (shift, by) in zip(
            relation.chosen(self.columns, kinds=_NUMBERS), state["learned"], strict=True
        ):
            cells[column.index] = [
                in_place(column, finite(f"(({column.value} - {number(shift)}) / {number(by)})"))
            ]
        return projected(relation, cells)


@dataclass(frozen=True, slots=True)
class Bucket(TableOperator):
    """The number of the bucket, 0 to `count - 1`, between quantiles."""

    columns: tuple[str, ...] = columns_param("Columns", "number")
    count: int = param(5, "Buckets", "with about as many rows each", minimum=2, maximum=100)

    key: ClassVar[str] = "bucket"
    group: ClassVar[str] = "cells"

    def fit(self, relation: Relation, around: Around) -> State:
        """The edges between buckets of each column, ascending, each once."""
        places = ", ".join(repr(i / self.count) for i in range(1, self.count))
        edges = []
        for column in relation.chosen(self.columns, kinds=_NUMBERS):
            asked = f"SELECT quantile_cont({column.value}, [{places}]) FROM {relation.sql}"
            edges.append(sorted(set(around.ask(asked)[0][0] or [])))
        return {"edges": edges}

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """How many edges are not above the value."""
        cells = {}
        for column, edges in zip(relation.chosen(self.columns, kinds=_NUMBERS), state["edges"], strict=True):
            reached = [f"CAST({column.value} >= {number(edge)} AS DOUBLE)" for edge in edges]
            total = " + ".join([f"{column.value} * 0", *reached])
            cells[column.index] = [in_place(column, f"({total})")]
        return projected(relation, cells)


@dataclass(frozen=True, slots=True)
class Replace(TableOperator):
    """One value in the place of another; nothing stands for missing."""

    columns: tuple[str, ...] = columns_param("Columns")
    find: str = param("", "Find", "the whole cell, as the file wrote it")
    put: str = param("", "Put in its place", "nothing makes it missing")

    key: ClassVar[str] = "replace"
    group: ClassVar[str] = "cells"

    def fit(self, relation: Relation, around: Around) -> State:
        """What is put, as each column has it."""
        if not self.find or "\0" in self.find:
            raise InvalidInput("say what is to be found", field="find")
        chosen = relation.chosen(self.columns)
        return {
            "put": [typed(around.ask, self.put, column, "put") if self.put else None for column in chosen]
        }

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """Cells that say `find`, and whatever the file said of them."""
        cells = {}
        for column, put in zip(relation.chosen(self.columns), state["put"], strict=True):
            is_found = f"coalesce({text_sql(column)} = {literal(self.find)}, false)"
            value = "NULL" if put is None else constant(put, column.kind)
            cells[column.index] = [
                (
                    column,
                    f"CASE WHEN {is_found} THEN {value} ELSE {column.value} END",
                    f"CASE WHEN NOT {is_found} THEN {column.raw} END",
                )
            ]
        return projected(relation, cells)


@dataclass(frozen=True, slots=True)
class Cast(TableOperator):
    """Read the cells as another kind; what does not fit stays as text and can be found by “does not fit”."""

    columns: tuple[str, ...] = columns_param("Columns")
    kind: str = param("number", "Kind", "", choices=KINDS)
    decimal: str = param(".", "Decimal sign", "of numbers", choices=(".", ","))
    format: str = param("", "Format of dates", "nothing for ISO 8601", choices=("", *DATE_FORMATS))

    key: ClassVar[str] = "cast"
    group: ClassVar[str] = "columns"

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """As a corrected kind reads them."""
        params: dict[str, Any] = {}
        if self.kind == "number" and self.decimal == ",":
            params = {"decimal": ","}
        elif self.kind == "datetime" and self.format:
            params = {"format": self.format}
        cells = {}
        for column in relation.chosen(self.columns):
            if (column.kind, column.params) == (self.kind, params):
                continue
            new = Column(column.index, column.name, self.kind, {"code": "corrected"}, params)
            text = f"({text_sql(column)})"
            cells[column.index] = [
                (new, typed_sql(text, self.kind, params), raw_sql(text, self.kind, params))
            ]
        return projected(relation, cells)


CELLS: Final[Sequence[type[TableOperator]]] = (Impute, Clip, Scale, Bucket, Replace, Cast)
