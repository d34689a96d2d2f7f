"""Operators that choose and order rows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from core.errors import InvalidInput
from core.params import param
from datasets.tables.clean.base import (
    Around,
    Made,
    Relation,
    State,
    TableOperator,
    columns_param,
    constant,
    typed,
)
from datasets.tables.kinds import Column, content_sql, literal, misfit_sql

TESTS: Final = ("eq", "ne", "lt", "le", "gt", "ge", "contains", "missing", "filled", "misfit")
_ORDERED: Final = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def all_that(relation: Relation, where: str) -> Made:
    """The rows that pass, in their order."""
    there = f"FROM {relation.sql} WHERE {where}"
    return Made(f"SELECT * {there}", relation.columns, frozenset(), f"SELECT o AS p, o {there}")


@dataclass(frozen=True, slots=True)
class Dedupe(TableOperator):
    """One of the rows that say the same."""

    columns: tuple[str, ...] = columns_param(
        "Same in", is_optional=True, description="every column but identifiers where none is chosen"
    )
    keep: str = param("first", "Keep", "", choices=("first", "last"))

    key: ClassVar[str] = "dedupe"
    group: ClassVar[str] = "rows"
    is_heavy: ClassVar[bool] = True

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """By the hash of what they say."""
        if self.columns:
            told = relation.chosen(self.columns)
        else:
            told = [column for column in relation.columns if column.kind != "id"] or list(relation.columns)
        place = "min(o)" if self.keep == "first" else "max(o)"
        return all_that(relation, f"o IN (SELECT {place} FROM {relation.sql} GROUP BY {content_sql(told)})")


@dataclass(frozen=True, slots=True)
class Filter(TableOperator):
    """Only rows that pass a test, or only those that do not."""

    column: str = param("", "Column", "", format="column")
    test: str = param("filled", "Test", "", choices=TESTS)
    value: str = param("", "Value", "")
    drop: bool = param(False, "Drop those that pass", "instead of keeping them")

    key: ClassVar[str] = "filter"
    group: ClassVar[str] = "rows"

    def fit(self, relation: Relation, around: Around) -> State:
        """The value as the column has it."""
        column = relation.named(self.column, "column")
        if self.test in ("missing", "filled", "misfit"):
            return {"value": None}
        if self.test == "contains":
            if not self.value or "\0" in self.value:
                raise InvalidInput("say what is to be contained", field="value")
            return {"value": self.value}
        return {"value": typed(around.ask, self.value, column, "value")}

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """A missing value passes no test but `ne` and `missing`."""
        passes = f"coalesce({self._sql(relation.named(self.column, 'column'), state['value'])}, false)"
        return all_that(relation, f"NOT {passes}" if self.drop else passes)

    def _sql(self, column: Column, value: object) -> str:
        cell = column.value
        if self.test == "misfit":
            return misfit_sql(column)
        if self.test in ("missing", "filled"):
            return f"({cell} IS {'' if self.test == 'missing' else 'NOT '}NULL)"
        if self.test == "contains":
            said = f"lower(coalesce({column.raw}, CAST({cell} AS VARCHAR)))"
            return f"contains({said}, lower({literal(str(value))}))"
        wanted = constant(value, column.kind)
        if self.test == "ne":
            return f"({cell} IS DISTINCT FROM {wanted})"
        return f"({cell} {_ORDERED.get(self.test, '=')} {wanted})"


@dataclass(frozen=True, slots=True)
class Sample(TableOperator):
    """A share of the rows, chosen by what they say: the same rows for the same seed in any order."""

    share: float = param(0.1, "Share", "of the rows", minimum=0.0001, maximum=1)
    by: str = param("", "The same share of each value of", "nothing for any row", format="column")
    seed: int = param(0, "Seed", "", minimum=0, maximum=2**31)

    key: ClassVar[str] = "sample"
    group: ClassVar[str] = "rows"
    is_heavy: ClassVar[bool] = True

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """Of each value, rounded up, so that no value is lost."""
        salted = f"md5_number_upper({literal(str(self.seed))} || {content_sql(relation.columns)})"
        if not self.by:
            return all_that(relation, f"{salted} < {self.share!r} * 18446744073709551616.0")
        cell = relation.named(self.by, "by").value
        places = (
            f"SELECT o, row_number() OVER (PARTITION BY v ORDER BY h, o) AS place, "
            f"count(*) OVER (PARTITION BY v) AS n FROM (SELECT o, {cell} AS v, {salted} AS h FROM {relation.sql})"
        )
        return all_that(relation, f"o IN (SELECT o FROM ({places}) WHERE place <= ceil(n * {self.share!r}))")


@dataclass(frozen=True, slots=True)
class Sort(TableOperator):
    """Another order of the rows; missing comes last."""

    columns: tuple[str, ...] = columns_param("By")
    descending: bool = param(False, "Largest first", "")

    key: ClassVar[str] = "sort"
    group: ClassVar[str] = "rows"
    is_heavy: ClassVar[bool] = True

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """Rows that are the same in these columns keep their order."""
        way = "DESC" if self.descending else "ASC"
        order = ", ".join(f"{column.value} {way} NULLS LAST" for column in relation.chosen(self.columns))
        there = f"row_number() OVER (ORDER BY {order}, o) AS o FROM {relation.sql}"
        select, places = f"SELECT * EXCLUDE (o), {there}", f"SELECT o AS p, {there}"
        return Made(select, relation.columns, frozenset(), places)


ROWS: Final[Sequence[type[TableOperator]]] = (Filter, Dedupe, Sample, Sort)
