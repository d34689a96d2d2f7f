"""Odd rows, odd files and odd names: no label is lost without a word, and none is made up."""

import json

import pytest

from datasets.formats.base import Box, Draft, Member, Problem
from datasets.formats.decoding.wire import Decoded
from datasets.models import LabelClass, Task
from datasets.services.import_shapes import said_of
from tests.datasets.formats.trees import P, codes, drafts, planned, rows

ROW = "0 0.5 0.5 0.25 0.5\n"
MIDDLE = [("0", 24, 12, 16, 24)]


def places(plan, code):
    return [item.where for item in plan.items if isinstance(item, Problem) and item.code == code]


def yolo_files(count, odd, *, at=0, **extra):
    """`count` pictures with a good row each, an odd text first in one of them."""
    files = {f"{i:03}.jpg": P for i in range(count)} | {f"{i:03}.txt": ROW for i in range(count)}
    return files | {f"{at:03}.txt": odd} | extra


@pytest.mark.parametrize(
    "odd",
    [
        "0 nan 0.5 0.1 0.1\n",
        "-1 0.5 0.5 0.1 0.1\n",
        "# made by hand\n",
        "cat 0.5 0.5 0.1 0.1\n",
        "0.5 0.5 0.1 0.1\n",
        "0 1e308 0.5 0.1 0.1\n",
        "a photograph of two cats on a mat\n",
    ],
)
def test_one_odd_row_in_front_takes_no_label_from_the_others(tmp_path, odd):
    key, plan = planned(tmp_path, yolo_files(12, odd))
    found = drafts(plan)
    assert key == "yolo"
    assert all(rows(found[f"{i:03}.jpg"]) == MIDDLE for i in range(1, 12))
    assert places(plan, "image_row_unreadable") == ["000.txt:1"]
    assert not found["000.jpg"].annotated


def test_many_odd_files_in_front_decide_nothing_where_the_layout_says_yolo(tmp_path):
    files = {"data.yaml": "names: [cat]\n"}
    for i in range(40):
        files |= {f"images/{i:02}.jpg": P, f"labels/{i:02}.txt": "# empty\n" if i < 30 else ROW}
    key, plan = planned(tmp_path, files)
    assert key == "yolo"
    assert sum(len(draft.boxes) for draft in drafts(plan).values()) == 10
    assert codes(plan) == {"image_row_unreadable": 30}


def test_a_set_laid_out_as_yolo_with_rows_of_names_only_tells_every_row(tmp_path):
    files = {"images/1.jpg": P, "images/2.jpg": P, "labels/1.txt": "cat\n", "labels/2.txt": "dog on mat\n"}
    key, plan = planned(tmp_path, files)
    assert (key, codes(plan)) == ("yolo", {"image_row_unreadable": 2})


def test_captions_beside_pictures_are_no_yolo(tmp_path):
    files = {"1.jpg": P, "2.jpg": P, "1.txt": "a cat\n", "2.txt": "two dogs\n"}
    assert planned(tmp_path, files)[0] == "images"


@pytest.mark.parametrize("number", ["2.000e+00", "2.000000000000000000e+00", "2.0", "2.", "2"])
def test_class_numbers_as_numpy_writes_them_are_whole(tmp_path, number):
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": f"{number} .5 .5 .25 .5\n", "classes.txt": "a\nb\nc\n"})
    assert rows(drafts(plan)["1.jpg"]) == [("c", 24, 12, 16, 24)]
    assert codes(plan) == {}


@pytest.mark.parametrize("number", ["1.5", "1_0", "inf", "-1", "٣"])
def test_what_is_no_whole_number_is_no_class(tmp_path, number):
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": f"{ROW}{number} .5 .5 .25 .5\n"})
    assert rows(drafts(plan)["1.jpg"]) == MIDDLE
    assert places(plan, "image_row_unreadable") == ["1.txt:2"]


def test_a_blank_line_or_a_background_keeps_its_place_in_a_list_of_classes(tmp_path):
    yolo = {"1.jpg": P, "1.txt": ROW.replace("0 ", "3 ", 1), "classes.txt": "_background_\n\na\nb\n"}
    key, plan = planned(tmp_path, yolo)
    assert (key, rows(drafts(plan)["1.jpg"])) == ("yolo", [("b", 24, 12, 16, 24)])
    assert plan.classes == ("_background_", "a", "b")
    listed = {
        "a.jpg": P,
        "b.jpg": P,
        "train.txt": "a.jpg 3\nb.jpg 1\n",
        "classes.txt": "__ignore__\n\nx\ny\n",
    }
    key, plan = planned(tmp_path, listed)
    assert (key, [draft.label for draft in drafts(plan).values()]) == ("imagenet_list", ["y", None])
    assert codes(plan) == {"category_unknown": 1}


