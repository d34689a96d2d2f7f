"""From what a format says about a picture to the shapes of a sample."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from core.ids import uuid4_text
from datasets.attributes import said_together
from datasets.formats.base import Box, Draft, Problem, Region
from datasets.formats.decoding.intake import Opened
from datasets.formats.decoding.texts import TextRead
from datasets.formats.decoding.wire import Decoded, Heard
from datasets.formats.upright import upright
from datasets.geometry import FormRefused
from datasets.geometry.placing import KINDS_OF_TASK, bounds_cut
from datasets.geometry.stretches import stretch_from
from datasets.models import SampleState, Task
from datasets.origins import Origin
from datasets.relations import MAX_TYPES, Link, links_json

# Rounding in the tools that drew them; what sticks out further was drawn wrong.
_TOLERANCE_PX: Final = 2.0
_TOLERANCE_S: Final = 0.1
_DETAILS: Final = {
    "box_outside": "a shape lies outside its picture",
    "mask_size": "a mask is not of the size of its picture; export both again",
    "shape_unsupported": "a shape without an area has no place in this task; draw a box around the object",
    "geometry_reduced": "a shape that this task has no place for became the box around it; "
    "a data set for segmentation or key points keeps it",
    "relation_invalid": f"a schema has at most {MAX_TYPES} relation types, and this relation is of one more; "
    "delete types that are not needed",
    "region_invalid": "a region does not lie in its recording; mark it again",
    "labels_left_out": "labels of a kind that the data set does not take are left out; import into one of that task",
}


@dataclass(frozen=True, slots=True)
class Said:
    """The annotation of one sample to be: shapes as the API shows them, and whether it counts as labeled."""

    shapes: tuple[dict[str, Any], ...] = ()
    is_labeled: bool = False
    problems: tuple[Problem, ...] = ()
    origin: Origin | None = None

    @property
    def is_skipped(self) -> bool:
        """Whether nothing is said because somebody skipped it elsewhere."""
        return not self.is_labeled and self.origin is not None and self.origin.state == "skipped"

    @property
    def labels(self) -> list[str]:
        """The classes, each once, in order."""
        return list(dict.fromkeys(shape["label"] for shape in self.shapes))

    @property
    def state(self) -> SampleState:
        """How far the sample is with this."""
        if not self.is_labeled:
            return SampleState.UNLABELED
        is_reviewed = self.origin is not None and self.origin.is_reviewed
        return SampleState.REVIEWED if is_reviewed else SampleState.LABELED


def said_of(
    draft: Draft,
    decoded: Opened,
    *,
    task: str,
    ids: Mapping[str, str],
    types: Mapping[str, str] | None = None,
) -> Said:
    """Keeps what fits the task; what does not is a problem, and the sample comes in all the same.

    `ids` are those of the classes by name, as text, `types` those of the relation types.
    """
    said = _said(draft, decoded, task, ids, types or {})
    return said if draft.origin is None else replace(said, origin=draft.origin)


def _said(draft: Draft, decoded: Opened, task: str, ids: Mapping[str, str], types: Mapping[str, str]) -> Said:
    if isinstance(decoded, TextRead) and task == Task.NER:
        return _noticed(_spans_said(draft, decoded, ids, types), draft, is_left_out=bool(draft.labels))
    if isinstance(decoded, TextRead):
        return _noticed(_classes_said(draft, task, ids), draft, is_left_out=bool(draft.spans))
    if isinstance(decoded, Heard):
        return _sound_said(draft, decoded, task, ids)
    if task == Task.IMAGE_CLASSIFICATION:
        return _class_said(draft, ids)
    if task == Task.IMAGE_MULTILABEL:
        return _several_said(draft, ids)
    if draft.labels or (draft.label is not None and not draft.boxes):
        return Said()
    return _boxes_said(draft, decoded, task, ids)


def _class_said(draft: Draft, ids: Mapping[str, str]) -> Said:
    labels = _labels(draft)
    if not labels:
        return Said()
    if len(labels) > 1:
        problem = Problem(
            "several_classes", draft.name, "several classes, but the data set takes one a sample"
        )
        return Said(problems=(problem,))
    return Said(_class_shapes(labels, draft, ids), is_labeled=True)


def _several_said(draft: Draft, ids: Mapping[str, str]) -> Said:
    """Every class that is on the picture, also those that only boxes name; somebody may have seen none of them."""
    labels = _labels(draft)
    return Said(_class_shapes(labels, draft, ids), is_labeled=bool(labels) or draft.annotated)


def _labels(draft: Draft) -> tuple[str, ...]:
    """The classes of the whole sample, each once, else those of its boxes."""
    told = draft.labels or (() if draft.label is None else (draft.label,))
    return tuple(dict.fromkeys(told or (box.label for box in draft.boxes)))


def _class_shapes(labels: Iterable[str], draft: Draft, ids: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    # Two names may be one class, so each id is said once.
    told: dict[str, dict[str, str]] = {}
    for label in labels:
        told[ids[label]] = said_together(told.get(ids[label], {}), dict(draft.about.get(label, ())))
    return tuple(
        {"id": uuid4_text(), "kind": "class", "label": one, "source": "import", **_beside(more)}
        for one, more in told.items()
    )


def _beside(attributes: Mapping[str, str]) -> dict[str, Any]:
    return {"attributes": dict(attributes)} if attributes else {}


def _boxes_said(draft: Draft, decoded: Decoded, task: str, ids: Mapping[str, str]) -> Said:
    shapes: list[dict[str, Any]] = []
    problems: list[Problem] = []
    turned, reduced = _is_turned(draft, decoded), 0
    size, kinds = (decoded.width, decoded.height), KINDS_OF_TASK[task]
    for told in draft.boxes_px(*size):
        box = upright(told, decoded.orientation, size) if turned else told
        box, is_reduced = box.fitted(kinds)
        reduced += is_reduced
        kept = _kept(box, decoded)
        if isinstance(kept, str):
            problems.append(Problem(kept, draft.name, _DETAILS[kept]))
            continue
        shapes.append(
            {"id": uuid4_text(), "kind": box.kind, "label": ids[box.label], "source": "import", **kept}
        )
    # A picture whose every box was rejected is none on which somebody found nothing.
    is_labeled = draft.annotated and bool(shapes or not problems)
    if reduced:
        problems.append(Problem("geometry_reduced", draft.name, _DETAILS["geometry_reduced"], reduced))
    return Said(tuple(shapes), is_labeled=is_labeled, problems=tuple(problems))


def _noticed(kept: Said, draft: Draft, *, is_left_out: bool) -> Said:
    """Of what the task has no place for a notice is left."""
    if not is_left_out:
        return kept
    notice = Problem("labels_left_out", draft.name, _DETAILS["labels_left_out"])
    return replace(kept, problems=(*kept.problems, notice))


def _classes_said(draft: Draft, task: str, ids: Mapping[str, str]) -> Said:
    if not draft.labels:
        return Said()
    if len(draft.labels) > 1 and task != Task.TEXT_MULTILABEL:
        detail = "several classes, but the data set takes one a text"
        return Said(problems=(Problem("several_classes", draft.name, detail),))
    return Said(_class_shapes(draft.labels, draft, ids), is_labeled=True)


def _spans_said(draft: Draft, text: TextRead, ids: Mapping[str, str], types: Mapping[str, str]) -> Said:
    inside = [
        (place, span)
        for place, span in enumerate(draft.spans)
        if 0 <= span.start < span.end <= text.characters
    ]
    keys = {place: uuid4_text() for place, _ in inside}
    links = _links_of(draft, keys, types)
    shapes = tuple(
        {
            "id": keys[place],
            "kind": "span",
            "label": ids[span.label],
            "start": span.start,
            "end": span.end,
            "source": "import",
            **links.get(place, {}),
            **_beside(dict(span.attributes)),
        }
        for place, span in sorted(inside, key=lambda one: (one[1].start, one[1].end))
    )
    outside = Problem("span_invalid", draft.name, "a span does not lie in its text; mark it again")
    problems = (outside,) * (len(draft.spans) - len(inside))
    is_labeled = draft.annotated and bool(shapes or not problems)
    return Said(shapes, is_labeled=is_labeled, problems=(*problems, *_typeless(draft, types)))


def _typeless(draft: Draft, types: Mapping[str, str]) -> tuple[Problem, ...]:
    """One for all relations of types that the schema had no room for."""
    count = sum(one.type not in types for one in draft.relations)
    return (Problem("relation_invalid", draft.name, _DETAILS["relation_invalid"], count),) if count else ()


def _sound_said(draft: Draft, heard: Heard, task: str, ids: Mapping[str, str]) -> Said:
    """Regions for sound events, a class else; of what the task has no place for a notice is left."""
    if task == Task.AUDIO_EVENTS:
        said, left_out = _regions_said(draft, heard, ids), bool(_labels(draft))
    else:
        said, left_out = _class_said(draft, ids), bool(draft.regions)
    return _noticed(said, draft, is_left_out=left_out)


def _regions_said(draft: Draft, heard: Heard, ids: Mapping[str, str]) -> Said:
    """Each class once at a place; what tools round at the end of a recording is cut off."""
    said: dict[tuple[str, float, float], dict[str, str]] = {}
    outside = 0
    for region in draft.regions:
        ends = _region_ends(region, heard.duration_s)
        if ends is None:
            outside += 1
            continue
        place = (ids[region.label], *ends)
        said[place] = said_together(said.get(place, {}), dict(region.attributes))
    shapes = tuple(
        {"id": uuid4_text(), "kind": "region", "label": label, "start": start, "end": end, "source": "import",
         **_beside(more)}
        for (label, start, end), more in sorted(said.items(), key=lambda row: row[0][1:])
    )  # fmt: skip
    problem = Problem("region_invalid", draft.name, _DETAILS["region_invalid"])
    problems = (problem,) * outside
    return Said(shapes, is_labeled=draft.annotated and bool(shapes or not problems), problems=problems)


def _region_ends(region: Region, duration_s: float) -> tuple[float, float] | None:
    end = duration_s if duration_s < region.end <= duration_s + _TOLERANCE_S else region.end
    try:
        return stretch_from(region.start, end, duration_s)
    except FormRefused:
        return None


def _links_of(
    draft: Draft, ids: Mapping[int, str], types: Mapping[str, str]
) -> dict[int, dict[str, list[dict[str, str]]]]:
    """The relations that begin at each span, by its place; those to a span that is not kept go with it."""
    links: dict[int, dict[Link, None]] = {}
    for one in draft.relations:
        if one.start in ids and one.end in ids and one.start != one.end and one.type in types:
            links.setdefault(one.start, {})[types[one.type], ids[one.end]] = None
    return {place: {"relations": links_json(tuple(said))} for place, said in links.items()}


def _kept(box: Box, decoded: Decoded) -> dict[str, Any] | str:
    """The place of a shape as the API shows it, on its picture; the code of the problem where it has none."""
    size = (decoded.width, decoded.height)
    attributes = _beside(dict(box.attributes))
    if box.form is None:
        if box.w <= 0 or box.h <= 0:
            return "shape_unsupported"
        corners = _inside(box.x, box.y, box.w, box.h, decoded)
        return "box_outside" if corners is None else {"box": list(corners), **attributes}
    if box.form.kind == "mask" and (box.form.value.width, box.form.value.height) != size:
        return "mask_size"
    form = box.form.inside(*size)
    edge = None if form is None else form.bounds()
    if form is None or edge is None or not _is_mostly_inside((box.x, box.y, box.w, box.h), size):
        return "box_outside"
    return {"box": list(bounds_cut(edge, size)), **form.to_json(), **attributes}


def _is_turned(draft: Draft, decoded: Decoded) -> bool:
    """Whether the boxes were drawn on the picture as stored, before EXIF turned it upright."""
    sideways = decoded.orientation >= 5 and decoded.width != decoded.height
    return sideways and draft.stated_size == (decoded.height, decoded.width)


def _inside(
    x: float, y: float, w: float, h: float, decoded: Decoded
) -> tuple[float, float, float, float] | None:
    """The part inside the picture, unchanged when all of it is; None when hardly anything is."""
    if x >= 0 and y >= 0 and x + w <= decoded.width and y + h <= decoded.height:
        return x, y, w, h
    left, top = max(x, 0.0), max(y, 0.0)
    right, bottom = min(x + w, float(decoded.width)), min(y + h, float(decoded.height))
    if right <= left or bottom <= top:
        return None
    if not _is_mostly_inside((x, y, w, h), (decoded.width, decoded.height)):
        return None
    return left, top, right - left, bottom - top


def _is_mostly_inside(bounds: tuple[float, float, float, float], size: tuple[float, float]) -> bool:
    x, y, w, h = bounds
    return max(-x, -y, x + w - size[0], y + h - size[1]) <= max(_TOLERANCE_PX, 0.5 * max(w, h))
