"""Polygons, masks and key points that are meant to hurt: told, within a second, and nothing else is lost."""

import json
import time

import pytest

from tests.datasets.formats.test_foreign_files import labelme, rectangle, task
from tests.datasets.formats.trees import P, codes, drafts, planned

BOMB = {"size": [10**9, 10**9], "counts": [0, 10**18]}
GOOD = [1, 2, 10, 20]
MILLION = [float(i % 60) for i in range(2_000_000)]


def coco_of(*rows):
    head = {"image_id": 1, "category_id": 1}
    return json.dumps(
        {
            "images": [{"id": 1, "file_name": "1.jpg", "width": 64, "height": 48}],
            "categories": [{"id": 1, "name": "cat"}],
            "annotations": [{**head, "id": i, **row} for i, row in enumerate(rows)],
        }
    )


def timed(folder, files):
    start = time.monotonic()
    key, plan = planned(folder, files)
    assert time.monotonic() - start < 20
    return key, plan


@pytest.mark.parametrize(
    "segmentation",
    [
        BOMB,
        {"size": [48, 64], "counts": "~" * 5_000_000},
        {"size": [48, 64], "counts": "0" * 2_000_000},
        {"size": [48, 64], "counts": [48 * 64 + 1]},
        {"size": [48, 64], "counts": [-1, 48 * 64 + 1]},
        {"size": [48, 64], "counts": "oooooooooooooooooooo0"},
        {"size": [48.5, 64], "counts": [1]},
        {"size": [True, 64], "counts": [1]},
        {"counts": {"counts": {}}},
        [[None] * 6],
        [[1e308] * 6],
        [[[[[[1]]]]]],
        [["1", "2", "x", "4", "5", "6"]],
        [MILLION],
        [[0, 0, 1, 1]] * 100_000,
    ],
    ids=range(15),
)
def test_coco_keeps_the_box_of_a_hostile_outline_and_says_so(tmp_path, segmentation):
    rows = [{"bbox": GOOD, "segmentation": segmentation}, {"bbox": [5, 5, 9, 9]}]
    _, plan = timed(tmp_path, {"1.jpg": P, "a.json": coco_of(*rows)})
    boxes = drafts(plan)["1.jpg"].boxes
    assert [(box.kind, box.x, box.w) for box in boxes] == [("box", 1, 10), ("box", 5, 9)]
    assert codes(plan) == {"geometry_reduced": 1}


@pytest.mark.parametrize("points", [[1, 1, 7], [1, 1], [1e12, 1, 2], ["x", 1, 2], [1, 1, 2] * 200_000])
def test_coco_keeps_the_box_of_hostile_key_points(tmp_path, points):
    _, plan = timed(tmp_path, {"1.jpg": P, "a.json": coco_of({"bbox": GOOD, "keypoints": points})})
    assert [box.kind for box in drafts(plan)["1.jpg"].boxes] == ["box"]
    assert codes(plan) == {"geometry_reduced": 1}


def test_a_skeleton_that_points_at_itself_or_nowhere_is_left_out(tmp_path):
    document = json.loads(coco_of({"keypoints": [1, 1, 2]}))
    document["categories"][0] |= {"keypoints": ["nose"], "skeleton": [[1, 1], [0, 9], [2**70, 1], "x", [1]]}
    _, plan = timed(tmp_path, {"1.jpg": P, "a.json": json.dumps(document)})
    assert plan.skeletons["cat"].lines == ((0, 0),)


