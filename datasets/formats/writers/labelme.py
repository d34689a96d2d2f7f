"""LabelMe: `<split>/<picture>` with a JSON beside each, and the classes in `labels.txt`."""

import base64
from collections.abc import Iterable
from typing import Any, Final

import orjson

from datasets.formats.pngs import png_of_mask
from datasets.formats.poses import FILE, HIDDEN, parts_of, skeletons_text
from datasets.formats.writers.base import (
    BOXES,
    CLASSES,
    INSTANCES,
    KEYPOINTS,
    SEMANTIC,
    SEVERAL,
    ReadBlob,
    Stems,
    VersionWriter,
    ZipSink,
)
from datasets.formats.writers.shapes import fitted
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample

_TYPES: Final = {"rotated_box": "oriented_rectangle", "polygon": "polygon", "polyline": "linestrip"}
_OWN, _FLAGS = frozenset(("group_id", "description")), frozenset(("true", "false"))
_KINDS: Final = frozenset((*_TYPES, "mask", "keypoints"))
# What LabelMe takes for a rectangle, where all key points lie on one line.
_THIN_PX: Final = 0.01


class LabelMeWriter(VersionWriter):
    """Every shape as LabelMe's own, a class of the whole picture as the flag that is set.

    Key points are points with the names of the parts, in one group with the rectangle that bears the class.
    """

    key = "labelme"
    title = "LabelMe"
    tasks = frozenset((CLASSES, SEVERAL, BOXES, INSTANCES, SEMANTIC, KEYPOINTS))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A picture and its JSON after the other, the list of classes at the end."""
        classes, stems = {c.index: c for c in header.classes}, Stems(sink, read_blob)
        for sample in samples:
            name, free = stems.add(sample.split or "train", sample)
            sink.add_text(f"{free}.json", orjson.dumps(_document(name, sample, classes, sink)))
        sink.add_text("labels.txt", "".join(f"{c.name}\n" for c in header.classes).encode())
        if skeletons := skeletons_text(header):
            sink.add_text(FILE, skeletons)


def _document(
    name: str, sample: ManifestSample, classes: dict[int, ManifestClass], sink: ZipSink
) -> dict[str, Any]:
    labels = () if sample.objects else sample.whole
    items = fitted(sample, sink, _KINDS)
    group = max((_group(dict(item.attributes)) or 0 for item in items), default=0)
    shapes: list[dict[str, Any]] = []
    for item in items:
        shape = _shape(classes[item.label].name, item, sink, sample.name)
        shapes.append(shape)
        if item.form is not None and item.form.kind == "keypoints":
            group += 1
            shape["group_id"] = group
            shapes += _points(item, classes[item.label], group)
    document: dict[str, Any] = {
        "version": "5.5.0",
        "flags": {classes[label].name: True for label in labels},
        "shapes": shapes,
        "imagePath": name.rpartition("/")[2],
        "imageData": None,
        "imageHeight": sample.height,
        "imageWidth": sample.width,
    }
    return document | ({"group": sample.group} if sample.group else {})


def _shape(label: str, item: ManifestObject, sink: ZipSink, where: str) -> dict[str, Any]:
    attributes = dict(item.attributes)
    is_posed = item.form is not None and item.form.kind == "keypoints"
    lost = [name for name, value in item.attributes if name not in _OWN and value not in _FLAGS]
    sink.tell("attributes_dropped", where, int(bool(lost) or (is_posed and "group_id" in attributes)))
    group = _group(attributes)
    attributes.pop("group_id", None)
    return {
        "label": label,
        **_place(item),
        "group_id": group,
        "description": attributes.pop("description", ""),
        "flags": {name: value == "true" for name, value in attributes.items() if value in _FLAGS},
    }


def _group(attributes: dict[str, str]) -> int | None:
    said = attributes.get("group_id", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _points(item: ManifestObject, row: ManifestClass, group: int) -> list[dict[str, Any]]:
    """The key points that are there, each a shape of its own."""
    found = () if item.form is None else parts_of(item.form, row.skeleton)
    return [
        {
            "label": name,
            "points": [[x, y]],
            "shape_type": "point",
            "group_id": group,
            "description": "",
            "flags": {HIDDEN: True} if is_hidden else {},
        }
        for name, x, y, is_hidden in found
    ]


def _place(item: ManifestObject) -> dict[str, Any]:
    form, (x, y, w, h) = item.form, item.box
    if form is None or form.kind == "keypoints":
        w, h = (w, h) if form is None else (max(w, _THIN_PX), max(h, _THIN_PX))
        return {"points": [[x, y], [x + w, y + h]], "shape_type": "rectangle"}
    if form.kind == "mask":
        left, top, w, h = map(int, item.box)
        region = form.value.mask()[top : top + h, left : left + w]
        encoded = base64.b64encode(png_of_mask(region)).decode()
        return {
            "points": [[left, top], [left + w - 1, top + h - 1]],
            "shape_type": "mask",
            "mask": encoded,
        }
    points = form.value[0] if form.kind == "polygon" else form.points
    return {"points": [list(point) for point in points], "shape_type": _TYPES[form.kind]}