def test_a_class_number_whose_line_is_blank_is_a_problem(tmp_path):
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": ROW.replace("0 ", "1 ", 1), "classes.txt": "a\n\nb\n"})
    assert codes(plan) == {"category_unknown": 1}
    assert not drafts(plan)["1.jpg"].annotated


def test_labelme_lists_no_background(tmp_path):
    document = {"shapes": [], "imagePath": "1.jpg", "flags": {}}
    files = {"1.jpg": P, "1.json": json.dumps(document), "labels.txt": "__ignore__\n_background_\ncat\n"}
    key, plan = planned(tmp_path, files)
    assert (key, plan.classes) == ("labelme", ("cat",))


@pytest.mark.parametrize("key", ["9" * 5_000, "first", "-1"])
def test_a_key_of_names_that_is_no_number_is_a_problem_and_never_a_crash(tmp_path, key):
    files = {"1.jpg": P, "1.txt": ROW, "data.yaml": f"names:\n  ? {key}\n  : cat\n  0: dog\n"}
    _, plan = planned(tmp_path, files)
    assert drafts(plan)["1.jpg"].boxes[0].label == "dog"
    assert codes(plan) == {"category_unreadable": 1}


def test_a_text_that_several_pictures_could_own_is_a_problem(tmp_path):
    _, plan = planned(tmp_path, {"a.jpg": P, "a.png": P, "a.txt": ROW, "b.jpg": P, "b.txt": ROW})
    assert places(plan, "image_missing") == ["a.txt"]
    assert rows(drafts(plan)["b.jpg"]) == MIDDLE


@pytest.mark.parametrize("tail", ["0.93 17", "0.93 1", "1 204"])
def test_rows_of_a_tracker_are_boxes_and_no_triangles(tmp_path, tail):
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": f"0 0.5 0.5 0.25 0.5 {tail}\n"})
    assert rows(drafts(plan)["1.jpg"]) == MIDDLE
    assert codes(plan) == {"details_dropped": 1, "class_names_missing": 1}


def test_a_triangle_stays_an_outline(tmp_path):
    text = "0 0.25 0.25 0.75 0.25 0.5 0.75\n0 0.25 0.25 0.75 0.25 0.5 1\n"
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": text})
    assert rows(drafts(plan)["1.jpg"]) == [("0", 16, 12, 32, 24), ("0", 16, 12, 32, 36)]


def test_every_number_of_an_outline_is_checked(tmp_path):
    text = f"{ROW}0 0.1 0.1 0.5 0.1 0.5 0.5 320 200\n"
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": text})
    assert rows(drafts(plan)["1.jpg"]) == MIDDLE
    assert places(plan, "box_invalid") == ["1.txt:2"]


def test_a_picture_whose_every_mark_was_rejected_is_not_looked_at_and_empty(tmp_path):
    from tests.datasets.formats.test_hostile_annotations import FILES

    for key, (name, make) in FILES.items():
        suffix = name.rpartition(".")[2]
        plan = planned(tmp_path, {"1.jpg": P, f"1.{suffix}": make()}, key)[1]
        assert drafts(plan)["1.jpg"].annotated, key
        if key == "open_images":
            files = {"1.jpg": P, name: make("7")}
        else:
            files = {"1.jpg": P, f"1.{suffix}": make('"x"' if suffix == "json" else "x")}
        plan = planned(tmp_path, files, key)[1]
        assert codes(plan), key
        assert not drafts(plan)["1.jpg"].annotated, key


def test_a_picture_listed_without_a_mark_stays_looked_at(tmp_path):
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": "", "2.jpg": P, "2.txt": ROW, "classes.txt": "a\n"})
    assert drafts(plan)["1.jpg"].annotated


@pytest.mark.parametrize(
    ("boxes", "is_labeled", "problems"),
    [
        ((), True, 0),
        ((Box("a", 500, 500, 9, 9),), False, 1),
        ((Box("a", 500, 500, 9, 9), Box("a", 1, 1, 9, 9)), True, 1),
    ],
)
def test_boxes_that_all_lie_outside_leave_the_picture_unlabeled(boxes, is_labeled, problems):
    draft = Draft(Member(0, "1.jpg", 9), "1.jpg", boxes=boxes, annotated=True)
    decoded = Decoded("image/jpeg", 64, 48, "RGB", 1, 1, 0, b"")
    said = said_of(draft, decoded, task=Task.OBJECT_DETECTION, classes={"a": LabelClass(name="a")})
    assert (said.is_labeled, len(said.problems)) == (is_labeled, problems)
