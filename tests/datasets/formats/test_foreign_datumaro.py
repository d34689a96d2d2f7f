"""Layouts of Datumaro as Datumaro and CVAT write them."""

import json

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
