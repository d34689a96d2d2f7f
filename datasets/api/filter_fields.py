"""Which samples, as bodies of requests say it: a line of the filter language, or an object of filters."""

import re
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from datasets.selectors.samples import FILTERS

MAX_FILTER: Final = 2_000
_WANTED: Final = (
    'send a line of the filter language, such as "tag:rainy", '
    'or an object of the filters of the sample list, such as {{"tag": "rainy"}}'
)
# Of FILTERS, those that the filter language has by the same name and the same values.
_SPOKEN: Final = ("label", "state", "split", "finding", "tag", "assignee")
# No database takes these.
_NO_TEXT: Final = re.compile("[\x00\ud800-\udfff]")
_FORMS: Final = {
    "oneOf": [
        {"type": "string", "maxLength": MAX_FILTER},
        {"type": "object", "additionalProperties": {"type": "string", "maxLength": MAX_FILTER}},
    ],
    "description": "A line of the filter language, such as `tag:rainy size>100kb`, or an object of the filters of the "
    'sample list, such as `{"tag": "rainy"}`.',
}


class _Filter(serializers.Field[Any, Any, Any, Any]):
    default_error_messages = {
        "wanted": _WANTED,
        "unknown": "there is no filter {name}; there are: {known}",
        "text": "{name} takes a text of real characters",
        "long": f"a filter has at most {MAX_FILTER} characters",
        "unspoken": "{name} cannot be asked here; write a line of the filter language",
    }

    known: tuple[str, ...] = FILTERS

    def conditions(self, data: Any) -> dict[str, str]:
        """Filters of the sample list by their names; an empty line is none. Raises ValidationError."""
        if isinstance(data, str):
            data = {"filter": data} if data.strip() else {}
        if not isinstance(data, dict):
            self.fail("wanted")
        return {name: self.text(name, value) for name, value in data.items()}

    def text(self, name: str, value: Any) -> str:
        """The value of one filter. Raises ValidationError."""
        if name not in self.known:
            self.fail("unknown", name=repr(str(name)[:60]), known=", ".join(self.known))
        if isinstance(value, bool | int | float):
            value = str(value).lower()
        if not isinstance(value, str) or _NO_TEXT.search(value):
            self.fail("text", name=name)
        if len(value) > MAX_FILTER:
            self.fail("long")
        return value

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value


@extend_schema_field(_FORMS)
class FilterField(_Filter):
    """Both forms, as the filters of the sample list by their names; `more` are names that mean something here besides."""

    def __init__(self, *, more: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(**options)
        self.known = (*FILTERS, *more)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """Raises ValidationError."""
        return self.conditions(data)


@extend_schema_field(_FORMS)
class FilterLineField(_Filter):
    """Both forms, as a line; an object may hold what the filter language says by the same name."""

    def to_internal_value(self, data: Any) -> str:
        """Raises ValidationError."""
        if isinstance(data, str):
            return self.text("filter", data).strip()
        return " ".join(self._said(name, value) for name, value in self.conditions(data).items() if value)

    def _said(self, name: str, value: str) -> str:
        if name == "filter":
            return f"({value})"
        if name not in _SPOKEN:
            self.fail("unspoken", name=name)
        return f"{name}:{','.join(map(_quoted, value.split(',')))}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
