"""Operators on rows: what a model learns from. Pure."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from core.params import param
from datasets.preparation.base import Frame, RowOperator, kind_of


@dataclass(frozen=True, slots=True)
class Dedupe(RowOperator):
    """The first of rows that say the same."""

    key: ClassVar[str] = "dedupe"

    def keep(self, frame: Frame) -> NDArray[np.bool_]:
        """False for every later one."""
        digests = _digests(frame)
        first: dict[bytes, int] = {}
        for place, row in enumerate(digests):
            first.setdefault(row, place)
        kept = np.zeros(len(digests), np.bool_)
        kept[list(first.values())] = True
        return kept


@dataclass(frozen=True, slots=True)
class Filter(RowOperator):
    """Rows whose number lies between two values; a missing one does not."""

    column: str = param("", "Column", "of numbers")
    least: float = param(-1e308, "At least", "")
    most: float = param(1e308, "At most", "")

    key: ClassVar[str] = "filter"

    def keep(self, frame: Frame) -> NDArray[np.bool_]:
        """True inside, ends included. Raises InvalidInput."""
        values = frame.get(self.column)
        if values is None or kind_of(values) == "words":
            raise InvalidInput("a filter needs a column of numbers", field="column")
        inside: NDArray[np.bool_] = (values >= self.least) & (values <= self.most)
        return inside


@dataclass(frozen=True, slots=True)
class Sample(RowOperator):
    """A share of the rows, chosen by what they say: the same rows for the same seed in any order."""

    share: float = param(0.5, "Share", "of the rows", minimum=0, maximum=1)
    seed: int = param(0, "Seed", "", minimum=0)

    key: ClassVar[str] = "sample"

    def keep(self, frame: Frame) -> NDArray[np.bool_]:
        """By a hash of the seed and the row."""
        salt = str(self.seed).encode()
        draws = [hashlib.blake2b(row, digest_size=8, key=salt).digest() for row in _digests(frame)]
        return np.array([int.from_bytes(draw, "big") / 2**64 < self.share for draw in draws], np.bool_)


def _digests(frame: Frame) -> list[bytes]:
    columns = [values.tolist() for values in frame.values()]
    rows = zip(*columns, strict=True)
    return [hashlib.blake2b(repr(row).encode(), digest_size=16).digest() for row in rows]


ROW_OPERATORS: Final[dict[str, type[RowOperator]]] = {
    operator.key: operator for operator in (Dedupe, Filter, Sample)
}
