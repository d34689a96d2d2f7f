"""COCO instances: `annotations/instances_<split>.json` and `images/<split>/`."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from datasets.formats.forms import area_of, flat_of, is_nested
from datasets.formats.spool import Spool
from datasets.formats.writers.base import (
    CLASSES,
    PLACED,
    SEVERAL,
    ReadBlob,
    VersionWriter,
    ZipSink,
    file_name,
)
from datasets.geometry import Form
from datasets.geometry.rle import rle_of
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample


class _Rows:
    """The members of a JSON list, on disk until the list is written."""

    def __init__(self) -> None:
        self.spool = Spool()
        self.count = 0

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Some more; together they are written in one go."""
        if rows:
            self.spool.add((b"," if self.count else b"") + orjson.dumps(rows)[1:-1])
            self.count += len(rows)


class _Document:
    """One split's tables."""

    def __init__(self) -> None:
        self.images, self.annotations = _Rows(), _Rows()

    def add(self, image: dict[str, Any], annotations: Sequence[dict[str, Any]]) -> None:
        """A picture and what is said about it; annotations are numbered within the document."""
        self.images.add([image])
        number = self.annotations.count + 1
        self.annotations.add([{"id": id, **row} for id, row in enumerate(annotations, start=number)])

    def body(self, head: dict[str, Any]) -> Spool:
        """`head` with the two lists behind its members."""
        whole = Spool()
        whole.add(orjson.dumps(head)[:-1])
        for name, rows in ((b"images", self.images), (b"annotations", self.annotations)):
            whole.add(b',"' + name + b'":[')
            for chunk in rows.spool.chunks():
                whole.add(chunk)
            whole.add(b"]")
        whole.add(b"}")
        return whole


class CocoWriter(VersionWriter):
    """Boxes, polygons, RLE and key points as they are; a class of the whole picture has no geometry.

    Fields beside COCO's own let it come back whole: `group` and `unlabeled` of an image, `attributes`, and
    what COCO has no place for: `polygon` where rings are holes (an RLE stands beside it), `rotated`, `polyline`.
    """

    key = "coco"
    title = "COCO"
    tasks = PLACED | {CLASSES, SEVERAL}

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
            split = sample.split or "train"
            # Not by setdefault: a document that nobody keeps would open two files for nothing.
            if split not in documents:
                documents[split] = _Document()
            documents[split].add(_image(number, name, sample), _annotations(number, sample))
        head = {
            "info": {"description": "exported from Studio"},
            "licenses": [],
            "categories": [_category(row) for row in header.classes],
        }
        for split, document in sorted(documents.items()):
            sink.add_spool(f"annotations/instances_{split}.json", document.body(head))


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


def _annotations(number: int, sample: ManifestSample) -> list[dict[str, Any]]:
    whole = () if sample.objects else sample.whole
    rows: list[dict[str, Any]] = [
        {"image_id": number, "category_id": label + 1, "iscrowd": 0} for label in whole
    ]
    rows += [_object(number, item, sample) for item in sample.objects]
    return rows


def _category(row: ManifestClass) -> dict[str, Any]:
    category: dict[str, Any] = {"id": row.index + 1, "name": row.name, "supercategory": ""}
    if row.skeleton is None:
        return category
    lines = [[start + 1, end + 1] for start, end in row.skeleton.lines]
    return category | {"keypoints": list(row.skeleton.points), "skeleton": lines}


def _object(number: int, item: ManifestObject, sample: ManifestSample) -> dict[str, Any]:
    attributes = dict(item.attributes)
    is_crowd = attributes.get("is_crowd") == "1"
    row: dict[str, Any] = {
        "image_id": number,
        "category_id": item.label + 1,
        "bbox": item.box,
        "area": item.box[2] * item.box[3],
        "iscrowd": int(is_crowd),
        "segmentation": [],
    }
    if is_crowd:
        del attributes["is_crowd"]
    if attributes:
        row["attributes"] = attributes
    return row if item.form is None else row | _geometry(item.form, sample)


def _geometry(form: Form, sample: ManifestSample) -> dict[str, Any]:
    area = {"area": area_of(form)}
    if form.kind == "mask":
        return {"segmentation": form.value.to_json(), **area}
    if form.kind == "keypoints":
        return {"keypoints": flat_of(form.value), "num_keypoints": sum(point[2] > 0 for point in form.value)}
    if form.kind == "rotated_box":
        return {"segmentation": [flat_of(form.points)], **form.to_json(), **area}
    if form.kind == "polyline":
        return form.to_json()
    if not is_nested(form.value):
        return {"segmentation": [flat_of(ring) for ring in form.value], **area}
    mask = rle_of(form.mask(sample.width, sample.height))
    return {"segmentation": mask.to_json(), "area": float(mask.area), **form.to_json()}
