"""What the cells of a row say, whoever wrote them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from datasets.formats.names import split_of
from datasets.formats.tables import labels_of
from datasets.geometry.forms import attributes_from
from datasets.origins import STATES, Origin, State, moment_of, person_of

_LABEL_KEYS: Final = ("label", "category", "class", "categories", "labels", "category_id")
_BOX_KEYS: Final = ("bbox", "box", "bboxes", "boxes")


def text_of(raw: Any) -> str:
    """A cell of text or of a whole number; empty for anything else."""
    return str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""


def name_of(raw: Any, names: Sequence[str], *, is_whole: bool = False) -> str | None:
    """The class in a cell; a number is one of `names`, itself without any, and none below 0."""
    if isinstance(raw, bool) or raw is None:
        return None
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, int):
        if raw < 0 or (names and raw >= len(names)):
            return None
        return names[raw] if names else str(raw)
    return (raw.strip() if is_whole else raw) if isinstance(raw, str) and raw.strip() else None


def names_of(raw: Any, names: Sequence[str], *, several: bool) -> list[str]:
    """The classes in a cell of a class, or of a list of some."""
    if isinstance(raw, list):
        return [name for one in raw if (name := name_of(one, names)) is not None]
    if isinstance(raw, str) and several:
        return labels_of(raw, several=True)
    name = name_of(raw, names, is_whole=True)
    return [] if name is None else [name]


def split_in_cell(raw: Any) -> str:
    """`train`, `val` or `test`; empty for anything else."""
    return split_of(raw) if isinstance(raw, str) else ""


def objects_of(raw: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a cell: a list of structures, or a structure of lists as Hugging Face wrote sequences."""
    if isinstance(raw, dict):
        lists = {key: value for key, value in raw.items() if isinstance(value, list)}
        count = max(map(len, lists.values()), default=0)
        raw = [{key: value[i] for key, value in lists.items() if i < len(value)} for i in range(count)]
    for one in raw if isinstance(raw, list) else ():
        yield one if isinstance(one, dict) else {}


def label_in(one: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """The class of an object or of a span."""
    return name_of(next((one[key] for key in _LABEL_KEYS if one.get(key) is not None), None), names)


def box_in(one: Mapping[str, Any]) -> Sequence[Any] | None:
    """x, y, w, h of an object as it has them; None for none."""
    found = next((one[key] for key in _BOX_KEYS if one.get(key) is not None), None)
    if isinstance(found, dict):
        found = [found.get(key) for key in ("x", "y", "w", "h")]
    return found if isinstance(found, list) else None


def attributes_in(one: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The attributes of an object."""
    rows = one.get("attributes")
    if isinstance(rows, list):
        rows = {row.get("name"): row.get("value") for row in rows if isinstance(row, dict)}
    return attributes_from(rows)


def origin_in(raw: Any) -> Origin | None:
    """Who labeled it elsewhere, and when."""
    if not isinstance(raw, dict):
        return None
    state: State = next((state for state in STATES if state == raw.get("state")), "")
    people = person_of(raw.get("annotator")), person_of(raw.get("reviewer"))
    origin = Origin(*people, moment_of(raw.get("at")), state, person_of(raw.get("tool")))
    return None if origin == Origin() else origin
