"""The shapes of a sample as one JSON value inside a larger query."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from django.db.models import Field, Func, JSONField, TextField

from core.sql import uuid_text
from datasets.geometry import FIELD_OF_KIND

_TEXT = (
    "'id', {id}, 'kind', s.kind, 'label', {label}, 'source', s.source, 'score', s.score, 'box', {box}, "
    "'geometry', {geometry}"
)
# What a shape may say beside its box; kept as one object and shown beside the other members.
_GEOMETRY: Final = (*FIELD_OF_KIND.values(), "start", "end", "attributes")


class ShapesJson(Func):
    """`ShapesJson("sample_id")`: a list of shapes in drawing order; `box`, `score`, `geometry` null where absent."""

    arity = 1
    output_field: "Field[Any, Any]" = JSONField()

    json_type = "jsonb"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """By jsonb_agg or json_agg."""
        json = self.json_type
        box = f"CASE WHEN s.x IS NOT NULL THEN {json}_build_array(s.x, s.y, s.w, s.h) END"
        fields = _TEXT.format(id="s.id", label="s.label_class_id", box=box, geometry="s.geometry")
        template = (
            f"(SELECT {json}_agg({json}_build_object({fields}) ORDER BY s.position) "  # noqa: S608
            "FROM datasets_shape s WHERE s.sample_id = %(expressions)s)"
        )
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """By json_group_array, which takes rows in the order of its subquery."""
        box = "json(CASE WHEN s.x IS NOT NULL THEN json_array(s.x, s.y, s.w, s.h) END)"
        fields = _TEXT.format(
            id=uuid_text("s.id"), label=uuid_text("s.label_class_id"), box=box, geometry="json(s.geometry)"
        )
        template = (
            f"(SELECT json_group_array(json_object({fields})) FROM (SELECT * FROM datasets_shape "  # noqa: S608
            "WHERE sample_id = %(expressions)s ORDER BY position) s)"
        )
        return self.as_sql(compiler, connection, template=template, **context)


class ShapesText(ShapesJson):
    """The same as text, where a page of them is read at once: written once and read by the quicker reader."""

    output_field = TextField()
    json_type = "json"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """By json_agg: nobody looks into it there, so it need not be taken apart first."""
        sql, params = super().as_postgresql(compiler, connection, **context)
        return f"{sql}::text", params


def shapes_from_text(text: str | None) -> list[dict[str, Any]]:
    """The value of `ShapesText` as the API shows it."""
    return shapes_from_rows(orjson.loads(text) if text else None)


def shapes_from_rows(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """The value of `ShapesJson` as the API shows it: absent fields left out, geometry among the others."""
    return [_flat(row) for row in rows or []]


def geometry_of(shape: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of a shape as the API shows it is stored as its geometry."""
    kept = {name: shape[name] for name in _GEOMETRY if shape.get(name) is not None}
    return kept or None


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    geometry = row.pop("geometry", None) or {}
    return {name: value for name, value in row.items() if value is not None} | geometry
