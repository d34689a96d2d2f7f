"""Parameters as frozen dataclasses with bounds, and the JSON Schema a form is made of. Pure."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, field, fields
from typing import Any, TypeVar

from core.errors import InvalidInput

P = TypeVar("P")
_JSON_TYPES = {int: "integer", float: "number", bool: "boolean", str: "string", tuple: "array"}
MAX_ITEMS = 200
MAX_ITEM_CHARACTERS = 200


def param(
    default: int | float | bool | str,
    title: str,
    description: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[Any, ...] = (),
    multiple_of: int | None = None,
    format: str = "",
) -> Any:
    """A dataclass field that knows its bounds; `format` tells a form what a text names."""
    limits = {"minimum": minimum, "maximum": maximum, "multipleOf": multiple_of}
    schema: dict[str, Any] = {"title": title, "description": description, "default": default}
    schema.update({key: value for key, value in limits.items() if value is not None})
    if choices:
        schema["enum"] = list(choices)
    if format:
        schema["format"] = format
    return field(default=default, metadata={"schema": schema})


def several(
    default: tuple[str, ...], title: str, description: str, *, choices: tuple[str, ...] = (), **more: Any
) -> Any:
    """A dataclass field that is a list of texts, each once; `more` are further keywords of its schema."""
    items: dict[str, Any] = {"type": "string", "maxLength": MAX_ITEM_CHARACTERS}
    items |= {"enum": list(choices)} if choices else {}
    schema: dict[str, Any] = {"title": title, "description": description, "default": list(default)}
    schema |= {"items": items, "maxItems": MAX_ITEMS, "uniqueItems": True, **more}
    return field(default=default, metadata={"schema": schema})


def schema_of(params: type[Any]) -> dict[str, Any]:
    """The JSON Schema of a dataclass made of `param` fields."""
    properties = {
        entry.name: {"type": _JSON_TYPES[_type(entry)], **entry.metadata["schema"]}
        for entry in fields(params)
    }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def params_from(params: type[P], values: Mapping[str, Any], *, within: str = "params") -> P:
    """Build and check. Raises InvalidInput naming each field at fault, below the name `within`."""
    known = {entry.name: entry for entry in fields(params)}  # type: ignore[arg-type]
    problems = {name: ["there is no such parameter"] for name in values if name not in known}
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name in known:
            problem = _problem(known[name], value)
            if problem:
                problems[name] = [problem]
            else:
                checked[name] = _type(known[name])(value)
    if problems:
        first = next(iter(problems.items()))
        raise InvalidInput(
            f"{first[0]}: {first[1][0]}", fields={f"{within}.{k}": v for k, v in problems.items()}
        )
    return params(**checked)


def _problem(entry: "Field[Any]", value: Any) -> str | None:
    schema, wanted = entry.metadata["schema"], _type(entry)
    if not _fits(wanted, value):
        return f"a value of type {_JSON_TYPES[wanted]} is expected"
    if wanted is tuple:
        return _list_problem(schema, value)
    if "enum" in schema and value not in schema["enum"]:
        return "one of " + ", ".join(map(str, schema["enum"])) + " is expected"
    if value is not True and value is not False and isinstance(value, int | float):
        return _out_of_bounds(schema, value)
    return None


def _list_problem(schema: Mapping[str, Any], value: Any) -> str | None:
    known = schema["items"].get("enum")
    if len(value) > MAX_ITEMS or len(set(value)) < len(value):
        return f"a list of at most {MAX_ITEMS} different texts is expected"
    if any(len(one) > MAX_ITEM_CHARACTERS for one in value):
        return f"texts of at most {MAX_ITEM_CHARACTERS} characters are expected"
    if known is not None and any(one not in known for one in value):
        return "only " + ", ".join(known) + " can be in it"
    return None


def _fits(wanted: type, value: Any) -> bool:
    if wanted is tuple:
        return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and value == value
    return type(value) is wanted


def _out_of_bounds(schema: Mapping[str, Any], value: float) -> str | None:
    if "minimum" in schema and value < schema["minimum"]:
        return f"at least {schema['minimum']} is expected"
    if "maximum" in schema and value > schema["maximum"]:
        return f"at most {schema['maximum']} is expected"
    if "multipleOf" in schema and value % schema["multipleOf"]:
        return f"a multiple of {schema['multipleOf']} is expected"
    return None


def _type(entry: "Field[Any]") -> type:
    if entry.default is MISSING:
        raise TypeError(f"{entry.name} has no default")
    return type(entry.default)
