"""What an operator is. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datasets.preparation.nodes import Nodes

Kind = Literal["number", "words"]
Values = NDArray[Any]
Frame = Mapping[str, Values]
State = dict[str, Any]


class ColumnOperator(ABC):
    """Turns one column into some; every statement about `apply` holds for the nodes that `emit` adds."""

    key: ClassVar[str]
    takes: ClassVar[frozenset[Kind]]

    @abstractmethod
    def fit(self, values: Values) -> State:
        """What is learned from the training rows; JSON."""

    @abstractmethod
    def apply(self, name: str, values: Values, state: State) -> dict[str, Values]:
        """The columns that stand in the place of `name`."""

    @abstractmethod
    def emit(self, name: str, tensor: str, state: State, nodes: "Nodes") -> dict[str, str]:
        """The same as nodes: the names of the new columns with their tensors."""


class WideOperator(ABC):
    """Turns one column into another with the help of other columns of the row."""

    key: ClassVar[str]
    takes: ClassVar[frozenset[Kind]]

    @abstractmethod
    def fit(self, name: str, frame: Frame) -> State:
        """What is learned from the training rows; JSON."""

    @abstractmethod
    def apply(self, name: str, frame: Frame, state: State) -> dict[str, Values]:
        """The columns that stand in the place of `name`."""

    @abstractmethod
    def emit(self, name: str, tensors: Mapping[str, str], state: State, nodes: "Nodes") -> dict[str, str]:
        """The same as nodes."""


class RowOperator(ABC):
    """Chooses rows to learn from. Serving has one row and keeps it, so there is no graph."""

    key: ClassVar[str]

    @abstractmethod
    def keep(self, frame: Frame) -> NDArray[np.bool_]:
        """Which of the N rows stay."""


def kind_of(values: Values) -> Kind:
    """Numbers are float64, words are objects."""
    return "words" if values.dtype == object else "number"
