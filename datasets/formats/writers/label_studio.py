"""Label Studio: `tasks.json`, pictures in `images/`, and a labeling configuration with the classes."""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import orjson

from datasets.formats.brush import brush_packed
from datasets.formats.poses import FILE, HIDDEN, names_of, parts_of, skeletons_text
from datasets.formats.writers.base import (
    BOXES,
    INSTANCES,
    KEYPOINTS,
    SEMANTIC,
    SEVERAL,
    ReadBlob,
    VersionWriter,
    ZipSink,
    file_name,
)
from datasets.formats.writers.base import CLASSES as WHOLE
from datasets.formats.writers.opinions import annotation_of
from datasets.formats.writers.shapes import fitted
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample
from datasets.origins import Origin

_KINDS: Final = frozenset(("rotated_box", "polygon", "mask", "keypoints"))
# A rectangle has sides, also where all key points lie on one line.
_THIN_PX: Final = 0.01
_POINT_PERCENT: Final = 0.5
_TAGS: Final = {"rectanglelabels": "label", "polygonlabels": "polygon", "brushlabels": "brush"}
_RECTANGLES: Final = ("RectangleLabels", "Label", "label")
_OUTLINES: Final = (("PolygonLabels", "Label", "polygon"), ("BrushLabels", "Label", "brush"))
_CONTROLS: Final = {
    WHOLE: (("Choices", "Choice", "choice"),),
    SEVERAL: (("Choices", "Choice", "choice"),),
    BOXES: (_RECTANGLES,),
    INSTANCES: (_RECTANGLES, *_OUTLINES),
    SEMANTIC: (_RECTANGLES, *_OUTLINES),
    KEYPOINTS: (_RECTANGLES,),
}


class LabelStudioWriter(VersionWriter):
    """Shapes in percent, masks as brushes, a class of the whole picture as a choice; splits and groups in `data`.

    Key points are results of their own that hang on the rectangle of their object. A polygon of several rings becomes
    its mask; lines and attributes have no place and are told.
    """

    key = "label_studio"
    title = "Label Studio"
    tasks = frozenset((WHOLE, SEVERAL, BOXES, INSTANCES, SEMANTIC, KEYPOINTS))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, the tasks at the end; of each picture only its finished text is held."""
        classes = {c.index: c for c in header.classes}
        tasks: list[bytes] = []
        parts = dict.fromkeys(name for c in header.classes for name in names_of(c.skeleton, 0))
        for number, sample in enumerate(samples, start=1):
            name = f"images/{sample.split or 'train'}/{file_name(sample)}"
            name = sink.add_sample(name, sample, read_blob)
            results = _results(number, sample, classes, sink)
            parts |= {row["value"]["keypointlabels"][0]: None for row in results if "parentID" in row}
            tasks.append(orjson.dumps(_task(number, name, sample, results)))
        sink.add_text("tasks.json", b"[" + b",\n".join(tasks) + b"]\n")
        sink.add_text("label_config.xml", _config(header, parts).encode())
        if skeletons := skeletons_text(header):
            sink.add_text(FILE, skeletons)

    def holds(self, origin: Origin) -> bool:
        """Everything."""
        return True


def _task(number: int, name: str, sample: ManifestSample, results: list[dict[str, Any]]) -> dict[str, Any]:
    data = {"image": name, "split": sample.split or "train"}
    return {
        "id": number,
        "data": data | ({"group": sample.group} if sample.group else {}),
        "annotations": [annotation_of(results, sample.origin)],
        "predictions": [],
    }


def _results(
    number: int, sample: ManifestSample, classes: dict[int, ManifestClass], sink: ZipSink
) -> list[dict[str, Any]]:
    """The choice or the shapes of a picture; key points come after the rectangle that they hang on."""
    said = [] if sample.objects else [classes[label].name for label in sample.whole]
    results = [_choice(number, said)] if said else []
    for i, item in enumerate(fitted(sample, sink, _KINDS, attributes=False)):
        row = classes[item.label]
        results.append(_result(f"{number}-{i}", sample, row.name, item))
        results += _points(f"{number}-{i}", sample, row, item)
    return results


def _choice(number: int, said: list[str]) -> dict[str, Any]:
    return {
        "id": str(number),
        "type": "choices",
        "from_name": "choice",
        "to_name": "image",
        "value": {"choices": said},
    }


def _result(shape_id: str, sample: ManifestSample, name: str, item: ManifestObject) -> dict[str, Any]:
    kind, value = _value(sample, item)
    return {
        "id": shape_id,
        "type": kind,
        "from_name": _TAGS[kind],
        "to_name": "image",
        "original_width": sample.width,
        "original_height": sample.height,
        "image_rotation": 0,
        "value": {**value, kind: [name]},
    }


def _points(
    parent: str, sample: ManifestSample, row: ManifestClass, item: ManifestObject
) -> Iterator[dict[str, Any]]:
    """The key points of an object that are there."""
    if item.form is None or item.form.kind != "keypoints":
        return
    for place, (name, x, y, is_hidden) in enumerate(parts_of(item.form, row.skeleton)):
        at = {"x": x * 100 / sample.width, "y": y * 100 / sample.height, "width": _POINT_PERCENT}
        yield {
            "id": f"{parent}-{place}",
            "parentID": parent,
            "type": "keypointlabels",
            "from_name": "keypoint",
            "to_name": "image",
            "original_width": sample.width,
            "original_height": sample.height,
            "image_rotation": 0,
            "value": {**at, "keypointlabels": [name]},
            **({"meta": {"text": [HIDDEN]}} if is_hidden else {}),
        }


def _value(sample: ManifestSample, item: ManifestObject) -> tuple[str, dict[str, Any]]:
    sx, sy = 100 / sample.width, 100 / sample.height
    form, (x, y, w, h), turned = item.form, item.box, 0.0
    if form is not None and form.kind == "mask":
        return "brushlabels", {"format": "rle", "rle": brush_packed(form.value.mask())}
    if form is not None and form.kind == "polygon":
        return "polygonlabels", {"points": [[px * sx, py * sy] for px, py in form.value[0]], "closed": True}
    if form is not None and form.kind == "keypoints":
        w, h = max(w, _THIN_PX), max(h, _THIN_PX)
    elif form is not None:
        _, _, w, h, turned = form.value
        x, y = form.points[0][:2]
    return "rectanglelabels", {
        "x": x * sx,
        "y": y * sy,
        "width": w * sx,
        "height": h * sy,
        "rotation": turned % 360,
    }


def _config(header: ManifestHeader, parts: Iterable[str]) -> str:
    lines = ["<View>", '  <Image name="image" value="$image"/>']
    several = ' choice="multiple"' if header.task == SEVERAL else ""
    for outer, inner, tag in _CONTROLS[header.task]:
        values: Iterator[str] = (f"    <{inner} value={quoteattr(c.name)}/>" for c in header.classes)
        lines += [f'  <{outer} name="{tag}" toName="image"{several}>', *values, f"  </{outer}>"]
    if header.task == KEYPOINTS:
        values = (f"    <Label value={quoteattr(name)}/>" for name in parts)
        lines += ['  <KeyPointLabels name="keypoint" toName="image">', *values, "  </KeyPointLabels>"]
    return "\n".join([*lines, "</View>\n"])
