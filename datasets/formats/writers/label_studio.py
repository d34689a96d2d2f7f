"""Label Studio: `tasks.json`, pictures in `images/`, and a labeling configuration with the classes."""

from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson

from datasets.formats.writers.base import BOXES, ReadBlob, VersionWriter, ZipSink, file_name
from datasets.formats.writers.base import CLASSES as WHOLE
from datasets.manifest import ManifestHeader, ManifestSample


class LabelStudioWriter(VersionWriter):
    """Boxes as rectangles in percent, a class of the whole picture as a choice; splits and groups in `data`."""

    key = "label_studio"
    title = "Label Studio"
    tasks = frozenset((WHOLE, BOXES))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, the tasks at the end; of each picture only its finished text is held."""
        names = {c.index: c.name for c in header.classes}
        tasks: list[bytes] = []
        for number, sample in enumerate(samples, start=1):
            name = f"images/{sample.split or 'train'}/{file_name(sample)}"
            name = sink.add_sample(name, sample, read_blob)
            tasks.append(orjson.dumps(_task(number, name, sample, names)))
        sink.add_text("tasks.json", b"[" + b",\n".join(tasks) + b"]\n")
        sink.add_text("label_config.xml", _config(header).encode())


def _task(number: int, name: str, sample: ManifestSample, names: dict[int, str]) -> dict[str, Any]:
    data = {"image": name, "split": sample.split or "train"}
    results = [] if sample.objects or sample.label is None else [_choice(number, names[sample.label])]
    results += [
        _rectangle(f"{number}-{i}", sample, names[item.label], item.box)
        for i, item in enumerate(sample.objects)
    ]
    return {
        "id": number,
        "data": data | ({"group": sample.group} if sample.group else {}),
        "annotations": [{"result": results, "was_cancelled": False}],
        "predictions": [],
    }


def _choice(number: int, name: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "type": "choices",
        "from_name": "choice",
        "to_name": "image",
        "value": {"choices": [name]},
    }


def _rectangle(
    shape_id: str, sample: ManifestSample, name: str, box: tuple[float, float, float, float]
) -> dict[str, Any]:
    x, y, w, h = box
    sx, sy = 100 / sample.width, 100 / sample.height
    return {
        "id": shape_id,
        "type": "rectanglelabels",
        "from_name": "label",
        "to_name": "image",
        "original_width": sample.width,
        "original_height": sample.height,
        "image_rotation": 0,
        "value": {
            "x": x * sx,
            "y": y * sy,
            "width": w * sx,
            "height": h * sy,
            "rotation": 0,
            "rectanglelabels": [name],
        },
    }


def _config(header: ManifestHeader) -> str:
    is_boxes = header.task == BOXES
    outer, inner = ("RectangleLabels", "Label") if is_boxes else ("Choices", "Choice")
    names = f'name="{"label" if is_boxes else "choice"}" toName="image"'
    values: Iterator[str] = (f"    <{inner} value={quoteattr(c.name)}/>" for c in header.classes)
    lines = ["<View>", '  <Image name="image" value="$image"/>', f"  <{outer} {names}>", *values]
    return "\n".join([*lines, f"  </{outer}>", "</View>\n"])
