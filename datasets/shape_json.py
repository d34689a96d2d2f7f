"""The shapes of a sample as one JSON value inside a larger query."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Field, Func, JSONField

from core.sql import is_postgresql, uuid_text
from datasets.geometry import FIELD_OF_KIND

_TEXT = (
    "'id', {id}, 'kind', s.kind, 'label', {label}, 'source', s.source, 'score', s.score, 'box', {box}, "
    "'geometry', {geometry}"
)
# What a shape may say beside its box; kept as one object and shown beside the other members.
_GEOMETRY: Final = (*FIELD_OF_KIND.values(), "start", "end", "relations", "attributes")
_GEOMETRY_NAMES: Final = frozenset(_GEOMETRY)


class ShapesJson(Func):
    """`ShapesJson("sample_id")`: a list of shapes in drawing order; `box`, `score`, `geometry` null where absent."""

    arity = 1
    output_field: "Field[Any, Any]" = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        """By jsonb_agg."""
        box = "CASE WHEN s.x IS NOT NULL THEN jsonb_build_array(s.x, s.y, s.w, s.h) END"
        fields = _TEXT.format(id="s.id", label="s.label_class_id", box=box, geometry="s.geometry")
        template = (
            f"(SELECT jsonb_agg(jsonb_build_object({fields}) ORDER BY s.position) "  # noqa: S608
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


def shapes_text(sample: str) -> str:
    """SQL for the shapes of the sample whose id the column `sample` (not of a table `s`) has, as the API shows them and in drawing order.

    The members of a JSON list without its brackets, null where there are none: written by the database in one
    go, so that nobody takes them apart on their way into an answer.
    """
    if is_postgresql():
        said = _written("s.id", "s.label_class_id", "to_json(s.score)", "json_build_array", "s.geometry")
        return (
            f"(SELECT string_agg({said}, ',' ORDER BY s.position) "  # noqa: S608
            f"FROM datasets_shape s WHERE s.sample_id = {sample})"
        )
    said = _written(
        uuid_text("s.id"),
        uuid_text("s.label_class_id"),
        "json_quote(s.score)",
        "json_array",
        "json(s.geometry)",
    )
    return (
        f"(SELECT group_concat({said}, ',') FROM (SELECT * FROM datasets_shape "  # noqa: S608
        f"WHERE sample_id = {sample} ORDER BY position) s)"
    )


def _written(shape: str, label: str, score: str, array: str, geometry: str) -> str:
    """SQL for the text of one shape. Kinds and sources are words of ours, without anything to escape."""
    return (
        f"""'{{"id":"' || {shape} || '","kind":"' || s.kind || '","label":"' || {label} """
        """|| '","source":"' || s.source || '"' """
        f"""|| CASE WHEN s.score IS NULL THEN '' ELSE ',"score":' || {score} END """
        f"""|| CASE WHEN s.x IS NULL THEN '' ELSE ',"box":' || {array}(s.x, s.y, s.w, s.h) END """
        # The members of the object behind ours: without its brace.
        f"""|| CASE WHEN s.geometry IS NULL OR CAST({geometry} AS text) IN ('{{}}', 'null') THEN '}}' """
        f"""ELSE ',' || substr(CAST({geometry} AS text), 2) END"""
    )


def shapes_from_rows(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """The value of `ShapesJson` as the API shows it: absent fields left out, geometry among the others."""
    return [_flat(row) for row in rows or []]


def geometry_of(shape: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of a shape as the API shows it is stored as its geometry."""
    if _GEOMETRY_NAMES.isdisjoint(shape):  # most are boxes
        return None
    kept = {name: shape[name] for name in _GEOMETRY if shape.get(name) is not None}
    return kept or None


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    geometry = row.pop("geometry", None) or {}
    return {name: value for name, value in row.items() if value is not None} | geometry
