"""Operators on columns. Pure."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from core.params import param
from datasets.preparation.base import ColumnOperator, Kind, State, Values, kind_of
from datasets.preparation.nodes import Nodes

_DAY_S: Final = 86_400.0
_NUMBER: Final[frozenset[Kind]] = frozenset(("number",))
_WORDS: Final[frozenset[Kind]] = frozenset(("words",))
PARTS: Final = ("year", "month", "day", "weekday", "hour")


@dataclass(frozen=True, slots=True)
class Impute(ColumnOperator):
    """Fill what is missing."""

    method: str = param(
        "median", "Fill with", "mode for words", choices=("mean", "median", "mode", "constant")
    )
    number: float = param(0.0, "Number", "for a constant")
    text: str = param("missing", "Text", "for a constant in a column of words")
    mark: bool = param(False, "Mark what was filled", "adds a column of 0 and 1")

    key: ClassVar[str] = "impute"
    takes: ClassVar[frozenset[Kind]] = _NUMBER | _WORDS

    def fit(self, values: Values) -> State:
        """The filling. A column without any value is filled with the constant."""
        if kind_of(values) == "words":
            counted = Counter(value for value in values if value)
            most = min(counted, key=lambda word: (-counted[word], word), default=self.text)
            return {"fill": self.text if self.method == "constant" else most}
        there = values[~np.isnan(values)]
        if self.method == "constant" or not len(there):
            return {"fill": self.number}
        if self.method == "mode":
            found, counts = np.unique(there, return_counts=True)
            return {"fill": float(found[counts.argmax()])}
        return {"fill": float(there.mean() if self.method == "mean" else np.median(there))}

    def apply(self, name: str, values: Values, state: State) -> dict[str, Values]:
        """Filled, and marked where asked for."""
        is_missing = values == "" if kind_of(values) == "words" else np.isnan(values)
        filled = np.where(is_missing, state["fill"], values)
        made: dict[str, Values] = {name: filled.astype(values.dtype)}
        return made | ({f"{name} missing": is_missing.astype(np.float64)} if self.mark else {})

    def emit(self, name: str, tensor: str, state: State, nodes: Nodes) -> dict[str, str]:
        """Where."""
        if isinstance(state["fill"], str):
            is_missing, fill = nodes.add("Equal", tensor, nodes.word("")), nodes.word(state["fill"])
        else:
            is_missing, fill = nodes.add("IsNaN", tensor), nodes.number(state["fill"])
        made = {name: nodes.add("Where", is_missing, fill, tensor)}
        if self.mark:
            made[f"{name} missing"] = nodes.add("Cast", is_missing, to=11)
        return made


@dataclass(frozen=True, slots=True)
class Clip(ColumnOperator):
    """Bring far values to the quantiles of the training rows."""

    low: float = param(0.01, "From the quantile", "0 cuts nothing", minimum=0, maximum=0.5)
    high: float = param(0.99, "To the quantile", "1 cuts nothing", minimum=0.5, maximum=1)

    key: ClassVar[str] = "clip"
    takes: ClassVar[frozenset[Kind]] = _NUMBER

    def fit(self, values: Values) -> State:
        """The two ends."""
        there = values[~np.isnan(values)]
        low, high = np.quantile(there, [self.low, self.high]) if len(there) else (0.0, 0.0)
        return {"low": float(low), "high": float(high)}

    def apply(self, name: str, values: Values, state: State) -> dict[str, Values]:
        """Missing stays missing."""
        return {name: np.clip(values, state["low"], state["high"])}

    def emit(self, name: str, tensor: str, state: State, nodes: Nodes) -> dict[str, str]:
        """Clip of ONNX says nothing of NaN, so it is put back."""
        cut = nodes.add("Clip", tensor, nodes.number(state["low"]), nodes.number(state["high"]))
        return {name: nodes.where_missing(tensor, tensor, cut)}


@dataclass(frozen=True, slots=True)
class Scale(ColumnOperator):
    """To mean 0 and deviation 1, or to 0..1."""

    method: str = param("standard", "To", "of the training rows", choices=("standard", "minmax"))

    key: ClassVar[str] = "scale"
    takes: ClassVar[frozenset[Kind]] = _NUMBER

    def fit(self, values: Values) -> State:
        """Shift and divisor; a constant column is only shifted."""
        there = values[~np.isnan(values)]
        if not len(there):
            return {"shift": 0.0, "by": 1.0}
        if self.method == "standard":
            shift, by = float(there.mean()), float(there.std())
        else:
            shift, by = float(there.min()), float(there.max() - there.min())
        # The deviation of a constant is a rounding error, not 0.
        return {"shift": shift, "by": by if by and there.min() < there.max() else 1.0}

    def apply(self, name: str, values: Values, state: State) -> dict[str, Values]:
        """(x - shift) / by."""
        return {name: (values - state["shift"]) / state["by"]}

    def emit(self, name: str, tensor: str, state: State, nodes: Nodes) -> dict[str, str]:
        """Two nodes."""
        return {name: nodes.arithmetic("Div", nodes.arithmetic("Sub", tensor, state["shift"]), state["by"])}


@dataclass(frozen=True, slots=True)
class Bucket(ColumnOperator):
    """The number of the bucket, 0 to `count - 1`, between quantiles of the training rows."""

    count: int = param(5, "Buckets", "with about as many rows each", minimum=2, maximum=100)

    key: ClassVar[str] = "bucket"
    takes: ClassVar[frozenset[Kind]] = _NUMBER

    def fit(self, values: Values) -> State:
        """The edges between buckets, ascending, each once."""
        there = values[~np.isnan(values)]
        places = np.linspace(0, 1, self.count + 1)[1:-1]
        return {"edges": np.unique(np.quantile(there, places)).tolist() if len(there) else []}

    def apply(self, name: str, values: Values, state: State) -> dict[str, Values]:
        """How many edges are not above the value."""
        place = np.searchsorted(np.array(state["edges"]), values, side="right").astype(np.float64)
        return {name: np.where(np.isnan(values), np.nan, place)}

    def emit(self, name: str, tensor: str, state: State, nodes: Nodes) -> dict[str, str]:
        """A sum of comparisons."""
        total = nodes.arithmetic("Mul", tensor, 0.0)
        total = nodes.where_missing(total, nodes.number(0.0), total)
        for edge in state["edges"]:
            reached = nodes.add("GreaterOrEqual", tensor, nodes.number(edge))
            total = nodes.add("Add", total, nodes.add("Cast", reached, to=11))
        return {name: nodes.where_missing(tensor, tensor, total)}


@dataclass(frozen=True, slots=True)
class OneHot(ColumnOperator):
    """A column of 0 and 1 for each of the most frequent words; rare, new and missing words have none."""

    most: int = param(20, "At most", "words", minimum=1, maximum=500)

    key: ClassVar[str] = "one_hot"
    takes: ClassVar[frozenset[Kind]] = _WORDS

    def fit(self, values: Values) -> State:
        """The words, the most frequent first chosen, then in their own order."""
        counted = Counter(value for value in values if value)
        chosen = sorted(counted, key=lambda word: (-counted[word], word))[: self.most]
        return {"words": sorted(chosen)}

    def apply(self, name: str, values: Values, state: State) -> dict[str, Values]:
        """One column a word."""
        return {f"{name}={word}": (values == word).astype(np.float64) for word in state["words"]}

    def emit(self, name: str, tensor: str, state: State, nodes: Nodes) -> dict[str, str]:
        """Equal of strings."""
        return {
            f"{name}={word}": nodes.add("Cast", nodes.add("Equal", tensor, nodes.word(word)), to=11)
            for word in state["words"]
        }


@dataclass(frozen=True, slots=True)
class DateParts(ColumnOperator):
    """Year, month, day, weekday (Monday is 0) and hour of a date, in UTC."""

    parts: str = param("year,month,weekday", "Parts", "with commas: " + ", ".join(PARTS))

    key: ClassVar[str] = "date_parts"
    takes: ClassVar[frozenset[Kind]] = _NUMBER

    def __post_init__(self) -> None:
        if not self._wanted or set(self._wanted) - set(PARTS):
            raise InvalidInput("unknown part of a date", field="parts", known=list(PARTS))

    @property
    def _wanted(self) -> list[str]:
        return [part.strip() for part in self.parts.split(",") if part.strip()]

    def fit(self, values: Values) -> State:
        """Nothing is learned."""
        return {}

    def apply(self, name: str, values: Values, state: State) -> dict[str, Values]:
        """Each part as a number; missing stays missing."""
        made = _civil(_Numpy(), values)
        return {f"{name} {part}": made[part] for part in self._wanted}

    def emit(self, name: str, tensor: str, state: State, nodes: Nodes) -> dict[str, str]:
        """The same formula in nodes."""
        made = _civil(_InGraph(nodes), tensor)
        return {f"{name} {part}": made[part] for part in self._wanted}


class _Numpy:
    """Arithmetic on columns."""

    def floor_div(self, x: Any, by: float) -> Any:
        return np.floor(x / by)

    def mul(self, x: Any, by: float) -> Any:
        return x * by

    def plus(self, x: Any, other: Any) -> Any:
        return x + other

    def minus(self, x: Any, other: Any) -> Any:
        return x - other

    def at_least(self, x: Any, edge: float) -> Any:
        reached: NDArray[np.float64] = (x >= edge).astype(np.float64)
        return reached


class _InGraph:
    """The same on tensors."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    def floor_div(self, x: str, by: float) -> str:
        return self._nodes.add("Floor", self._nodes.arithmetic("Div", x, by))

    def mul(self, x: str, by: float) -> str:
        return self._nodes.arithmetic("Mul", x, by)

    def plus(self, x: str, other: str | float) -> str:
        return self._nodes.add("Add", x, self._operand(other))

    def minus(self, x: str, other: str | float) -> str:
        return self._nodes.add("Sub", x, self._operand(other))

    def at_least(self, x: str, edge: float) -> str:
        reached = self._nodes.add("GreaterOrEqual", x, self._nodes.number(edge))
        return self._nodes.add("Cast", reached, to=11)

    def _operand(self, other: str | float) -> str:
        return other if isinstance(other, str) else self._nodes.number(other)


