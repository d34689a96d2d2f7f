"""What an operator on a table is: one SELECT over the rows as the step before left them. Pure.

A relation has `id`, the number of the row it comes from (NULL for a row that was made), `o`, the place of the row,
which no two rows share, and `c3` and `r3` for every column, as parts have them. Whatever callers send is a value
checked here and written as a literal; names of columns are numbers.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

from core.errors import InvalidInput
from core.params import several
from datasets.tables.engine import Row
from datasets.tables.kinds import Column, literal, typed_sql

State = dict[str, Any]
Ask = Callable[[str], list[Row]]
# A column with the SQL of its values and of what the file said.
Cell = tuple[Column, str, str]
NOTHING: Final = "CAST(NULL AS VARCHAR)"
WORDS: Final = ("category", "text", "id")
MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows: something that can stand behind FROM, and the columns it has."""

    sql: str
    columns: tuple[Column, ...]

    def named(self, name: str, what: str = "columns", kinds: Sequence[str] = ()) -> Column:
        """The column of that name. Raises InvalidInput where there is none, or it holds none of `kinds`."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise InvalidInput(f"there is no column “{name[:60]}” at this step", field=what)
        if kinds and found.kind not in kinds:
            raise InvalidInput(
                f"“{name[:60]}” holds {found.kind}; this step takes {', '.join(kinds)}", field=what
            )
        return found

    def chosen(self, names: Sequence[str], what: str = "columns", kinds: Sequence[str] = ()) -> list[Column]:
        """The columns of those names, at least one. Raises InvalidInput."""
        if not names:
            raise InvalidInput("choose a column", field=what)
        return [self.named(name, what, kinds) for name in names]


@dataclass(frozen=True, slots=True)
class Made:
    """What a step leaves: a SELECT and its columns.

    `touched`: numbers of columns in which a row may differ from the row of that `id`; None where any may.
    `places`: of a step that only takes rows or orders them, the SELECT of `p`, the `o` of before, and `o`.
    """

    select: str
    columns: tuple[Column, ...]
    touched: frozenset[int] | None = None
    places: str | None = None


@dataclass(slots=True)
class Room:
    """Numbers for new columns. `known` are columns of the table, by name, that later rows go on with."""

    next_index: int
    known: Mapping[str, Column] = field(default_factory=dict)

    def new(self, name: str, kind: str, taken: set[str]) -> Column:
        """A column for `name`, or for that name with a number behind it where a column has it; joins `taken`."""
        base = " ".join(name.split())[:MAX_NAME] or "column"
        name, count = base, 1
        while name.lower() in taken:
            count += 1
            name = f"{base[: MAX_NAME - 8]} {count}"
        taken.add(name.lower())
        if (old := self.known.get(name)) is not None and old.kind == kind:
            return old
        self.next_index += 1
        return Column(self.next_index - 1, name, kind, {"code": "cleaned"})


@dataclass(frozen=True, slots=True)
class Around:
    """What a step may use beside its rows: questions of a relation, room for columns, other tables by their id.

    `is_part`: the rows are the first ones of a table only.
    """

    ask: Ask
    room: Room
    others: Mapping[str, Relation] = field(default_factory=dict)
    is_part: bool = False


class TableOperator(ABC):
    """One kind of step. `is_heavy`: its rows are kept for the steps behind; `is_again`: later rows alone will do."""

    key: ClassVar[str]
    group: ClassVar[str]
    is_heavy: ClassVar[bool] = False
    is_again: ClassVar[bool] = True

    def fit(self, relation: Relation, around: Around) -> State:
        """What is learned from the rows; JSON. Raises InvalidInput."""
        return {}

    @abstractmethod
    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """The step as SQL. Raises InvalidInput."""


def columns_param(title: str, *kinds: str, is_optional: bool = False, description: str = "") -> Any:
    """Names of columns that a form lets choose; only of `kinds` where any is named."""
    more: dict[str, Any] = {"kinds": list(kinds)} if kinds else {}
    return several((), title, description, format="columns", minItems=0 if is_optional else 1, **more)


def projected(relation: Relation, made: Mapping[int, Sequence[Cell]], more: Sequence[Cell] = ()) -> Made:
    """Columns named in `made` become those cells, the others stay; `more` come behind the last."""
    pieces, columns = ["id", "o"], []
    cells = [
        cell
        for column in relation.columns
        for cell in made.get(column.index, [(column, column.value, column.raw)])
    ]
    for column, value, raw in [*cells, *more]:
        pieces += [f"{value} AS {column.value}", f"{raw} AS {column.raw}"]
        columns.append(column)
    touched = frozenset(
        column.index
        for cells in made.values()
        for column, *said in cells
        if said != [column.value, column.raw]
    )
    return Made(f"SELECT {', '.join(pieces)} FROM {relation.sql}", tuple(columns), touched)


def in_place(column: Column, value: str) -> Cell:
    """The same column with other values; what the file said stays where the value does."""
    same = f"({value}) IS NOT DISTINCT FROM {column.value}"
    return column, value, f"CASE WHEN {same} THEN {column.raw} END"


def names_taken(relation: Relation) -> set[str]:
    """Names, in small letters: exports cannot hold two that differ in case alone."""
    return {column.name.lower() for column in relation.columns}


def number(value: float) -> str:
    """A literal; one with a point alone would be a decimal."""
    return f"CAST({literal(repr(float(value)))} AS DOUBLE)"


def finite(value: str) -> str:
    """NULL where the result is no number."""
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def constant(value: Any, kind: str) -> str:
    """A literal of a kind, from the JSON that a state keeps."""
    if kind == "number":
        return number(value)
    storage = {"boolean": "BOOLEAN", "datetime": "TIMESTAMP"}.get(kind, "VARCHAR")
    return f"CAST({literal(str(value))} AS {storage})"


def typed(ask: Ask, text: str, column: Column, what: str) -> Any:
    """What a text stands for in a column, as JSON. Raises InvalidInput for a text that is no value of its kind."""
    if "\0" in text or (not text.isprintable() and not text.strip()):
        raise InvalidInput("the value holds characters that no cell can have", field=what)
    value = typed_sql(literal(text), column.kind, column.params)
    found = ask(f"SELECT {value if column.kind == 'number' else f'CAST({value} AS VARCHAR)'}")[0][0]
    if found is None:
        raise InvalidInput(
            f"“{text[:60]}” is no value of {column.name}, which holds {column.kind}", field=what
        )
    return found


def renamed(column: Column, name: str) -> Column:
    """Under another name."""
    return replace(column, name=name)
