"""Operators that look at other columns of the row. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from core.params import param, several
from datasets.preparation.base import Frame, Kind, State, Values, WideOperator, kind_of
from datasets.preparation.nodes import Nodes

MAX_PREDICTORS: Final = 30


@dataclass(frozen=True, slots=True)
class ImputeModel(WideOperator):
    """Fill missing numbers with what a ridge regression on other columns says, within what was seen.

    Predictors are centered, scaled to deviation 1, and their own gaps are 0, which is their mean; the same model as
    `impute_model` of `datasets.tables.clean`.
    """

    by: tuple[str, ...] = several((), "Told by", "all other numbers where none is named")
    ridge: float = param(0.001, "Ridge", "larger is more careful", minimum=1e-9, maximum=1000)

    key: ClassVar[str] = "impute_model"
    takes: ClassVar[frozenset[Kind]] = frozenset(("number",))

    def fit(self, name: str, frame: Frame) -> State:
        """Mean and limits, and of each predictor its name, mean, deviation and weight. Raises InvalidInput."""
        target = frame[name]
        seen = ~np.isnan(target)
        if not seen.any():
            return {"mean": 0.0, "low": 0.0, "high": 0.0, "weights": []}
        known = target[seen]
        state: State = {"mean": float(known.mean()), "low": float(known.min()), "high": float(known.max())}
        told = [(other, *_mean_and_spread(frame[other])) for other in self._predictors(name, frame)]
        told = [(other, mean, spread) for other, mean, spread in told if spread]
        if not told:
            return state | {"weights": []}
        z = np.stack([_standing(frame[other][seen], mean, spread) for other, mean, spread in told], axis=1)
        square = z.T @ z + self.ridge * len(known) * np.eye(len(told))
        weights = np.linalg.solve(square, z.T @ (known - state["mean"]))
        return state | {"weights": [[*one, float(w)] for one, w in zip(told, weights, strict=True)]}

    def _predictors(self, name: str, frame: Frame) -> list[str]:
        numbers = [other for other, values in frame.items() if kind_of(values) == "number" and other != name]
        if missing := [other for other in self.by if other not in numbers]:
            raise InvalidInput(f"there is no column {missing[0]} of numbers at this step", field="by")
        return list(self.by) or numbers[:MAX_PREDICTORS]

    def apply(self, name: str, frame: Frame, state: State) -> dict[str, Values]:
        """What is there stays."""
        said = np.full(len(frame[name]), state["mean"])
        for other, mean, spread, weight in state["weights"]:
            said = said + weight * _standing(frame[other], mean, spread)
        said = np.clip(said, state["low"], state["high"])
        return {name: np.where(np.isnan(frame[name]), said, frame[name])}

    def emit(self, name: str, tensors: Mapping[str, str], state: State, nodes: Nodes) -> dict[str, str]:
        """A sum of products, cut with Clip."""
        # Zeros of the batch's length: a constant alone has none.
        missing = nodes.add("Cast", nodes.add("IsNaN", tensors[name]), to=11)
        said = nodes.arithmetic("Add", nodes.arithmetic("Mul", missing, 0.0), state["mean"])
        for other, mean, spread, weight in state["weights"]:
            moved = nodes.arithmetic("Div", nodes.arithmetic("Sub", tensors[other], mean), spread)
            standing = nodes.where_missing(tensors[other], nodes.number(0.0), moved)
            said = nodes.add("Add", said, nodes.arithmetic("Mul", standing, weight))
        cut = nodes.add("Clip", said, nodes.number(state["low"]), nodes.number(state["high"]))
        return {name: nodes.where_missing(tensors[name], cut, tensors[name])}


def _mean_and_spread(values: Values) -> tuple[float, float]:
    there = values[~np.isnan(values)]
    if not len(there) or there.min() == there.max():
        return 0.0, 0.0
    return float(there.mean()), float(there.std())


def _standing(values: Values, mean: float, spread: float) -> NDArray[np.float64]:
    standing: NDArray[np.float64] = np.where(np.isnan(values), 0.0, (values - mean) / spread)
    return standing


WIDE_OPERATORS: Final[dict[str, type[WideOperator]]] = {ImputeModel.key: ImputeModel}
