"""COCO instances: `annotations/instances_<split>.json` and `images/<split>/`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from datasets.formats.writers.base import BOXES, CLASSES, ReadBlob, VersionWriter, ZipSink, file_name
from datasets.manifest import ManifestHeader, ManifestSample


@dataclass(slots=True)
class _Document:
    """One split's tables."""

    images: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)


class CocoWriter(VersionWriter):
    """Boxes as they are; a class of the whole picture becomes an annotation without geometry.

    Two fields beside COCO's own let it come back whole: `group` and `unlabeled` of an image.
    """

    key = "coco"
    title = "COCO"
    tasks = frozenset((CLASSES, BOXES))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, one JSON a split at the end."""
        documents: dict[str, _Document] = {}
        for number, sample in enumerate(samples, start=1):
            name = f"images/{sample.split or 'train'}/{file_name(sample)}"
            name = sink.add_sample(name, sample, read_blob)
            document = documents.setdefault(sample.split or "train", _Document())
            document.images.append(_image(number, name, sample))
            document.annotations += _annotations(number, sample, header)
        categories = [{"id": c.index + 1, "name": c.name, "supercategory": ""} for c in header.classes]
        for split, document in sorted(documents.items()):
            body = {
                "info": {"description": "exported from Studio"},
                "licenses": [],
                "categories": categories,
                "images": document.images,
                "annotations": _numbered(document.annotations),
            }
            sink.add_text(f"annotations/instances_{split}.json", orjson.dumps(body))


def _image(number: int, name: str, sample: ManifestSample) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": number,
        "file_name": name.removeprefix("images/"),
        "width": sample.width,
        "height": sample.height,
    }
    if sample.group:
        row["group"] = sample.group
    return row


def _annotations(number: int, sample: ManifestSample, header: ManifestHeader) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if sample.label is not None and not sample.objects:
        rows.append({"image_id": number, "category_id": sample.label + 1, "iscrowd": 0})
    for item in sample.objects:
        box = list(item.box)
        rows.append(
            {
                "image_id": number,
                "category_id": item.label + 1,
                "bbox": box,
                "area": box[2] * box[3],
                "iscrowd": 0,
                "segmentation": [],
            }
        )
    return rows


def _numbered(annotations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": number, **row} for number, row in enumerate(annotations, start=1)]