@pytest.mark.parametrize(
    "mask",
    [
        'rle="0, 999999999999" left="0" top="0" width="1000000" height="1000000"',
        'rle="1, 2" left="0" top="0" width="60" height="40"',
        'rle="nan, 2" left="0" top="0" width="1" height="1"',
        'rle="0, 4" left="0.5" top="0" width="2" height="2"',
        'rle="0, 4" left="900" top="900" width="2" height="2"',
        f'rle="{"1, " * 1_100_000}1" left="0" top="0" width="1049" height="1049"',
    ],
    ids=range(6),
)
def test_cvat_masks_that_are_none_leave_their_box_or_are_told(tmp_path, mask):
    text = f"""<annotations><image id="0" name="1.jpg" width="64" height="48"><mask label="cat" {mask}></mask>
    <box label="cat" xtl="1" ytl="2" xbr="11" ybr="22"></box></image></annotations>"""
    key, plan = timed(tmp_path, {"1.jpg": P, "a.xml": text})
    assert key == "cvat"
    assert all(box.kind == "box" for box in drafts(plan)["1.jpg"].boxes)
    assert sum(codes(plan).values()) == 1


@pytest.mark.parametrize("mask", ["", "!!!!", "aGVsbG8=", 7, "A" * 1000])
def test_labelme_masks_that_are_no_png_are_told(tmp_path, mask):
    shape = {"label": "cat", "shape_type": "mask", "points": [[1, 1], [5, 5]], "mask": mask}
    _, plan = timed(tmp_path, {"imgs/1.jpg": P, "a.json": labelme([shape])})
    assert codes(plan) == {"shape_invalid": 1}


def test_a_png_that_claims_a_hundred_thousand_pixels_a_side_is_not_unpacked(tmp_path):
    import base64
    import struct
    import zlib

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n"
    for name, content in chunks:
        png += struct.pack(">I", len(content)) + name + content
        png += struct.pack(">I", zlib.crc32(name + content))
    shape = {"label": "cat", "shape_type": "mask", "points": [[1, 1], [5, 5]]}
    shape["mask"] = base64.b64encode(png).decode()
    _, plan = timed(tmp_path, {"imgs/1.jpg": P, "a.json": labelme([shape])})
    assert codes(plan) == {"shape_invalid": 1}


@pytest.mark.parametrize(
    "rle", [[], [0] * 20, [255] * 20, [-1] * 20, [256] * 20, ["x"] * 20, "rle", [0, 0, 48, 0] * 9]
)
def test_label_studio_brushes_that_are_none_are_told(tmp_path, rle):
    brush = rectangle() | {
        "type": "brushlabels",
        "value": {"format": "rle", "rle": rle, "brushlabels": ["cat"]},
    }
    document = [task("1.jpg", [rectangle(), brush])]
    _, plan = timed(tmp_path, {"1.jpg": P, "a.json": json.dumps(document)})
    assert [box.kind for box in drafts(plan)["1.jpg"].boxes] == ["box"]
    assert codes(plan) == {"shape_invalid": 1}


def test_a_million_points_of_yolo_are_told_and_the_next_row_is_kept(tmp_path):
    text = "0 " + "0.1 0.2 " * 500_000 + "\n0 .5 .5 .25 .5\n"
    _, plan = timed(tmp_path, {"1.jpg": P, "1.txt": text})
    assert (len(drafts(plan)["1.jpg"].boxes), codes(plan)["shape_invalid"]) == (1, 1)


def test_datumaro_groups_and_runs_that_are_none_are_told(tmp_path):
    rows = [
        {"type": "polygon", "label_id": 0, "group": 1, "points": [1, 1, 9, 1, 5, 6]},
        {"type": "polygon", "label_id": 0, "group": 1, "points": "x"},
        {"type": "polygon", "label_id": {}, "group": [], "points": [1, 1, 9, 1, 5, 6]},
        {"type": "mask", "label_id": 0, "rle": BOMB},
        {"type": "points", "label_id": 0, "points": [1, 1], "visibility": ["x"]},
    ]
    item = {"id": "1", "annotations": rows, "image": {"path": "1.jpg", "size": [48, 64]}}
    document = {"items": [item], "categories": {"label": {"labels": [{"name": "cat"}]}}}
    _, plan = timed(tmp_path, {"images/train/1.jpg": P, "annotations/train.json": json.dumps(document)})
    assert [box.kind for box in drafts(plan)["images/train/1.jpg"].boxes] == ["polygon"]
    assert codes(plan) == {"category_unknown": 1, "shape_invalid": 2}
