"""Datumaro: `annotations/<split>.json` and `images/<split>/`."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import orjson

from datasets.formats.writers.base import BOXES, CLASSES, ReadBlob, Stems, VersionWriter, ZipSink
from datasets.manifest import ManifestHeader, ManifestObject, ManifestSample


class DatumaroWriter(VersionWriter):
    """Boxes as `bbox`, a class of the whole picture as `label`; the group is an attribute of the item."""

    key = "datumaro"
    title = "Datumaro"
    tasks = frozenset((CLASSES, BOXES))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, one JSON a split at the end; of each picture only its finished text is held."""
        stems, items = Stems(sink, read_blob), defaultdict[str, list[bytes]](list)
        for sample in samples:
            split = sample.split or "train"
            name, free = stems.add(f"images/{split}", sample)
            folder = f"images/{split}/"
            row = _item(name.removeprefix(folder), free.removeprefix(folder), sample)
            items[split].append(orjson.dumps(row))
        labels = [{"name": c.name, "parent": "", "attributes": []} for c in header.classes]
        head = orjson.dumps(
            {
                "info": {},
                "categories": {
                    "label": {"labels": labels, "attributes": []},
                    "mask": {"colormap": []},
                },
            }
        )
        for split, rows in sorted(items.items()):
            body = head[:-1] + b',"items":[' + b",\n".join(rows) + b"]}\n"
            sink.add_text(f"annotations/{split}.json", body)


def _item(path: str, item_id: str, sample: ManifestSample) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [
        {"id": i, "type": "bbox", "attributes": {}, "group": i + 1, "z_order": 0, **_bbox(item)}
        for i, item in enumerate(sample.objects)
    ]
    if sample.label is not None and not rows:
        rows = [{"id": 0, "type": "label", "attributes": {}, "group": 0, "label_id": sample.label}]
    return {
        "id": item_id,
        "annotations": rows,
        "attr": {"group": sample.group} if sample.group else {},
        "image": {"path": path, "size": [sample.height, sample.width]},
    }


def _bbox(item: ManifestObject) -> dict[str, Any]:
    return {"label_id": item.label, "bbox": list(item.box)}
