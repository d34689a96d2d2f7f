"""LabelMe: `<split>/<picture>` with a JSON beside each, and the classes in `labels.txt`."""

import base64
from collections.abc import Iterable
from typing import Any, Final

import orjson

from datasets.formats.pngs import png_of_mask
from datasets.formats.writers.base import (
    BOXES,
    CLASSES,
    INSTANCES,
    SEMANTIC,
    SEVERAL,
    ReadBlob,
    Stems,
    VersionWriter,
    ZipSink,
)
from datasets.formats.writers.shapes import fitted
from datasets.manifest import ManifestHeader, ManifestObject, ManifestSample

_TYPES: Final = {"rotated_box": "oriented_rectangle", "polygon": "polygon", "polyline": "linestrip"}
_OWN, _FLAGS = frozenset(("group_id", "description")), frozenset(("true", "false"))
_KINDS: Final = frozenset((*_TYPES, "mask"))


class LabelMeWriter(VersionWriter):
    """Every shape but key points as LabelMe's own, a class of the whole picture as the flag that is set."""

    key = "labelme"
    title = "LabelMe"
    tasks = frozenset((CLASSES, SEVERAL, BOXES, INSTANCES, SEMANTIC))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A picture and its JSON after the other, the list of classes at the end."""
        names, stems = {c.index: c.name for c in header.classes}, Stems(sink, read_blob)
        for sample in samples:
            name, free = stems.add(sample.split or "train", sample)
            sink.add_text(f"{free}.json", orjson.dumps(_document(name, sample, names, sink)))
        sink.add_text("labels.txt", "".join(f"{c.name}\n" for c in header.classes).encode())


def _document(name: str, sample: ManifestSample, names: dict[int, str], sink: ZipSink) -> dict[str, Any]:
    labels = () if sample.objects else sample.whole
    document: dict[str, Any] = {
        "version": "5.5.0",
        "flags": {names[label]: True for label in labels},
        "shapes": [
            _shape(names[item.label], item, sink, sample.name) for item in fitted(sample, sink, _KINDS)
        ],
        "imagePath": name.rpartition("/")[2],
        "imageData": None,
        "imageHeight": sample.height,
        "imageWidth": sample.width,
    }
    return document | ({"group": sample.group} if sample.group else {})


def _shape(label: str, item: ManifestObject, sink: ZipSink, where: str) -> dict[str, Any]:
    attributes = dict(item.attributes)
    lost = [name for name, value in item.attributes if name not in _OWN and value not in _FLAGS]
    sink.tell("attributes_dropped", where, int(bool(lost)))
    group = attributes.pop("group_id", "")
    return {
        "label": label,
        **_place(item),
        "group_id": int(group) if group.isascii() and group.isdigit() and len(group) < 10 else None,
        "description": attributes.pop("description", ""),
        "flags": {name: value == "true" for name, value in attributes.items() if value in _FLAGS},
    }


def _place(item: ManifestObject) -> dict[str, Any]:
    form, (x, y, w, h) = item.form, item.box
    if form is None:
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
