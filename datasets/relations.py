"""Relations between spans of a text: directed links of a type. Pure.

A span keeps those that begin at it, `relations: [{"type", "to"}]`: the id of a relation type of the label schema and
the id of another span of the sample. So a span that goes takes its own along, and whoever knows spans knows them.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

MAX_TYPES: Final = 100
MAX_NAME: Final = 100
MAX_RELATIONS: Final = 20_000
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")

# The type, and the span it leads to.
Link = tuple[str, str]
Fault = Literal["unknown_span", "to_itself", "twice", "unknown_type", "classes"]


LINK_FAULTS: Final[Mapping[Fault, str]] = {
    "unknown_span": "a relation leads to a span that is not there; mark it, or delete the relation",
    "to_itself": "a relation leads from a span to itself; choose another span",
    "twice": "a relation is said twice; delete one",
    "unknown_type": "a relation is of a type that is not in the schema; choose another one",
    "classes": "spans of these classes cannot have this relation; choose another one, or other classes",
}


class RelationsRefused(ValueError):
    """What was sent is no list of relation types, or of relations; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class RelationType:
    """What spans may be to one another. `from_classes` and `to_classes` are ids of classes; empty stands for all."""

    id: str
    name: str
    name_zh: str = ""
    color: str = ""
    from_classes: tuple[str, ...] = ()
    to_classes: tuple[str, ...] = ()

    def allows(self, label: str, to: str) -> bool:
        """Whether a span of the class `label` may have it to one of the class `to`."""
        return (not self.from_classes or label in self.from_classes) and (
            not self.to_classes or to in self.to_classes
        )

    def renamed(self, classes: Mapping[str, str]) -> "RelationType":
        """With other classes; those that are not named stay."""
        return replace(
            self,
            from_classes=tuple(dict.fromkeys(classes.get(one, one) for one in self.from_classes)),
            to_classes=tuple(dict.fromkeys(classes.get(one, one) for one in self.to_classes)),
        )

    def moved_to(self, classes: Mapping[str, str]) -> "RelationType | None":
        """For a data set with these classes; None when all that it led from, or to, stay behind.

        An empty side means every class, so a side may not become empty.
        """
        sides = [
            tuple(one for one in side if one in classes) for side in (self.from_classes, self.to_classes)
        ]
        if (self.from_classes and not sides[0]) or (self.to_classes and not sides[1]):
            return None
        return replace(self, from_classes=sides[0], to_classes=sides[1]).renamed(classes)

    def to_json(self) -> dict[str, Any]:
        """As the label schema and manifests show it."""
        return {
            "id": self.id,
            "name": self.name,
            "name_zh": self.name_zh,
            "color": self.color,
            "from_classes": list(self.from_classes),
            "to_classes": list(self.to_classes),
        }


@dataclass(frozen=True, slots=True)
class LinkFault:
    """Why a relation cannot be: the span it begins at, its type, and the span it leads to."""

    fault: Fault
    span: str
    type: str
    to: str


def relation_types_of(raw: Any) -> tuple[RelationType, ...]:
    """What somebody sent as `[{id, name, name_zh, color, from_classes, to_classes}]`. Raises RelationsRefused."""
    if not isinstance(raw, list | tuple) or len(raw) > MAX_TYPES:
        raise RelationsRefused(f"a schema has a list of at most {MAX_TYPES} relation types")
    found = tuple(map(_type, raw))
    if len({one.id for one in found}) != len(found):
        raise RelationsRefused("two relation types have the same id")
    return found


def links_from(raw: Any) -> tuple[Link, ...]:
    """What somebody sent as the relations of a span. Raises RelationsRefused."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise RelationsRefused("the relations of a span are a list")
    if len(raw) > MAX_RELATIONS:
        raise RelationsRefused(f"a text has at most {MAX_RELATIONS} relations")
    return tuple(_link(row) for row in raw)


def links_json(links: Sequence[Link]) -> list[dict[str, str]]:
    """The inverse of `links_from`."""
    return [{"type": kind, "to": to} for kind, to in links]


def link_fault(
    spans: Mapping[str, tuple[str, Sequence[Link]]], types: Mapping[str, RelationType] | None
) -> LinkFault | None:
    """The first relation that cannot be. `spans`: id -> class and relations. Without `types` these are not asked."""
    for span, (label, links) in spans.items():
        seen: set[Link] = set()
        for kind, to in links:
            fault = _fault((kind, to), span, label, spans, types)
            if fault is None and (kind, to) in seen:
                fault = "twice"
            if fault is not None:
                return LinkFault(fault, span, kind, to)
            seen.add((kind, to))
    return None


def relinked(
    place: Mapping[str, Any], own: str, to: Mapping[str, str], types: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What holds the relations of the span `own`, with the spans that they lead to called as in `to`.

    Those that lead to a span that is not there, to itself, or that are said already, go.
    """
    rest = {name: value for name, value in place.items() if name != "relations"}
    kept: dict[Link, None] = {}
    for link in place.get("relations") or ():
        target, kind = to.get(str(link["to"])), str(link["type"])
        if target is not None and target != own:
            kept[(types or {}).get(kind, kind), target] = None
    return {**rest, "relations": links_json(tuple(kept))} if kept else rest


def _fault(
    link: Link,
    span: str,
    label: str,
    spans: Mapping[str, tuple[str, Sequence[Link]]],
    types: Mapping[str, RelationType] | None,
) -> Fault | None:
    kind, to = link
    if to == span:
        return "to_itself"
    if to not in spans:
        return "unknown_span"
    if types is None:
        return None
    if kind not in types:
        return "unknown_type"
    return None if types[kind].allows(label, spans[to][0]) else "classes"


def _link(row: Any) -> Link:
    if not isinstance(row, Mapping):
        raise RelationsRefused("a relation is an object with a type and the span it leads to")
    return _uuid(row.get("type"), "type of a relation"), _uuid(row.get("to"), "span that a relation leads to")


def _type(row: Any) -> RelationType:
    if not isinstance(row, Mapping):
        raise RelationsRefused("a relation type is an object with a name")
    color = row.get("color") or ""
    if not isinstance(color, str) or (color and not _COLOR.fullmatch(color)):
        raise RelationsRefused("a color is #rrggbb")
    return RelationType(
        _uuid(row.get("id"), "id of a relation type"),
        _text(row.get("name"), "name"),
        _text(row.get("name_zh") or "", "Chinese name", least=0),
        color,
        _classes(row.get("from_classes") or ()),
        _classes(row.get("to_classes") or ()),
    )


def _classes(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple):
        raise RelationsRefused("the classes of a relation type are a list of ids")
    return tuple(dict.fromkeys(_uuid(one, "class of a relation type") for one in raw))


def _uuid(value: Any, what: str) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError as exc:
        raise RelationsRefused(f"the {what} must be a UUID") from exc


def _text(value: Any, what: str, *, least: int = 1) -> str:
    text = value.strip() if isinstance(value, str) else None
    if text is None or not least <= len(text) <= MAX_NAME or "\x00" in text:
        raise RelationsRefused(f"the {what} of a relation type is a text of {least} to {MAX_NAME} characters")
    return text
