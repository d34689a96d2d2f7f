"""Groups of copies as a finding tells of them. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

# A finding is no list: so many groups, each by so many of its rows, are laid side by side.
GROUPS_SHOWN: Final = 24
ROWS_SHOWN: Final = 6


def grouped(
    groups: Iterable[Sequence[int]], apart: Sequence[Any] | None = None
) -> tuple[list[int], dict[str, Any]]:
    """The rows of all groups in order, and the figures: how many groups, the first of them and their sizes, largest first.

    `apart` says of every row what must not differ within a group: of each value one row is shown before a second one.
    """
    listed = sorted(groups, key=lambda rows: (-len(rows), min(rows)))
    first = listed[:GROUPS_SHOWN]
    figures = {
        "groups": len(listed),
        "examples": [_shown(rows, apart) for rows in first],
        "sizes": [len(rows) for rows in first],
    }
    return sorted(row for rows in listed for row in rows), figures


def _shown(rows: Sequence[int], apart: Sequence[Any] | None) -> list[int]:
    ordered = sorted(rows)
    if apart is not None:
        lowest = {apart[row]: row for row in reversed(ordered)}
        ordered.sort(key=lambda row: lowest[apart[row]] != row)
    return ordered[:ROWS_SHOWN]
