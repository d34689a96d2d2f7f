"""Which kinds of shapes a task takes, and whether one lies on its picture. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from datasets.geometry.forms import FIELD_OF_KIND, Form, FormRefused, form_from
from datasets.geometry.rings import Bounds

_AREAS: Final = frozenset({"box", "rotated_box", "polygon", "mask"})
KINDS_OF_TASK: Final[Mapping[str, frozenset[str]]] = {
    "image_classification": frozenset({"class"}),
    "image_multilabel": frozenset({"class"}),
    "object_detection": frozenset({"box", "rotated_box"}),
    "semantic_segmentation": _AREAS | {"polyline"},
    "instance_segmentation": _AREAS | {"polyline"},
    "keypoints": frozenset({"box", "keypoints"}),
    "text_classification": frozenset({"class"}),
    "text_multilabel": frozenset({"class"}),
    "audio_classification": frozenset({"class"}),
    "ner": frozenset({"span"}),
    "audio_events": frozenset({"region"}),
}
# Tasks whose answer is one class, no more and no less.
ONE_CLASS_TASKS: Final = frozenset({"image_classification", "text_classification", "audio_classification"})
# Kinds that say nothing more when they are said twice of one class and place; marks of pictures may lie on each other.
SAID_ONCE: Final = frozenset({"class", "span", "region"})
# How far a drawn shape may stick out before it is refused instead of cut.
BORDER_PX: Final = 0.5


def form_placed(kind: str, row: Mapping[str, Any], size: tuple[float, float] | None) -> tuple[Form, Bounds]:
    """The form a client sent as the field of its kind, and the box around the part that is on the picture.

    `size` is the width and height of the upright picture, None where there is none to lie on. Half a pixel
    over the border is cut off. Raises FormRefused.
    """
    form = form_from(kind, row.get(FIELD_OF_KIND[kind]))
    bounds = form.bounds()
    if bounds is None:
        raise FormRefused("a mask needs a pixel that is set")
    if size is None:
        return form, bounds
    is_cut = kind not in ("mask", "rotated_box")
    if is_cut and _sticks_out(bounds, size) > BORDER_PX:
        raise FormRefused("a shape must lie inside the image")
    kept = form.inside(*size)
    edge = None if kept is None else kept.bounds()
    if kept is None or edge is None:
        raise FormRefused(
            "a mask must be of the size of the image, and any other shape must lie inside of it"
        )
    return kept, bounds_cut(edge, size)


def bounds_cut(bounds: Bounds, size: tuple[float, float]) -> Bounds:
    """The part of a box on a picture of width and height `size`, itself when all of it is."""
    if _sticks_out(bounds, size) <= 0:
        return bounds
    left, top = max(bounds[0], 0.0), max(bounds[1], 0.0)
    right, bottom = min(bounds[0] + bounds[2], size[0]), min(bounds[1] + bounds[3], size[1])
    return left, top, max(0.0, right - left), max(0.0, bottom - top)


def _sticks_out(bounds: Bounds, size: tuple[float, float]) -> float:
    x, y, w, h = bounds
    return max(-x, -y, x + w - size[0], y + h - size[1])
