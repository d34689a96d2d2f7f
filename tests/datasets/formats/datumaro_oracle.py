"""Datumaro asked what it reads and told what to write; runs where Datumaro is installed and nothing of ours.

    python datumaro_oracle.py read FORMAT FOLDER          what it finds there, as JSON
    python datumaro_oracle.py write FORMAT FOLDER < ITEMS what these items look like when it writes them

An item is {"id", "subset", "size": [width, height], "annotations": [...]}, an annotation {"type", "label",
"points"} with a box as left, top, right, bottom, a turned box as center, sides and degrees, a mask as its
set pixels counted row by row.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from datumaro.components import annotation as parts
from datumaro.components.annotation import AnnotationType, LabelCategories
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image

KINDS = {
    AnnotationType.bbox: "box",
    AnnotationType.polygon: "polygon",
    AnnotationType.polyline: "polyline",
    AnnotationType.label: "class",
    AnnotationType.mask: "mask",
    AnnotationType.points: "keypoints",
    AnnotationType.rotated_bbox: "rotated_box",
}


def read(key: str, folder: str) -> list[dict[str, Any]]:
    """Items in the order of their names."""
    found = Dataset.import_from(folder, key)
    names = [one.name for one in found.categories()[AnnotationType.label].items]
    items = [
        {
            "id": item.id,
            "subset": item.subset,
            "size": [item.media.size[1], item.media.size[0]] if item.media and item.media.size else None,
            "annotations": [said(one, names) for one in item.annotations],
        }
        for item in found
    ]
    return sorted(items, key=lambda item: (item["subset"], item["id"]))


def said(one: Any, names: list[str]) -> dict[str, Any]:
    """One annotation in plain words."""
    row = {
        "type": KINDS.get(one.type, str(one.type)),
        "label": None if one.label is None else names[one.label],
    }
    if one.type == AnnotationType.mask:
        row["points"] = runs_of(np.asarray(one.image, bool))
    elif one.type == AnnotationType.rotated_bbox:
        row["points"] = [one.cx, one.cy, one.w, one.h, one.r]
    elif one.type != AnnotationType.label:
        row["points"] = [float(value) for value in one.points]
    if "rotation" in one.attributes:
        row["rotation"] = one.attributes["rotation"]
    if one.type == AnnotationType.points:
        row["seen"] = [one.visibility[i].value for i in range(len(one.points) // 2)]
    return row


def runs_of(mask: Any) -> list[int]:
    """Lengths of unset and set pixels in turn, row by row."""
    flat = np.concatenate([[False], mask.ravel()])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    return np.diff(np.concatenate([[0], edges, [mask.size]])).tolist()


def write(key: str, folder: str, spec: dict[str, Any]) -> None:
    """The spec as Datumaro lays it out, pictures inside."""
    labels = LabelCategories.from_iterable(spec["classes"])
    items = []
    for number, one in enumerate(spec["items"]):
        pixels = np.full((one["size"][1], one["size"][0], 3), 40 * number + 10, np.uint8)
        annotations = [
            made(row, spec["classes"], one["size"], place) for place, row in enumerate(one["annotations"])
        ]
        media = Image.from_numpy(data=pixels)
        items.append(DatasetItem(id=one["id"], subset=one["subset"], media=media, annotations=annotations))
    found = Dataset.from_iterable(items, categories={AnnotationType.label: labels}, media_type=Image)
    Path(folder).mkdir(parents=True, exist_ok=True)
    found.export(folder, key, save_media=True)


def made(row: dict[str, Any], names: list[str], size: list[int], place: int) -> Any:
    """One annotation of Datumaro; `place` keeps them apart where a format groups by number."""
    label, points = names.index(row["label"]), row.get("points")
    kind = row["type"]
    if kind == "box":
        left, top, right, bottom = points
        return parts.Bbox(left, top, right - left, bottom - top, label=label, group=place + 1)
    if kind == "polygon":
        return parts.Polygon(points, label=label, group=place + 1)
    if kind == "polyline":
        return parts.PolyLine(points, label=label, group=place + 1)
    if kind == "class":
        return parts.Label(label)
    if kind == "rotated_box":
        return parts.RotatedBbox(*points, label=label, group=place + 1)
    bits = np.repeat(np.arange(len(points)) % 2 == 1, points).reshape(size[1], size[0])
    return parts.Mask(bits, label=label, group=place + 1)


if __name__ == "__main__":
    if sys.argv[1] == "read":
        sys.stdout.write(json.dumps(read(*sys.argv[2:])))
    else:
        write(sys.argv[2], sys.argv[3], json.load(sys.stdin))
