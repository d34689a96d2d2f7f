"""Layouts of Datumaro as Datumaro and CVAT write them."""

import json

import numpy as np

from tests.datasets.formats.test_mask_png import png
from tests.datasets.formats.trees import P, codes, drafts, planned, rows


def test_datumaro_subsets_and_ids(tmp_path):
    labels = [{"name": "cat", "parent": "", "attributes": []}, {"name": "dog"}]
    annotations = [
        {"id": 0, "type": "bbox", "label_id": 1, "bbox": [1, 2, 10, 20], "attributes": {"occluded": True}},
        {"id": 1, "type": "polygon", "label_id": 0, "points": [1, 1, 9, 1, 5, 6]},
        {"id": 2, "type": "caption", "caption": "a pet"},
        {"id": 3, "type": "bbox", "label_id": 5, "bbox": [1, 2, 10, 20]},
    ]
    item = {"id": "a/1", "annotations": annotations, "image": {"path": "a/1.jpg", "size": [48, 64]}}
    by_id = {"id": "2", "annotations": [{"type": "label", "label_id": 0}]}
    document = {"info": {}, "items": [item], "categories": {"label": {"labels": labels}}}
    key, plan = planned(
        tmp_path,
        {
            "annotations/train.json": json.dumps(document),
            "annotations/validation.json": json.dumps(document | {"items": [by_id]}),
            "images/train/a/1.jpg": P,
            "images/validation/2.jpg": P,
        },
    )
    found = drafts(plan)
    assert (key, plan.classes) == ("datumaro", ("cat", "dog"))
    first = found["images/train/a/1.jpg"]
    assert rows(first) == [("dog", 1, 2, 10, 20), ("cat", 1, 1, 8, 5)]
    assert (first.split, first.stated_size) == ("train", (64, 48))
    assert (found["images/validation/2.jpg"].label, found["images/validation/2.jpg"].split) == ("cat", "val")
    assert codes(plan) == {
        "shape_unsupported": 1,
        "category_unknown": 1,
    }


def test_cvat_says_with_a_number_how_far_a_box_is_turned_and_a_text_is_an_attribute(tmp_path):
    turned = {"occluded": False, "rotation": 390.0}
    annotations = [
        {"type": "bbox", "label_id": 0, "bbox": [20, 20, 10, 5], "attributes": turned},
        {"type": "bbox", "label_id": 0, "bbox": [1, 2, 10, 20], "attributes": {"rotation": 0.0}},
        {"type": "bbox", "label_id": 0, "bbox": [1, 2, 10, 20], "attributes": {"rotation": "slow"}},
        {"type": "rotated_bbox", "label_id": 0, "cx": 25, "cy": 22.5, "w": 10, "h": 5, "r": 30},
    ]
    item = {"id": "1", "annotations": annotations, "image": {"path": "1.jpg", "size": [48, 64]}}
    document = {"items": [item], "categories": {"label": {"labels": [{"name": "cat"}]}}}
    files = {"annotations/train.json": json.dumps(document), "images/train/1.jpg": P}
    _, plan = planned(tmp_path, files)
    first, second, third, fourth = drafts(plan)["images/train/1.jpg"].boxes_px(64, 48)
    assert (first.kind, first.form.value) == ("rotated_box", (20.0, 20.0, 10.0, 5.0, 30.0))
    assert "rotation" not in dict(first.attributes)
    assert fourth.form == first.form
    assert [(each.kind, each.attributes) for each in (second, third)] == [
        ("box", ()),
        ("box", (("rotation", "slow"),)),
    ]


def test_a_voc_set_of_masks_with_ids_of_objects_is_no_set_of_folders(tmp_path):
    """Half of the pictures have masks; the ids beside them are not pictures without a mask."""
    mask = png(np.full((48, 64, 3), (128, 0, 0), np.uint8))
    files = {f"JPEGImages/{i}.jpg": P for i in range(4)}
    files |= {
        f"{kind}/{i}.png": mask for i in range(2) for kind in ("SegmentationClass", "SegmentationObject")
    }
    files["labelmap.txt"] = "background:0,0,0::\ncat:128,0,0::\n"
    key, plan = planned(tmp_path, files)
    assert (key, plan.classes) == ("mask_png", ("cat",))
    assert {name: len(draft.boxes) for name, draft in drafts(plan).items()} == {
        "JPEGImages/0.jpg": 1,
        "JPEGImages/1.jpg": 1,
        "JPEGImages/2.jpg": 0,
        "JPEGImages/3.jpg": 0,
    }
