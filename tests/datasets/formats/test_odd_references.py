"""COCO, CVAT and Label Studio with names, ids and outlines that mean less, or more, than they should."""

import json
import random

import numpy as np
import pycocotools.mask
import pytest

from tests.datasets.formats.trees import P, codes, drafts, planned, rows


def coco(name, x, **more):
    tables = {
        "images": [{"id": 1, "file_name": name}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [x, 1, 9, 9]}],
        "categories": [{"id": 1, "name": "cat"}],
    }
    return json.dumps(tables | more)


@pytest.mark.parametrize(
    ("picture", "table"),
    [
        ("{}/1.jpg", "{}/_annotations.coco.json"),
        ("set/{}/1.jpg", "set/{}/_annotations.coco.json"),
        ("{}/images/1.jpg", "{}/labels.json"),
        ("{}2017/1.jpg", "annotations/instances_{}2017.json"),
        ("images/{}/1.jpg", "annotations/{}.json"),
    ],
)
def test_one_name_in_two_splits_of_coco_means_the_picture_beside_its_file(tmp_path, picture, table):
    files = {}
    for x, split in ((3, "train"), (5, "val")):
        files |= {picture.format(split): P, table.format(split): coco("1.jpg", x)}
    key, plan = planned(tmp_path, files)
    assert (key, codes(plan)) == ("coco", {})
    assert [draft.boxes[0].x for draft in drafts(plan).values()] == [3, 5]


def test_one_name_in_two_subsets_of_cvat_means_the_picture_of_its_subset(tmp_path):
    box = '<box label="cat" xtl="{}" ytl="1" xbr="20" ybr="9"/>'
    image = '<image name="1.jpg" subset="{}" width="64" height="48">' + box + "</image>"
    text = f"<annotations>{image.format('Train', 3)}{image.format('Validation', 5)}</annotations>"
    files = {"images/Train/1.jpg": P, "images/Validation/1.jpg": P, "annotations.xml": text}
    key, plan = planned(tmp_path, files)
    assert (key, codes(plan)) == ("cvat", {})
    assert [(d.boxes[0].x, d.split) for d in drafts(plan).values()] == [(3, "train"), (5, "val")]


def test_label_studio_takes_a_name_as_written_before_what_it_would_stand_for(tmp_path):
    from tests.datasets.formats.test_hostile_annotations import label_studio_of

    files = {"a%20b.jpg": P, "a b.jpg": P, "1.json": label_studio_of(name='"a%20b.jpg"')}
    _, plan = planned(tmp_path, files)
    assert {name: len(draft.boxes) for name, draft in drafts(plan).items()} == {"a%20b.jpg": 1, "a b.jpg": 0}


def test_label_studio_takes_the_folder_that_an_address_stands_for(tmp_path):
    from tests.datasets.formats.test_hostile_annotations import label_studio_of

    files = {"1.jpg": P, "a b/1.jpg": P, "t.json": label_studio_of(name='"a%20b/1.jpg"')}
    _, plan = planned(tmp_path, files)
    assert {name: len(draft.boxes) for name, draft in drafts(plan).items()} == {"1.jpg": 0, "a b/1.jpg": 1}


def runs_of(mask):
    """Run lengths down the columns, zeros first."""
    runs, value = [0], 0
    for x in range(len(mask[0])):
        for row in mask:
            if row[x] != value:
                runs.append(0)
                value = row[x]
            runs[-1] += 1
    return runs


def text_of(mask):
    """As pycocotools packs runs."""
    columns = np.asfortranarray(np.array(mask, dtype=np.uint8))
    return pycocotools.mask.encode(columns)["counts"].decode()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("write", [runs_of, text_of], ids=["numbers", "text"])
