"""Missing numbers told by the other columns of the row: a ridge regression. Pure.

Predictors are centered, scaled to deviation 1, and their own gaps are 0, which is their mean. One pass over the rows
sums what the normal equations need, so that nothing of the table is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from core.errors import InvalidInput
from core.params import param
from datasets.tables.clean.base import (
    Around,
    Made,
    Relation,
    State,
    TableOperator,
    columns_param,
    finite,
    in_place,
    number,
    projected,
)
from datasets.tables.kinds import Column

MAX_PREDICTORS: Final = 30
_NUMBERS: Final = ("number",)


@dataclass(frozen=True, slots=True)
class ImputeModel(TableOperator):
    """Fill missing numbers with what a linear model says that learned from the rows that have them."""

    columns: tuple[str, ...] = columns_param("Columns", "number")
    by: tuple[str, ...] = columns_param(
        "Told by", "number", is_optional=True, description="all other numbers where none is chosen"
    )
    ridge: float = param(0.001, "Ridge", "larger is more careful", minimum=1e-9, maximum=1000)

    key: ClassVar[str] = "impute_model"
    group: ClassVar[str] = "cells"

    def fit(self, relation: Relation, around: Around) -> State:
        """Of each column: mean, limits, and of each predictor its name, mean, deviation and weight."""
        return {"models": [self._learned(column, relation, around) for column in self._chosen(relation)]}

    def _chosen(self, relation: Relation) -> list[Column]:
        return relation.chosen(self.columns, kinds=_NUMBERS)

    def _learned(self, column: Column, relation: Relation, around: Around) -> dict[str, Any]:
        others = self._predictors(column, relation)
        figures = ", ".join(f"avg({c.value}), stddev_pop({c.value})" for c in others)
        found = around.ask(f"SELECT {figures} FROM {relation.sql}")[0]
        kept = [
            (other, found[2 * i], found[2 * i + 1])
            for i, other in enumerate(others)
            if found[2 * i + 1] and np.isfinite(found[2 * i + 1])
        ]
        count, mean, low, high = around.ask(
            f"SELECT count({column.value}), avg({column.value}), min({column.value}), max({column.value}) "
            f"FROM {relation.sql}"
        )[0]
        if not count or not kept:
            return {"mean": mean, "low": low, "high": high, "weights": []}
        weights = self._solved(column, relation, around, kept, mean, count)
        told = [[other.name, m, s, float(w)] for (other, m, s), w in zip(kept, weights, strict=True)]
        return {"mean": mean, "low": low, "high": high, "weights": told}

    def _predictors(self, column: Column, relation: Relation) -> list[Column]:
        if self.by:
            return [c for c in relation.chosen(self.by, "by", _NUMBERS) if c.index != column.index]
        others = [c for c in relation.columns if c.kind == "number" and c.index != column.index]
        if not others:
            raise InvalidInput("there is no other column of numbers that could tell it", field="by")
        return others[:MAX_PREDICTORS]

    def _solved(
        self,
        column: Column,
        relation: Relation,
        around: Around,
        kept: Sequence[tuple[Column, float, float]],
        mean: float,
        count: int,
    ) -> "np.ndarray[Any, Any]":
        """(Z'Z + ridge n I) w = Z'y over the rows that have the column."""
        places = range(len(kept))
        inner = ", ".join(f"{_standing(c.value, m, s)} AS z{i}" for i, (c, m, s) in enumerate(kept))
        sums = [f"sum(z{i} * z{j})" for i in places for j in range(i + 1)] + [
            f"sum(z{i} * y)" for i in places
        ]
        found = around.ask(
            f"SELECT {', '.join(sums)} FROM (SELECT {inner}, {column.value} - {number(mean)} AS y "
            f"FROM {relation.sql} WHERE {column.value} IS NOT NULL)"
        )[0]
        size = len(kept)
        square = np.zeros((size, size))
        square[np.tril_indices(size)] = found[:-size]
        square = square + np.tril(square, -1).T + self.ridge * count * np.eye(size)
        right = np.array(found[-size:], np.float64)
        if not (np.isfinite(square).all() and np.isfinite(right).all()):
            return np.zeros(size)
        return np.linalg.solve(square, right)

    def made(self, relation: Relation, state: State, around: Around) -> Made:
        """coalesce(x, the model's word within what was seen)."""
        cells = {}
        for column, model in zip(self._chosen(relation), state["models"], strict=True):
            if model["mean"] is None:
                continue
            terms = [number(model["mean"])]
            for name, mean, spread, weight in model["weights"]:
                other = relation.named(name, "by", _NUMBERS)
                terms.append(f"{number(weight)} * {_standing(other.value, mean, spread)}")
            said = f"greatest(least({' + '.join(terms)}, {number(model['high'])}), {number(model['low'])})"
            cells[column.index] = [in_place(column, f"coalesce({column.value}, {finite(said)})")]
        return projected(relation, cells)


def _standing(value: str, mean: float, spread: float) -> str:
    return f"coalesce(({value} - {number(mean)}) / {number(spread)}, 0)"
