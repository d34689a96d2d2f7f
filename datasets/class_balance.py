"""How often each class stands in two versions, before and after. Pure.

A sample counts once for each class that it carries, so the shares of classes add up to more than one where samples
carry several.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

PARTS: Final = ("train", "val", "test")
Side = tuple[Sequence[Mapping[str, Any]], Mapping[str, int]]


def balance_changes(after: Side, before: Side) -> list[dict[str, Any]]:
    """`{id, name, name_zh, change, all, train, val, test}` of every class that one of the versions has.

    A side is the classes of a version, `{id, name, name_zh, train, val, test}`, and its counts of samples. The parts
    are `{before, after, before_share, after_share}`, shares those of the samples of that part; `change` is `added`,
    `removed`, `renamed` or "". In the order of `after`, what went behind.
    """
    new, old = ({str(row["id"]): row for row in side[0]} for side in (after, before))
    return [
        _row(new.get(key), old.get(key), after[1], before[1])
        for key in [*new, *(key for key in old if key not in new)]
    ]


def _row(
    new: Mapping[str, Any] | None,
    old: Mapping[str, Any] | None,
    samples_after: Mapping[str, int],
    samples_before: Mapping[str, int],
) -> dict[str, Any]:
    named = new or old or {}
    return {
        "id": str(named["id"]),
        "name": named["name"],
        "name_zh": named.get("name_zh", ""),
        "change": _change(new, old),
        "all": _part(_whole(new), _whole(old), samples_after["samples"], samples_before["samples"]),
        **{
            part: _part(_of(new, part), _of(old, part), samples_after[part], samples_before[part])
            for part in PARTS
        },
    }


def _change(new: Mapping[str, Any] | None, old: Mapping[str, Any] | None) -> str:
    if new is None or old is None:
        return "added" if old is None else "removed"
    return "renamed" if new["name"] != old["name"] else ""


def _of(row: Mapping[str, Any] | None, part: str) -> int:
    return int(row.get(part, 0)) if row else 0


def _whole(row: Mapping[str, Any] | None) -> int:
    return sum(_of(row, part) for part in PARTS)


def _part(after: int, before: int, samples_after: int, samples_before: int) -> dict[str, float]:
    return {
        "before": before,
        "after": after,
        "before_share": round(before / samples_before, 6) if samples_before else 0.0,
        "after_share": round(after / samples_after, 6) if samples_after else 0.0,
    }
