"""A recipe is data: an ordered list of `{op, columns, params}`. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from core.params import params_from, schema_of
from datasets.preparation.base import ColumnOperator, Frame, RowOperator, State, Values, WideOperator, kind_of
from datasets.preparation.columns import COLUMN_OPERATORS
from datasets.preparation.nodes import Nodes
from datasets.preparation.rows import ROW_OPERATORS
from datasets.preparation.wide import WIDE_OPERATORS

MAX_STEPS: Final = 64
Columns = ColumnOperator | WideOperator
Operator = Columns | RowOperator
# What the graph has nodes for.
SERVED: Final[dict[str, type[Columns]]] = {**COLUMN_OPERATORS, **WIDE_OPERATORS}


@dataclass(frozen=True, slots=True)
class Step:
    """An operator and the columns it is for, in their order; operators on rows name none."""

    operator: Operator
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """One column operator with what it learned of one column."""

    operator: Columns
    column: str
    state: State

    @classmethod
    def learned(cls, operator: Columns, column: str, frame: Frame) -> "Applied":
        """Learn from the rows of a frame."""
        if isinstance(operator, WideOperator):
            return cls(operator, column, operator.fit(column, frame))
        return cls(operator, column, operator.fit(frame[column]))

    def done(self, frame: Frame) -> dict[str, Values]:
        """The frame afterwards."""
        if isinstance(self.operator, WideOperator):
            made = self.operator.apply(self.column, frame, self.state)
        else:
            made = self.operator.apply(self.column, frame[self.column], self.state)
        return _replaced(frame, self.column, made)

    def emitted(self, tensors: Mapping[str, str], nodes: Nodes) -> dict[str, str]:
        """The tensors afterwards."""
        if isinstance(self.operator, WideOperator):
            made = self.operator.emit(self.column, tensors, self.state, nodes)
        else:
            made = self.operator.emit(self.column, tensors[self.column], self.state, nodes)
        return _replaced(tensors, self.column, made)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A recipe after the training rows: the columns it takes, what is done to them, and those it leaves.

    `words` are the ones among `names` that no model could take.
    """

    inputs: tuple[tuple[str, str], ...]
    applied: tuple[Applied, ...]
    names: tuple[str, ...]
    words: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises InvalidInput while words are left."""
        if self.words:
            raise InvalidInput(
                f"{self.words[0]} still holds words; make numbers of them or drop it",
                columns=list(self.words),
            )

    def frame(self, frame: Frame) -> dict[str, Values]:
        """The columns afterwards."""
        made = {name: frame[name] for name, _ in self.inputs}
        for one in self.applied:
            made = one.done(made)
        return made

    def features(self, frame: Frame) -> NDArray[np.float32]:
        """(N, features), in the order of `names`. Raises InvalidInput while words are left."""
        self.check()
        made = self.frame(frame)
        rows = len(next(iter(frame.values()), ()))
        columns = [made[name] for name in self.names]
        return np.stack(columns, axis=1).astype(np.float32) if columns else np.zeros((rows, 0), np.float32)

    def to_json(self) -> dict[str, Any]:
        """All of it; enough to build the graph again."""
        return {
            "inputs": [list(pair) for pair in self.inputs],
            "names": list(self.names),
            "words": list(self.words),
            "applied": [
                {
                    "op": one.operator.key,
                    "params": asdict(one.operator),  # type: ignore[call-overload]
                    "column": one.column,
                    "state": one.state,
                }
                for one in self.applied
            ],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Fitted":
        """The inverse of `to_json`."""
        applied = tuple(
            Applied(params_from(SERVED[one["op"]], one["params"]), one["column"], one["state"])
            for one in body["applied"]
        )
        inputs = tuple((name, kind) for name, kind in body["inputs"])
        return cls(inputs, applied, tuple(body["names"]), tuple(body["words"]))


@dataclass(frozen=True, slots=True)
class Recipe:
    """Steps in their order."""

    steps: tuple[Step, ...] = ()

    def fit(self, train: Frame) -> Fitted:
        """Learn every step from the training rows as the steps before left them. Raises InvalidInput."""
        frame, applied, _ = self._run(train)
        inputs = tuple((name, kind_of(values)) for name, values in train.items())
        words = tuple(name for name, values in frame.items() if kind_of(values) == "words")
        return Fitted(inputs, tuple(applied), tuple(frame), words)

    def rows(self, frame: Frame) -> NDArray[np.int64]:
        """Which rows are left to learn from, by their places."""
        return self._run(frame)[2]

    def _run(self, train: Frame) -> tuple[dict[str, Values], list[Applied], NDArray[np.int64]]:
        """Every step: the columns left, what was learned of each, and the places of the rows left."""
        frame: dict[str, Values] = dict(train)
        applied: list[Applied] = []
        places = np.arange(len(next(iter(frame.values()), ())))
        for place, step in enumerate(self.steps):
            if isinstance(step.operator, RowOperator):
                kept = step.operator.keep(frame)
                frame = {name: values[kept] for name, values in frame.items()}
                places = places[kept]
                continue
            for column in step.columns:
                _check(step.operator, column, frame, place)
                one = Applied.learned(step.operator, column, frame)
                applied.append(one)
                frame = one.done(frame)
        return frame, applied, places

    def to_json(self) -> list[dict[str, Any]]:
        """As stored: every parameter written out."""
        return [
            {
                "op": step.operator.key,
                "columns": list(step.columns),
                "params": asdict(step.operator),  # type: ignore[call-overload]
            }
            for step in self.steps
        ]


def recipe_from(steps: Any) -> Recipe:
    """Check and build. Raises InvalidInput naming the field at fault, as `steps.2.params.method`."""
    if not isinstance(steps, list) or len(steps) > MAX_STEPS:
        raise InvalidInput(f"a recipe is a list of at most {MAX_STEPS} steps", field="steps")
    return Recipe(tuple(_step(step, place) for place, step in enumerate(steps)))


def operators_described() -> list[dict[str, Any]]:
    """Every operator with the JSON Schema of its parameters."""
    return [
        {
            "key": key,
            "on": "rows" if key in ROW_OPERATORS else "columns",
            "params_schema": schema_of(operator),
        }
        for key, operator in {**SERVED, **ROW_OPERATORS}.items()
    ]


def _step(step: Any, place: int) -> Step:
    where = f"steps.{place}"
    if not isinstance(step, dict) or set(step) - {"op", "columns", "params"}:
        raise InvalidInput("a step is {op, columns, params}", field=where)
    known: dict[str, type[Any]] = {**SERVED, **ROW_OPERATORS}
    operator = known.get(str(step.get("op")))
    if operator is None:
        raise InvalidInput("unknown operator", field=f"{where}.op", known=list(known))
    columns, params = step.get("columns", []), step.get("params", {})
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise InvalidInput("columns are a list of names", field=f"{where}.columns")
    if not isinstance(params, dict):
        raise InvalidInput("params are an object", field=f"{where}.params")
    if bool(columns) == issubclass(operator, RowOperator):
        raise InvalidInput("operators on columns name them, those on rows do not", field=f"{where}.columns")
    return Step(params_from(operator, params, within=f"{where}.params"), tuple(columns))


def _check(operator: Columns, column: str, frame: Frame, place: int) -> None:
    if column not in frame:
        raise InvalidInput(f"there is no column {column} at this step", field=f"steps.{place}.columns")
    if kind_of(frame[column]) not in operator.takes:
        raise InvalidInput(
            f"{column} holds {kind_of(frame[column])}, which {operator.key} does not take",
            field=f"steps.{place}.columns",
        )


def _replaced(frame: Mapping[str, Any], column: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """`made` in the place of `column`. Raises InvalidInput for a name that is there already."""
    if taken := [name for name in made if name != column and name in frame]:
        raise InvalidInput(f"there is a column {taken[0]} already")
    after: dict[str, Any] = {}
    for name, values in frame.items():
        after |= made if name == column else {name: values}
    return after
