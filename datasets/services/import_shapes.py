"""From what a format says about a picture to the shapes of a sample."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from datasets.formats.base import Box, Draft, Problem
from datasets.formats.decoding.intake import Opened
from datasets.formats.decoding.texts import TextRead
from datasets.formats.decoding.wire import Decoded
from datasets.models import LabelClass, SampleState, Task

# Rounding in the tools that drew them; what sticks out further was drawn wrong.
_TOLERANCE_PX: Final = 2.0
_LEFT_OUT: Final = (
    "labels of a kind that the data set does not take are left out; import into one of that task"
)


@dataclass(frozen=True, slots=True)
class Said:
    """The annotation of one sample to be: shapes as the API shows them, and whether it counts as labeled."""

    shapes: tuple[dict[str, Any], ...] = ()
    is_labeled: bool = False
    is_reviewed: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def labels(self) -> list[str]:
        """The classes, each once, in order."""
        return list(dict.fromkeys(shape["label"] for shape in self.shapes))

    @property
    def state(self) -> SampleState:
        """How far the sample is with this."""
        if not self.is_labeled:
            return SampleState.UNLABELED
        return SampleState.REVIEWED if self.is_reviewed else SampleState.LABELED


def said_of(draft: Draft, decoded: Opened, *, task: str, classes: Mapping[str, LabelClass]) -> Said:
    """Keeps what fits the task; what does not is a problem, and the sample comes in all the same."""
    if isinstance(decoded, TextRead):
        return _text_said(draft, decoded, task, classes)
    if task == Task.IMAGE_CLASSIFICATION:
        return _class_said(draft, classes)
    if draft.label is not None and not draft.boxes:
        return Said()
    return _boxes_said(draft, decoded, classes)


def _class_said(draft: Draft, classes: Mapping[str, LabelClass]) -> Said:
    labels = {draft.label} if draft.label is not None else {box.label for box in draft.boxes}
    if not labels:
        return Said()
    if len(labels) > 1:
        problem = Problem(
            "several_classes", draft.name, "several classes, but the data set takes one a picture"
        )
        return Said(problems=(problem,))
    row = classes[labels.pop()]
    return Said(
        ({"id": _new_id(), "kind": "class", "label": str(row.pk), "source": "import"},), is_labeled=True
    )


def _boxes_said(draft: Draft, decoded: Decoded, classes: Mapping[str, LabelClass]) -> Said:
    shapes: list[dict[str, Any]] = []
    problems: list[Problem] = []
    turned = _is_turned(draft, decoded)
    for box in draft.boxes_px(decoded.width, decoded.height):
        x, y, w, h = _upright(box, decoded) if turned else (box.x, box.y, box.w, box.h)
        corners = _inside(x, y, w, h, decoded)
        if corners is None:
            problems.append(Problem("box_outside", draft.name, "a box lies outside its picture"))
            continue
        label = str(classes[box.label].pk)
        shapes.append(
            {"id": _new_id(), "kind": "box", "label": label, "box": list(corners), "source": "import"}
        )
    # A picture whose every box was rejected is none on which somebody found nothing.
    is_labeled = draft.annotated and bool(shapes or not problems)
    return Said(tuple(shapes), is_labeled=is_labeled, problems=tuple(problems))


def _text_said(draft: Draft, text: TextRead, task: str, classes: Mapping[str, LabelClass]) -> Said:
    """Spans for named entities, classes else; of what the task has no place for a notice is left."""
    if task == Task.NER:
        kept, left_out = _spans_said(draft, text, classes), bool(draft.labels)
    else:
        kept, left_out = _classes_said(draft, task, classes), bool(draft.spans)
    if left_out:
        kept = replace(kept, problems=(*kept.problems, Problem("labels_left_out", draft.name, _LEFT_OUT)))
    return replace(kept, is_reviewed=bool(draft.origin and draft.origin.is_reviewed))


def _classes_said(draft: Draft, task: str, classes: Mapping[str, LabelClass]) -> Said:
    if not draft.labels:
        return Said()
    if len(draft.labels) > 1 and task != Task.TEXT_MULTILABEL:
        detail = "several classes, but the data set takes one a text"
        return Said(problems=(Problem("several_classes", draft.name, detail),))
    labels = dict.fromkeys(str(classes[label].pk) for label in draft.labels)
    shapes = ({"id": _new_id(), "kind": "class", "label": label, "source": "import"} for label in labels)
    return Said(tuple(shapes), is_labeled=True)


def _spans_said(draft: Draft, text: TextRead, classes: Mapping[str, LabelClass]) -> Said:
    inside = [span for span in draft.spans if 0 <= span.start < span.end <= text.characters]
    shapes = tuple(
        {
            "id": _new_id(),
            "kind": "span",
            "label": str(classes[span.label].pk),
            "start": span.start,
            "end": span.end,
            "source": "import",
        }
        for span in sorted(inside, key=lambda span: (span.start, span.end))
    )
    outside = Problem("span_invalid", draft.name, "a span does not lie in its text; mark it again")
    problems = (outside,) * (len(draft.spans) - len(inside))
    return Said(shapes, is_labeled=draft.annotated and bool(shapes or not problems), problems=problems)


def _is_turned(draft: Draft, decoded: Decoded) -> bool:
    """Whether the boxes were drawn on the picture as stored, before EXIF turned it upright."""
    sideways = decoded.orientation >= 5 and decoded.width != decoded.height
    return sideways and draft.stated_size == (decoded.height, decoded.width)


def _upright(box: Box, decoded: Decoded) -> tuple[float, float, float, float]:
    """A box on the stored picture (height x width of the upright one) moved to the upright one."""
    width, height = decoded.width, decoded.height
    x = width - box.y - box.h if decoded.orientation in (6, 7) else box.y
    y = height - box.x - box.w if decoded.orientation in (7, 8) else box.x
    return x, y, box.h, box.w


def _inside(
    x: float, y: float, w: float, h: float, decoded: Decoded
) -> tuple[float, float, float, float] | None:
    """The part inside the picture, unchanged when all of it is; None when hardly anything is."""
    left, top = max(x, 0.0), max(y, 0.0)
    right, bottom = min(x + w, float(decoded.width)), min(y + h, float(decoded.height))
    if right <= left or bottom <= top:
        return None
    sticks_out = max(left - x, top - y, x + w - right, y + h - bottom)
    if sticks_out > max(_TOLERANCE_PX, 0.5 * max(w, h)):
        return None
    if sticks_out <= 0:
        return x, y, w, h
    return left, top, right - left, bottom - top


def _new_id() -> str:
    return str(uuid.uuid4())
