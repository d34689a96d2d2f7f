"""Operators that bring tables together or rows into groups. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from core.errors import InvalidInput
from core.params import param, several
from datasets.tables.clean.base import (
    NOTHING,
    Around,
    Made,
    Relation,
    State,
    TableOperator,
    columns_param,
    finite,
    names_taken,
)
from datasets.tables.kinds import Column, text_sql

FUNCTIONS: Final = ("sum", "mean", "min", "max", "count", "first")
MAX_ROWS: Final = 10_000_000
_SUMS: Final = ("sum", "mean")


@dataclass(frozen=True, slots=True)
class Aggregate(TableOperator):
    """One row for each group of rows that are the same in some columns."""

    by: tuple[str, ...] = columns_param("Group by")
    columns: tuple[str, ...] = columns_param("Figures of", is_optional=True)
    functions: tuple[str, ...] = several(("mean",), "Figures", "", choices=FUNCTIONS)
    rows: bool = param(True, "Count the rows", "of each group")

    key: ClassVar[str] = "aggregate"
    group: ClassVar[str] = "tables"
    is_heavy: ClassVar[bool] = True
    is_again: ClassVar[bool] = False

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """Groups in the order of their first rows; a missing value is a group too."""
        keys = relation.chosen(self.by, "by")
        if self.columns and not self.functions:
            raise InvalidInput("choose a figure", field="functions")
        taken, columns = {column.name.lower() for column in keys}, list(keys)
        pieces = ["CAST(NULL AS BIGINT) AS id", "min(o) AS o"]
        for column in keys:
            pieces += [column.value, f"{NOTHING} AS {column.raw}"]
        for column in [relation.named(name) for name in self.columns]:
            for function in self.functions:
                value, kind = _figure(function, column)
                new = around.room.new(f"{column.name} {function}", kind, taken)
                columns.append(new)
                pieces += [f"{value} AS {new.value}", f"{NOTHING} AS {new.raw}"]
        if self.rows:
            new = around.room.new("rows", "number", taken)
            columns.append(new)
            pieces += [f"CAST(count(*) AS DOUBLE) AS {new.value}", f"{NOTHING} AS {new.raw}"]
        groups = ", ".join(column.value for column in keys)
        return Made(f"SELECT {', '.join(pieces)} FROM {relation.sql} GROUP BY {groups}", tuple(columns))


def _figure(function: str, column: Column) -> tuple[str, str]:
    """SQL and kind of a figure. Raises InvalidInput for sums of what is no number."""
    cell = column.value
    if function in _SUMS and column.kind != "number":
        raise InvalidInput(
            f"“{column.name[:60]}” holds {column.kind}, which has no {function}", field="functions"
        )
    if function == "count":
        return f"CAST(count({cell}) AS DOUBLE)", "number"
    if function in _SUMS:
        return finite(f"{'avg' if function == 'mean' else 'sum'}({cell})"), "number"
    if function == "first":
        return f"arg_min({cell}, o) FILTER ({cell} IS NOT NULL)", column.kind
    return f"{function}({cell})", column.kind


@dataclass(frozen=True, slots=True)
class Join(TableOperator):
    """Columns of another table of the project, from its rows with the same keys."""

    table: str = param("", "Table", "another data set of this project", format="table")
    left: tuple[str, ...] = columns_param("Keys here")
    right: tuple[str, ...] = several((), "Keys there", "in the same order", format="columns-there")
    how: str = param("left", "Rows without a match", "left keeps them", choices=("left", "inner"))
    columns: tuple[str, ...] = several(
        (), "Columns to bring", "all where none is chosen", format="columns-there"
    )

    key: ClassVar[str] = "join"
    group: ClassVar[str] = "tables"
    is_heavy: ClassVar[bool] = True

    def fit(self, relation: Relation, around: Around) -> State:
        """How many rows it makes, told before it is done. Raises InvalidInput for over ten million."""
        left, right = self._keyed(relation, around)
        keys = ", ".join(f"k{i}" for i in range(len(self.left)))
        counted = f"SELECT {keys}, CAST(count(*) AS DOUBLE) AS n FROM {{}} GROUP BY ALL"
        total = around.ask(
            f"SELECT coalesce(sum(a.n * b.n), 0) FROM ({counted.format(left)}) a "
            f"JOIN ({counted.format(right)}) b USING ({keys})"
        )[0][0]
        if total > MAX_ROWS:
            raise InvalidInput(
                f"the tables would make {total:.0f} rows, over {MAX_ROWS}; choose keys that are different in each "
                "row of the other table, or group it first",
                field="right",
            )
        return {"rows": int(total)}

    def _other(self, around: Around) -> Relation:
        other = around.others.get(self.table)
        if other is None:
            raise InvalidInput("choose a table of this project", field="table")
        return other

    def _keyed(self, relation: Relation, around: Around) -> tuple[str, str]:
        """Both sides with `k0`, `k1`, …; a missing key is like none."""
        other = self._other(around)
        mine = relation.chosen(self.left, "left")
        theirs = other.chosen(self.right or self.left, "right")
        if len(mine) != len(theirs):
            raise InvalidInput("choose as many keys there as here", field="right")
        said = [_key(a, b) for a, b in zip(mine, theirs, strict=True)]
        left = ", ".join(f"{a} AS k{i}" for i, (a, _) in enumerate(said))
        right = ", ".join(f"{b} AS k{i}" for i, (_, b) in enumerate(said))
        return f"(SELECT *, {left} FROM {relation.sql})", f"(SELECT *, {right} FROM {other.sql})"

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """A row for each match, in the order of both tables; names that are taken get a number behind them."""
        other = self._other(around)
        left, right = self._keyed(relation, around)
        keys = set(self.right or self.left)
        wanted = (
            [other.named(name) for name in self.columns]
            if self.columns
            else [column for column in other.columns if column.name not in keys]
        )
        taken, columns, pieces = names_taken(relation), list(relation.columns), []
        for column in wanted:
            new = around.room.new(column.name, column.kind, taken)
            new = Column(new.index, new.name, new.kind, new.reason, column.params)
            columns.append(new)
            pieces += [f"b.{column.value} AS {new.value}", f"b.{column.raw} AS {new.raw}"]
        mine = ["a.id", *(f"a.{name}" for c in relation.columns for name in (c.value, c.raw))]
        same = " AND ".join(f"a.k{i} = b.k{i}" for i in range(len(self.left)))
        kind = "LEFT" if self.how == "left" else "INNER"
        select = (
            f"SELECT {', '.join([*mine, *pieces])}, row_number() OVER (ORDER BY a.o, b.id) AS o "
            f"FROM {left} a {kind} JOIN {right} b ON {same}"
        )
        return Made(select, tuple(columns), frozenset())


def _key(mine: Column, theirs: Column) -> tuple[str, str]:
    """Values where both are of one kind, what the files said where not."""
    if mine.kind == theirs.kind and mine.kind in ("number", "datetime", "boolean"):
        return mine.value, theirs.value
    return (
        f"NULLIF(trim(coalesce({text_sql(mine)}, '')), '')",
        f"NULLIF(trim(coalesce({text_sql(theirs)}, '')), '')",
    )


SETS: Final[Sequence[type[TableOperator]]] = (Join, Aggregate)
