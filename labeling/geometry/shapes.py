"""Shapes as a client sends them: checked once, then trusted."""

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.errors import InvalidInput
from datasets.geometry import FIELD_OF_KIND, Form, FormRefused
from datasets.geometry.forms import attributes_from
from datasets.geometry.placing import BORDER_PX, KINDS_OF_TASK, ONE_CLASS_TASKS, SAID_ONCE, form_placed
from datasets.geometry.stretches import stretch_from
from datasets.relations import (
    LINK_FAULTS,
    MAX_RELATIONS,
    Link,
    RelationsRefused,
    RelationType,
    link_fault,
    links_from,
    links_json,
)

MAX_SHAPES = 20_000
SOURCES = frozenset({"human", "import", "model"})


class ShapeRefused(InvalidInput):
    """A shape is malformed, outside its sample, or not of the task's kind."""

    code = "shape_refused"


class RelationRefused(InvalidInput):
    """A relation leads nowhere, to its own span, is said twice, or is not for spans of these classes."""

    code = "relation_refused"


@dataclass(frozen=True)
class Shape:
    """One class mark, one box `(x, y, w, h)` in pixels of the upright image, one span of a text, or one region of a
    recording.

    `form` is what the shape is where it is more than a box; the box is the one around it then. `span` is the first
    code point and the one behind the last, of a region the seconds at which it begins and ends. `relations` are those
    that begin at a span: type, and the span they lead to.
    """

    id: str
    kind: str
    label: str
    box: tuple[float, float, float, float] | None = None
    source: str = "human"
    score: float | None = None
    form: Form | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    span: tuple[float, float] | None = None
    relations: tuple[Link, ...] = ()

    @property
    def extent(self) -> tuple[float, float, float, float] | None:
        """The box that says where it is: a span's or a region's is as long as it is and one high. None for a class mark."""
        if self.span is None:
            return self.box
        start, end = self.span
        return float(start), 0.0, float(end - start), 1.0

    def as_json(self) -> dict[str, Any]:
        """The same shape as clients read it."""
        shape: dict[str, Any] = {"id": self.id, "kind": self.kind, "label": self.label, "source": self.source}
        if self.box is not None:
            shape["box"] = list(self.box)
        if self.span is not None:
            shape["start"], shape["end"] = self.span
        if self.relations:
            shape["relations"] = links_json(self.relations)
        if self.score is not None:
            shape["score"] = self.score
        if self.form is not None:
            shape |= self.form.to_json()
        if self.attributes:
            shape["attributes"] = dict(self.attributes)
        return shape


@dataclass(frozen=True)
class Canvas:
    """What shapes are drawn on: the task, the size of the upright image in pixels, the code points of a text, or
    the seconds of a recording."""

    task: str
    width: float | None = None
    height: float | None = None
    characters: float | None = None
    duration_s: float | None = None


def canvas_of(task: str, payload: Mapping[str, Any]) -> Canvas:
    """The canvas of a sample, from what its payload says about its content."""
    names = ("width", "height", "characters", "duration_s")
    return Canvas(task, *(_number(payload.get(name)) for name in names))


def shapes_from_json(raw: object, canvas: Canvas) -> tuple[Shape, ...]:
    """Check what a client sent. Raises ShapeRefused naming the first bad shape by its index.

    Numbers are finite, boxes have an area and lie inside the image (half a pixel over the border is cut
    off), spans of whole code points inside the text, regions inside the recording, ids are distinct UUIDs, and the kind
    fits the task. Whether the class exists is not asked here, nor whether relations are for it; but they lead to another
    span of the answer, else RelationRefused.
    """
    if not isinstance(raw, list):
        raise ShapeRefused("shapes must be a list", field="shapes")
    if len(raw) > MAX_SHAPES:
        raise ShapeRefused("too many shapes for one sample", field="shapes", limit=MAX_SHAPES)
    shapes = tuple(_shape(row, index, canvas) for index, row in enumerate(raw))
    _check_distinct(shapes)
    check_links(shapes, None)
    return shapes


def check_links(shapes: Sequence[Shape], types: Mapping[str, RelationType] | None) -> None:
    """Whether relations lead from a span to another one that is there, each once, and with `types` as these allow.

    Raises RelationRefused, which names the span and the relation.
    """
    count = sum(len(shape.relations) for shape in shapes)
    if count == 0:
        return
    if count > MAX_RELATIONS:
        raise ShapeRefused("too many relations for one sample", field="shapes", limit=MAX_RELATIONS)
    index = {shape.id: place for place, shape in enumerate(shapes)}
    spans = {shape.id: (shape.label, shape.relations) for shape in shapes if shape.span is not None}
    fault = link_fault(spans, types)
    if fault is not None:
        raise RelationRefused(
            LINK_FAULTS[fault.fault],
            field="shapes",
            index=index[fault.span],
            shape=fault.span,
            fault=fault.fault,
            relation=fault.type,
            to=fault.to,
        )


