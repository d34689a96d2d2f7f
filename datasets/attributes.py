"""What may be said of an object, a span or a sample beside its class: the attributes a class has. Pure.

Values are texts wherever they are kept, so that every format that knows attributes keeps them as they are: a `bool` is
`true` or `false`, a `number` is written in digits, a `multi` is its options joined by `;` in the order of the class.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from datasets.geometry.forms import MAX_ATTRIBUTE, MAX_ATTRIBUTES

Kind = Literal["select", "multi", "bool", "number", "text"]
KINDS: Final[tuple[Kind, ...]] = ("select", "multi", "bool", "number", "text")
CHOSEN: Final = frozenset(("select", "multi"))
SEPARATOR: Final = ";"
MAX_OPTIONS: Final = 100
MAX_NAME: Final = 100
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class AttributesRefused(ValueError):
    """What was sent is no list of attributes; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One question about what has a class. `default` is the value that a new one begins with, empty for none."""

    name: str
    kind: Kind
    name_zh: str = ""
    options: tuple[str, ...] = ()
    default: str = ""
    is_required: bool = False

    def accepts(self, value: str) -> bool:
        """Whether the text is a value of this kind; an empty one is none."""
        if self.kind == "select":
            return value in self.options
        if self.kind == "multi":
            parts = value.split(SEPARATOR)
            return len(set(parts)) == len(parts) and set(parts) <= set(self.options)
        if self.kind == "bool":
            return value in ("true", "false")
        if self.kind == "number":
            return _NUMBER.fullmatch(value) is not None and math.isfinite(float(value))
        return len(value.strip()) > 0 and len(value) <= MAX_ATTRIBUTE

    def to_json(self) -> dict[str, Any]:
        """As the label schema and manifests show it."""
        return {
            "name": self.name,
            "name_zh": self.name_zh,
            "kind": self.kind,
            "options": list(self.options),
            "default": self.default,
            "required": self.is_required,
        }


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the values of one object do not answer its class: the attribute, and what it says instead of a value."""

    attribute: str
    value: str | None


def first_fault(attributes: Sequence[Attribute], values: Mapping[str, str]) -> Fault | None:
    """The first attribute that lacks its value or has one of another kind. Values of other names are left alone."""
    for attribute in attributes:
        value = values.get(attribute.name, "")
        if value == "" and attribute.is_required:
            return Fault(attribute.name, None)
        if value != "" and not attribute.accepts(value):
            return Fault(attribute.name, value)
    return None


def said_together(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """What is said beside two classes that become one; where both say something else, the value that sorts first.

    So it does not matter in which order they are met.
    """
    return {
        name: min(value for value in (one.get(name), other.get(name)) if value is not None)
        for name in {**one, **other}
    }


def attributes_of_class(raw: Any) -> tuple[Attribute, ...]:
    """What somebody sent as `[{name, kind, options, default, required}]`. Raises AttributesRefused."""
    if not isinstance(raw, list) or len(raw) > MAX_ATTRIBUTES:
        raise AttributesRefused(f"a class has a list of at most {MAX_ATTRIBUTES} attributes")
    found = tuple(_attribute(row) for row in raw)
    if len({one.name for one in found}) != len(found):
        raise AttributesRefused("two attributes of a class have the same name")
    return found


def _attribute(row: Any) -> Attribute:
    if not isinstance(row, Mapping):
        raise AttributesRefused("an attribute is an object with a name and a kind")
    kind = row.get("kind")
    if kind not in KINDS:
        raise AttributesRefused(f"the kind of an attribute is one of {', '.join(KINDS)}")
    made = Attribute(
        name=_text(row.get("name"), "name"),
        kind=cast(Kind, kind),
        name_zh=_text(row.get("name_zh") or "", "name_zh", least=0),
        options=_options(row.get("options") or []) if kind in CHOSEN else (),
        default=_text(row.get("default") or "", "default", least=0, most=MAX_ATTRIBUTE),
        is_required=row.get("required") is True,
    )
    if kind in CHOSEN and not made.options:
        raise AttributesRefused(f"the attribute {made.name} needs options to choose from")
    if made.default and not made.accepts(made.default):
        raise AttributesRefused(f"the default of the attribute {made.name} is none of its values")
    return made


def _options(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple) or len(raw) > MAX_OPTIONS:
        raise AttributesRefused(f"an attribute has a list of at most {MAX_OPTIONS} options")
    options = tuple(_text(value, "options") for value in raw)
    if len(set(options)) != len(options):
        raise AttributesRefused("two options of an attribute are the same")
    if any(SEPARATOR in option or "\n" in option for option in options):
        raise AttributesRefused(f"an option is one line without {SEPARATOR}")
    return options


def _text(value: Any, what: str, *, least: int = 1, most: int = MAX_NAME) -> str:
    text = value.strip() if isinstance(value, str) else None
    if text is None or not least <= len(text) <= most or "\x00" in text:
        raise AttributesRefused(f"the {what} of an attribute is a text of {least} to {most} characters")
    return text
