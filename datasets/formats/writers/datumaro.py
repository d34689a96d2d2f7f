"""Datumaro: `annotations/<split>.json` and `images/<split>/`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from datasets.formats.forms import flat_of, is_nested
from datasets.formats.writers.base import CLASSES, PLACED, SEVERAL, ReadBlob, Stems, VersionWriter, ZipSink
from datasets.formats.writers.shapes import fitted
from datasets.geometry import Form
from datasets.geometry.rle import rle_of
from datasets.manifest import ManifestHeader, ManifestSample

_KINDS = frozenset(("rotated_box", "polygon", "rings", "mask", "polyline", "keypoints"))


class DatumaroWriter(VersionWriter):
    """Every shape as Datumaro's own, a class of the whole picture as `label`; the group is an attribute of the item.

    How far a box is turned is its attribute `rotation`, a number: attributes of ours are texts.
    The rings of a polygon are polygons of one group; where one may be a hole it becomes the mask.
    """

    key = "datumaro"
    title = "Datumaro"
    tasks = PLACED | {CLASSES, SEVERAL}

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, one JSON a split at the end; of each picture only its finished text is held."""
        places = {row.index: place for place, row in enumerate(header.classes)}
        stems, items = Stems(sink, read_blob), defaultdict[str, list[bytes]](list)
        for sample in samples:
            split = sample.split or "train"
            name, free = stems.add(f"images/{split}", sample)
            folder = f"images/{split}/"
            row = _item(
                name.removeprefix(folder), free.removeprefix(folder), sample, _rows(sample, places, sink)
            )
            items[split].append(orjson.dumps(row))
        labels = [
            {"name": c.name, "parent": "", "attributes": [one.name for one in c.attributes]}
            for c in header.classes
        ]
        head = orjson.dumps(
            {
                "info": {},
                "categories": {
                    "label": {"labels": labels, "attributes": []},
                    "mask": {"colormap": []},
                    "points": {"items": _skeletons(header)},
                },
            }
        )
        for split, rows in sorted(items.items()):
            body = head[:-1] + b',"items":[' + b",\n".join(rows) + b"]}\n"
            sink.add_text(f"annotations/{split}.json", body)


def _skeletons(header: ManifestHeader) -> list[dict[str, Any]]:
    return [
        {
            "label_id": place,
            "labels": list(row.skeleton.points),
            "joints": [[start + 1, end + 1] for start, end in row.skeleton.lines],
        }
        for place, row in enumerate(header.classes)
        if row.skeleton is not None
    ]


def _item(path: str, item_id: str, sample: ManifestSample, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": item_id,
        "annotations": [{"id": i, **row} for i, row in enumerate(rows)],
        "attr": {"group": sample.group} if sample.group else {},
        "image": {"path": path, "size": [sample.height, sample.width]},
    }


def _rows(sample: ManifestSample, places: Mapping[int, int], sink: ZipSink) -> Iterator[dict[str, Any]]:
    for label in () if sample.objects else sample.whole:
        yield {"type": "label", "attributes": {}, "group": 0, "label_id": places[label]}
    for group, item in enumerate(fitted(sample, sink, _KINDS), start=1):
        head = {
            "label_id": places[item.label],
            "attributes": dict(item.attributes),
            "group": group,
            "z_order": 0,
        }
        form = item.form
        if form is not None and form.kind == "polygon" and is_nested(form.value):
            sink.tell("polygon_rasterized", sample.name)
            form = Form("mask", rle_of(form.mask(sample.width, sample.height)))
        if form is not None and form.kind == "polygon":
            for ring in form.value:
                yield {"type": "polygon", **head, "points": flat_of(ring)}
        elif form is not None and form.kind == "rotated_box":
            yield _turned(form, head, sample, sink)
        elif form is not None:
            yield {**head, **_place(form), "bbox": list(item.box)}
        else:
            yield {"type": "bbox", **head, "bbox": list(item.box)}


def _turned(form: Form, head: dict[str, Any], sample: ManifestSample, sink: ZipSink) -> dict[str, Any]:
    """As CVAT does it: its files have no turned box, and a `rotated_bbox` makes Datumaro refuse the whole set."""
    *box, angle = form.value
    sink.tell("attributes_dropped", sample.name, int("rotation" in head["attributes"]))
    return {"type": "bbox", **head, "attributes": {**head["attributes"], "rotation": angle}, "bbox": box}


def _place(form: Form) -> dict[str, Any]:
    if form.kind == "mask":
        return {"type": "mask", "rle": form.value.to_json()}
    points = flat_of(point[:2] for point in form.value)
    if form.kind == "polyline":
        return {"type": "polyline", "points": points}
    return {"type": "points", "points": points, "visibility": [point[2] for point in form.value]}