def _civil(on: Any, seconds: Any) -> dict[str, Any]:
    """The proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms", civil_from_days).

    Whole numbers below 2^53 in float64, so every division here is exact where it must be; NaN runs through.
    """
    days = on.floor_div(seconds, _DAY_S)
    hour = on.floor_div(on.minus(seconds, on.mul(days, _DAY_S)), 3_600.0)
    shifted = on.plus(days, 719_468.0)
    era = on.floor_div(shifted, 146_097.0)
    doe = on.minus(shifted, on.mul(era, 146_097.0))
    leap = on.minus(on.minus(doe, on.floor_div(doe, 1_460.0)), on.floor_div(doe, 146_096.0))
    yoe = on.floor_div(on.plus(leap, on.floor_div(doe, 36_524.0)), 365.0)
    used = on.minus(on.plus(on.mul(yoe, 365.0), on.floor_div(yoe, 4.0)), on.floor_div(yoe, 100.0))
    doy = on.minus(doe, used)
    mp = on.floor_div(on.plus(on.mul(doy, 5.0), 2.0), 153.0)
    day = on.plus(on.minus(doy, on.floor_div(on.plus(on.mul(mp, 153.0), 2.0), 5.0)), 1.0)
    is_after = on.at_least(mp, 10.0)
    month = on.minus(on.plus(mp, 3.0), on.mul(is_after, 12.0))
    year = on.plus(on.plus(yoe, on.mul(era, 400.0)), is_after)
    since_monday = on.plus(days, 3.0)
    weekday = on.minus(since_monday, on.mul(on.floor_div(since_monday, 7.0), 7.0))
    return {"year": year, "month": month, "day": day, "weekday": weekday, "hour": hour}


@dataclass(frozen=True, slots=True)
class Drop(ColumnOperator):
    """Leave a column out."""

    key: ClassVar[str] = "drop"
    takes: ClassVar[frozenset[Kind]] = _NUMBER | _WORDS

    def fit(self, values: Values) -> State:
        """Nothing is learned."""
        return {}

    def apply(self, name: str, values: Values, state: State) -> dict[str, Values]:
        """None."""
        return {}

    def emit(self, name: str, tensor: str, state: State, nodes: Nodes) -> dict[str, str]:
        """None."""
        return {}


COLUMN_OPERATORS: Final[dict[str, type[ColumnOperator]]] = {
    operator.key: operator for operator in (Impute, Clip, Scale, Bucket, OneHot, DateParts, Drop)
}
