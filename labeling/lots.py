"""Judging a whole batch by a random part of it. Pure."""

import hashlib
import uuid
from collections.abc import Iterable


def drawn(ids: Iterable[uuid.UUID], seed: str, count: int) -> list[uuid.UUID]:
    """`count` of the ids, by chance and yet always the same ones for one seed; all where there are not so many."""

    def place(one: uuid.UUID) -> bytes:
        return hashlib.sha256(seed.encode() + one.bytes).digest()

    return sorted(ids, key=place)[:count]


def error_interval(wrong: int, judged: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of an error rate by Clopper and Pearson (1934), each end from 0 to 1.

    The part was drawn from a finite batch, which makes the interval wider than it had to be, never narrower.
    """
    if judged == 0:
        return 0.0, 1.0
    from scipy.special import betaincinv  # takes a quarter of a second to load

    outside = (1 - level) / 2
    low = 0.0 if wrong == 0 else float(betaincinv(wrong, judged - wrong + 1, outside))
    high = 1.0 if wrong == judged else float(betaincinv(wrong + 1, judged - wrong, 1 - outside))
    return low, high
