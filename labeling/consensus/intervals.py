"""Intervals of figures by drawing the samples again. Pure: numpy."""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labeling.consensus.figures import Floats

DRAWS = 1000
LEVEL = 0.95
_AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its interval; `samples` is what it rests on. None for what does not exist."""

    value: float | None
    low: float | None
    high: float | None
    samples: int

    def as_json(self) -> dict[str, float | int | None]:
        """As the API shows it."""
        return {"value": self.value, "low": self.low, "high": self.high, "samples": self.samples}


def figure_of(statistic: Callable[[Floats], Floats], weights: Floats, *, name: str) -> Figure:
    """The statistic of patterns seen `weights` (n) times, with its 95 % percentile interval.

    Nonparametric bootstrap over samples (Efron and Tibshirani 1993, ch. 13), 1,000 draws; the seed is the
    `name` of the figure, so that the same answers give the same interval. Draws for which the figure does not
    exist do not count; no interval from fewer than two samples or two such draws.
    """
    samples = round(float(weights.sum()))
    value = _finite(float(statistic(weights))) if samples else None
    if value is None or samples < 2:
        return Figure(value, None, None, samples)
    random = np.random.default_rng(zlib.crc32(name.encode()))
    shares = weights / weights.sum()
    drawn = [
        statistic(random.multinomial(samples, shares, size=_AT_ONCE).astype(np.float64))
        for _ in range(DRAWS // _AT_ONCE)
    ]
    found = np.concatenate(drawn)
    found = found[np.isfinite(found)]
    if len(found) < 2:
        return Figure(value, None, None, samples)
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Figure(value, float(low), float(high), samples)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
