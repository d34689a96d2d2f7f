"""A recipe for the rows of a table, `{version: 1, steps: [{op, params}]}`, and doing it. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput
from core.params import params_from, schema_of
from datasets.tables.clean.base import Around, Relation, State, TableOperator
from datasets.tables.clean.cells import CELLS
from datasets.tables.clean.chosen import CHOSEN
from datasets.tables.clean.columns import COLUMNS
from datasets.tables.clean.model import ImputeModel
from datasets.tables.clean.rows import ROWS
from datasets.tables.clean.sets import SETS, Join
from datasets.tables.engine import rows

if TYPE_CHECKING:
    import duckdb

MAX_STEPS: Final = 40
MAX_COLUMNS_MADE: Final = 5_000
# A filter behind views is answered with their expressions put into each other: two columns of three places each make
# nine. Beyond so many the rows are kept, and steps behind begin anew.
MAX_PLACES: Final = 1_000
VERSION: Final = 1
_ALL: Final[tuple[type[TableOperator], ...]] = (*CELLS, ImputeModel, *COLUMNS, *ROWS, *SETS, *CHOSEN)
OPERATORS: Final[Mapping[str, type[TableOperator]]] = {each.key: each for each in _ALL}


@dataclass(frozen=True, slots=True)
class TableRecipe:
    """Steps in their order."""

    steps: tuple[TableOperator, ...]

    @property
    def tables(self) -> list[str]:
        """The ids of other tables that it reads, each once."""
        return sorted({step.table for step in self.steps if isinstance(step, Join)})

    @property
    def lonely(self) -> str | None:
        """The first operator that needs all rows at once, so that later rows alone would not do."""
        return next((step.key for step in self.steps if not step.is_again), None)

    def to_json(self) -> dict[str, Any]:
        """As stored: every parameter written out."""
        return {
            "version": VERSION,
            "steps": [{"op": step.key, "params": _params(step)} for step in self.steps],
        }


@dataclass(slots=True)
class Done:
    """The rows afterwards, what every step learned, how many rows each left, and which columns they touched."""

    relation: Relation
    learned: list[State] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    touched: frozenset[int] | None = frozenset()


def table_recipe_from(sent: Any) -> TableRecipe:
    """Check and build. Raises InvalidInput naming the field at fault, as `recipe.steps.2.params.method`."""
    if (
        not isinstance(sent, Mapping)
        or sent.get("version", VERSION) != VERSION
        or set(sent) - {"version", "steps"}
    ):
        raise InvalidInput("a recipe is {version: 1, steps}", field="recipe")
    steps = sent.get("steps")
    if not isinstance(steps, list) or not 1 <= len(steps) <= MAX_STEPS:
        raise InvalidInput(f"a recipe has 1 to {MAX_STEPS} steps", field="recipe.steps")
    return TableRecipe(tuple(_step(step, f"recipe.steps.{place}") for place, step in enumerate(steps)))


def table_operators() -> list[dict[str, Any]]:
    """Every operator with its group and the JSON Schema of its parameters, in the order to be shown."""
    return [
        {"key": key, "group": each.group, "is_again": each.is_again, "params_schema": schema_of(each)}
        for key, each in OPERATORS.items()
    ]


def _step(step: Any, where: str) -> TableOperator:
    if not isinstance(step, Mapping) or set(step) - {"op", "params"}:
        raise InvalidInput("a step is {op, params}", field=where)
    operator = OPERATORS.get(str(step.get("op")))
    if operator is None:
        raise InvalidInput("there is no such operator", field=f"{where}.op", known=list(OPERATORS))
    params = step.get("params", {})
    if not isinstance(params, Mapping):
        raise InvalidInput("an object is expected", field=f"{where}.params")
    _characters(params, where)
    return params_from(operator, params, within=f"{where}.params")


def _characters(params: Mapping[str, Any], where: str) -> None:
    """Zero bytes and halves of characters can stand in JSON, but in no cell."""
    for name, value in params.items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and ("\0" in text or (not text.isascii() and _is_halved(text))):
                raise InvalidInput(
                    "it holds characters that no cell can have", field=f"{where}.params.{name}"
                )


def _is_halved(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _params(step: TableOperator) -> dict[str, Any]:
    written = asdict(step)  # type: ignore[call-overload]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in written.items()}


def recipe_done(
    connection: "duckdb.DuckDBPyConnection",
    recipe: TableRecipe,
    relation: Relation,
    around: Around,
    *,
    learned: Sequence[State] | None = None,
    stored: str = "TEMP TABLE",
    is_lean: bool = False,
) -> Done:
    """Do every step, learning from the rows as the steps before left them, or with what was learned before.

    Rows of a heavy step are kept as `stored`, the last step's as well, and those of light steps now and then, until
    later rows are kept. `is_lean` keeps as little as it can: of a heavy step that takes rows or orders them their places,
    of the last step nothing; for a few questions afterwards. Raises InvalidInput.
    """
    done, places, held = Done(relation), 1, ""
    for place, step in enumerate(recipe.steps):
        try:
            state = step.fit(done.relation, around) if learned is None else learned[place]
            made = step.made(done.relation, state, around)
            if len(made.columns) > MAX_COLUMNS_MADE:
                raise InvalidInput(f"over {MAX_COLUMNS_MADE} columns would be left", field="columns")
        except InvalidInput as exc:
            raise _placed(exc, place) from exc
        is_last = place == len(recipe.steps) - 1 and not is_lean
        select, is_heavy = made.select, step.is_heavy
        if is_lean and is_heavy and made.places is not None:
            select, is_heavy = _placed_rows(connection, place, done.relation, made.places), False
        places *= _places(select)
        if is_kept := is_heavy or is_last or places > MAX_PLACES:
            places = 1
        connection.execute(f"CREATE {stored if is_kept else 'TEMP VIEW'} s{place} AS {select}")
        if is_kept and held:
            connection.execute(f"DROP TABLE {held}")
        held = f"s{place}" if is_kept else held
        done.relation = Relation(f"s{place}", made.columns)
        done.learned.append(state)
        is_unknown = done.touched is None or made.touched is None
        done.touched = None if is_unknown else frozenset({*(done.touched or ()), *(made.touched or ())})
        done.rows.append(int(rows(connection, f"SELECT count(*) FROM s{place}")[0][0]))
    return done


def _placed_rows(connection: "duckdb.DuckDBPyConnection", place: int, relation: Relation, places: str) -> str:
    """The rows of a step of which only the places are kept."""
    connection.execute(f"CREATE TEMP TABLE k{place} AS {places}")
    return f"SELECT r.* EXCLUDE (o), k.o FROM {relation.sql} r JOIN k{place} k ON k.p = r.o"


def _places(select: str) -> int:
    """How often the column that stands most often in a step stands there."""
    return max(Counter(re.findall(r"\bc\d+\b", select)).values(), default=1)


def _placed(exc: InvalidInput, place: int) -> InvalidInput:
    """The same refusal under the same code, naming the step."""
    params = dict(exc.params)
    where = next(iter(params.pop("fields", {})), "columns")
    detail = f"step {place + 1}: {exc.detail}"
    return type(exc)(detail, field=f"recipe.steps.{place}.params.{where}", step=place, **params)
