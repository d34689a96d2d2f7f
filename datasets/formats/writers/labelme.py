"""LabelMe: `<split>/<picture>` with a JSON beside each, and the classes in `labels.txt`."""

from collections.abc import Iterable
from typing import Any

import orjson

from datasets.formats.writers.base import BOXES, CLASSES, ReadBlob, Stems, VersionWriter, ZipSink
from datasets.manifest import ManifestHeader, ManifestSample


class LabelMeWriter(VersionWriter):
    """Boxes as rectangles, a class of the whole picture as the flag that is set."""

    key = "labelme"
    title = "LabelMe"
    tasks = frozenset((CLASSES, BOXES))

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
            sink.add_text(f"{free}.json", orjson.dumps(_document(name, sample, names)))
        sink.add_text("labels.txt", "".join(f"{c.name}\n" for c in header.classes).encode())


def _document(name: str, sample: ManifestSample, names: dict[int, str]) -> dict[str, Any]:
    label = sample.label if not sample.objects else None
    document: dict[str, Any] = {
        "version": "5.5.0",
        "flags": {} if label is None else {names[label]: True},
        "shapes": [_shape(names[item.label], item.box) for item in sample.objects],
        "imagePath": name.rpartition("/")[2],
        "imageData": None,
        "imageHeight": sample.height,
        "imageWidth": sample.width,
    }
    return document | ({"group": sample.group} if sample.group else {})


def _shape(label: str, box: tuple[float, float, float, float]) -> dict[str, Any]:
    x, y, w, h = box
    return {
        "label": label,
        "points": [[x, y], [x + w, y + h]],
        "group_id": None,
        "description": "",
        "shape_type": "rectangle",
        "flags": {},
    }