def test_a_mask_without_a_box_gives_the_box_around_it(tmp_path, seed, write):
    dice = random.Random(seed)
    width, height = dice.randint(3, 64), dice.randint(3, 48)
    mask = [[int(dice.random() < 0.02) for _ in range(width)] for _ in range(height)]
    mask[dice.randrange(height)][dice.randrange(width)] = 1
    xs = [x for row in mask for x, value in enumerate(row) if value]
    ys = [y for y, row in enumerate(mask) if any(row)]
    rle = {"size": [height, width], "counts": write(mask)}
    rows_ = [{"image_id": 1, "category_id": 1, "segmentation": rle}]
    _, plan = planned(tmp_path, {"1.jpg": P, "a.json": coco("1.jpg", 1, annotations=rows_)})
    box = (min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1)
    assert rows(drafts(plan)["1.jpg"]) == [("cat", *box)]
    assert codes(plan) == {}
    assert drafts(plan)["1.jpg"].boxes[0].form.value.mask().tolist() == [
        [bool(v) for v in row] for row in mask
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"segmentation": {"size": [9, 9], "counts": "\u00ff\u00ff"}},
        {"segmentation": {"size": [9, 9], "counts": [81]}},
        {"segmentation": {"size": [9, 9], "counts": [0, 10**9]}},
        {"segmentation": {"size": "big", "counts": [0, 5]}},
        {"segmentation": "somewhere"},
        {"segmentation": [[1, 2]]},
        {"keypoints": [1, 1, 0]},
    ],
)
def test_an_outline_that_cannot_be_read_is_never_a_class_of_the_whole_picture(tmp_path, more):
    rows_ = [{"image_id": 1, "category_id": 1} | more]
    _, plan = planned(tmp_path, {"1.jpg": P, "a.json": coco("1.jpg", 1, annotations=rows_)})
    draft = drafts(plan)["1.jpg"]
    assert (codes(plan), draft.label, draft.annotated) == ({"box_invalid": 1}, None, False)


@pytest.mark.parametrize("bbox", [[0, 0, 0, 0], [], None, "none", [1, 2, 3]])
def test_an_outline_makes_up_for_a_box_that_is_none(tmp_path, bbox):
    rows_ = [{"image_id": 1, "category_id": 1, "bbox": bbox, "segmentation": [[1, 2, 11, 2, 6, 22]]}]
    _, plan = planned(tmp_path, {"1.jpg": P, "a.json": coco("1.jpg", 1, annotations=rows_)})
    assert rows(drafts(plan)["1.jpg"]) == [("cat", 1, 2, 10, 20)]


def test_key_points_without_a_box_give_the_box_around_them(tmp_path):
    rows_ = [{"image_id": 1, "category_id": 1, "keypoints": [0, 0, 0, 3, 4, 2, 10, 20, 1]}]
    _, plan = planned(tmp_path, {"1.jpg": P, "a.json": coco("1.jpg", 1, annotations=rows_)})
    assert rows(drafts(plan)["1.jpg"]) == [("cat", 3, 4, 7, 16)]


def test_annotations_of_unknown_images_and_ids_given_twice_are_problems(tmp_path):
    row = {"image_id": 1, "category_id": 1, "bbox": [3, 1, 9, 9]}
    more = {
        "images": [{"id": i, "file_name": f"{n}.jpg"} for i, n in ((1, 1), (1, 2), (5, "gone"))],
        "annotations": [row, row | {"image_id": 99}, row | {"image_id": [1]}, row | {"image_id": 5}],
        "categories": [{"id": 1, "name": "cat"}, {"id": 1, "name": "dog"}, {"id": 1, "name": "cat"}],
    }
    _, plan = planned(tmp_path, {"1.jpg": P, "2.jpg": P, "a.json": coco("1.jpg", 1, **more)})
    assert codes(plan) == {
        "annotation_unreadable": 2,
        "category_unreadable": 1,
        "image_missing": 1,
        "image_row_unreadable": 1,
    }
    assert rows(drafts(plan)["1.jpg"]) == [("cat", 3, 1, 9, 9)]


def test_pictures_behind_a_break_in_coco_are_not_looked_at_and_empty(tmp_path):
    images = [{"id": i, "file_name": f"{i}.jpg"} for i in (1, 2)]
    tables = json.loads(coco("1.jpg", 3, images=images))
    ordered = json.dumps({key: tables[key] for key in ("categories", "images", "annotations")})
    for end in (ordered.rindex("]"), ordered.index('"annotations"'), ordered.index('"2.jpg"')):
        _, plan = planned(tmp_path, {"1.jpg": P, "2.jpg": P, "a.json": ordered[:end]}, "coco")
        assert not drafts(plan)["2.jpg"].annotated
        assert drafts(plan)["1.jpg"].annotated == bool(drafts(plan)["1.jpg"].boxes)
    _, plan = planned(tmp_path, {"1.jpg": P, "2.jpg": P, "a.json": ordered})
    assert drafts(plan)["2.jpg"].annotated
