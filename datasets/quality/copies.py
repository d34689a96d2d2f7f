"""Groups of copies as a finding tells of them. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

# A finding is no list: so many groups, each by so many of its rows, are laid side by side.
GROUPS_SHOWN: Final = 24
ROWS_SHOWN: Final = 6


def grouped(groups: Iterable[Sequence[int]]) -> tuple[list[int], dict[str, Any]]:
    """The rows of all groups in order, and the figures: how many groups, and the first of them, the largest first."""
    listed = sorted(groups, key=lambda rows: (-len(rows), min(rows)))
    examples = [sorted(rows)[:ROWS_SHOWN] for rows in listed[:GROUPS_SHOWN]]
    return sorted(row for rows in listed for row in rows), {"groups": len(listed), "examples": examples}