def check_complete(shapes: Sequence[Shape], task: str) -> None:
    """Refuse a submission that does not answer its task. Raises ShapeRefused.

    A classification needs exactly one class. No box, no span, no region, or none of several classes, is an answer: nothing of
    interest is there.
    """
    if task in ONE_CLASS_TASKS and len(shapes) != 1:
        raise ShapeRefused("choose exactly one class before you submit", field="shapes", found=len(shapes))
    if task.endswith("_multilabel") and len({shape.label for shape in shapes}) != len(shapes):
        raise ShapeRefused("a class is given twice", field="shapes")


def _shape(row: object, index: int, canvas: Canvas) -> Shape:
    if not isinstance(row, dict):
        raise ShapeRefused("a shape must be an object", field="shapes", index=index)
    kind = row.get("kind")
    allowed = KINDS_OF_TASK.get(canvas.task, frozenset())
    if not isinstance(kind, str) or kind not in allowed:
        raise ShapeRefused(
            "this kind of shape does not fit the task", field="shapes", index=index, allowed=sorted(allowed)
        )
    source = row.get("source", "human")
    if not isinstance(source, str) or source not in SOURCES:
        raise ShapeRefused("a shape comes from human, import or model", field="shapes", index=index)
    form, box = _form(kind, row, index, canvas) if kind in FIELD_OF_KIND else (None, None)
    return Shape(
        id=_uuid(row.get("id"), "id", index),
        kind=kind,
        label=_uuid(row.get("label"), "label", index),
        box=_box(row.get("box"), index, canvas) if kind == "box" else box,
        source=source,
        score=_score(row.get("score"), index),
        form=form,
        attributes=attributes_from(row.get("attributes")),
        span=_STRETCHES[kind](row, index, canvas) if kind in _STRETCHES else None,
        relations=_links(row, index) if kind == "span" else (),
    )


def _links(row: Mapping[str, Any], index: int) -> tuple[Link, ...]:
    try:
        return links_from(row.get("relations"))
    except RelationsRefused as exc:
        raise ShapeRefused(str(exc), field="shapes", index=index) from exc


def _span(row: Mapping[str, Any], index: int, canvas: Canvas) -> tuple[int, int]:
    start, end = row.get("start"), row.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        raise ShapeRefused("a span goes from a character to a later one", field="shapes", index=index)
    if canvas.characters is not None and end > canvas.characters:
        raise ShapeRefused("a span must lie inside the text", field="shapes", index=index)
    return start, end


def _region(row: Mapping[str, Any], index: int, canvas: Canvas) -> tuple[float, float]:
    try:
        return stretch_from(row.get("start"), row.get("end"), canvas.duration_s)
    except FormRefused as exc:
        raise ShapeRefused(str(exc), field="shapes", index=index) from exc


_STRETCHES: Final = {"span": _span, "region": _region}


def _form(
    kind: str, row: Mapping[str, Any], index: int, canvas: Canvas
) -> tuple[Form, tuple[float, float, float, float]]:
    size = None if canvas.width is None or canvas.height is None else (canvas.width, canvas.height)
    try:
        return form_placed(kind, row, size)
    except FormRefused as exc:
        raise ShapeRefused(str(exc), field="shapes", index=index) from exc


def _uuid(value: object, name: str, index: int) -> str:
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else _refuse_uuid(name, index)
    except ValueError:
        return _refuse_uuid(name, index)


def _refuse_uuid(name: str, index: int) -> str:
    raise ShapeRefused(f"the {name} of a shape must be a UUID", field="shapes", index=index)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _score(value: object, index: int) -> float | None:
    if value is None:
        return None
    score = _number(value)
    if score is None or not 0 <= score <= 1:
        raise ShapeRefused("a score lies between 0 and 1", field="shapes", index=index)
    return score


def _box(value: object, index: int, canvas: Canvas) -> tuple[float, float, float, float]:
    numbers = [_number(part) for part in value] if isinstance(value, list) else []
    if len(numbers) != 4 or None in numbers:
        raise ShapeRefused("a box is four finite numbers [x, y, w, h]", field="shapes", index=index)
    x, y, w, h = (float(n) for n in numbers if n is not None)
    if canvas.width is not None and canvas.height is not None:
        x, w = _inside(x, w, canvas.width, index)
        y, h = _inside(y, h, canvas.height, index)
    if w <= 0 or h <= 0:
        raise ShapeRefused("a box needs a width and a height", field="shapes", index=index)
    return x, y, w, h


def _inside(start: float, length: float, limit: float, index: int) -> tuple[float, float]:
    end = start + length
    if start < -BORDER_PX or end > limit + BORDER_PX:
        raise ShapeRefused("a box must lie inside the image", field="shapes", index=index)
    low, high = max(start, 0.0), min(end, limit)
    return (start, length) if (low, high) == (start, end) else (low, high - low)


def _check_distinct(shapes: Sequence[Shape]) -> None:
    seen: set[tuple[object, ...]] = set()
    for index, shape in enumerate(shapes):
        keys: set[tuple[object, ...]] = {("id", shape.id)}
        if shape.kind in SAID_ONCE:
            keys.add((shape.label, shape.span))
        if keys & seen:
            raise ShapeRefused("two shapes are the same", field="shapes", index=index)
        seen |= keys
