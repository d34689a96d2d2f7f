"""A share and how sure it is. Pure."""

from math import sqrt
from typing import Final

# The 97.5 % point of the standard normal distribution.
_Z: Final = 1.959963984540054


def share_with_interval(right: int, total: int) -> tuple[float, float, float]:
    """`right` of `total` (at least 1), and the ends of its 95 % interval (Wilson 1927)."""
    share, square = right / total, _Z * _Z / total
    middle = (share + square / 2) / (1 + square)
    half = _Z / (1 + square) * sqrt(share * (1 - share) / total + square / (4 * total))
    return share, max(0.0, middle - half), min(1.0, middle + half)
