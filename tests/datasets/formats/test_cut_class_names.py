"""Class names that are one only because long ones are cut are told; others are not."""

import json

import pytest

from datasets.formats.base import NOTICES, Problem
from datasets.formats.registry import format_detected
from tests.datasets.formats.trees import P, codes, planned, tree_of

LONG = "n" * 100
ONE, TWO, SHORT = f"{LONG}-one", f"{LONG}-two", "cat"


def coco():
    tables = {
        "images": [{"id": 1, "file_name": "1.jpg"}],
        "annotations": [{"image_id": 1, "category_id": i, "bbox": [1, 1, 9, 9]} for i in (1, 2, 3)],
        "categories": [{"id": i, "name": name} for i, name in enumerate((ONE, TWO, SHORT), start=1)],
    }
    return json.dumps(tables)


PICTURES = {
    "folder_per_class": {f"{ONE}/1.jpg": P, f"{TWO}/2.jpg": P, f"{TWO}/3.jpg": P, f"{SHORT}/4.jpg": P},
    "coco": {"1.jpg": P, "_annotations.coco.json": coco()},
    "yolo": {
        "images/1.jpg": P,
        "labels/1.txt": "0 0.5 0.5 0.2 0.2\n1 0.4 0.4 0.2 0.2\n2 0.4 0.4 0.2 0.2\n",
        "classes.txt": f"{ONE}\n{TWO}\n{SHORT}\n",
    },
}


@pytest.mark.parametrize("key", PICTURES)
def test_names_of_pictures_that_are_one_because_they_are_cut_are_told(tmp_path, key):
    found, plan = planned(tmp_path, PICTURES[key])
    assert (found, sorted(plan.classes)) == (key, ["cat", LONG])
    assert codes(plan) == {"classes_joined": 1}
    assert "classes_joined" in NOTICES


@pytest.mark.parametrize(
    "files",
    [
        {"t.csv": f"text,label\na fine day,{ONE}\na sad day,{TWO}\nthe end,{TWO}\nwell,{SHORT}\n"},
        {f"{ONE}/1.txt": "a", f"{TWO}/2.txt": "b", f"{TWO}/3.txt": "c", f"{SHORT}/4.txt": "d"},
    ],
)
def test_names_of_texts_that_are_one_because_they_are_cut_are_told(tmp_path, files):
    tree = tree_of(tmp_path, files)
    plan = format_detected(tree, "auto", "text").plan(tree)
    assert sorted(plan.classes) == ["cat", LONG]
    assert codes(plan) == {"classes_joined": 1}
    told = next(item for item in plan.items if isinstance(item, Problem))
    assert (told.where, "beyond 100 characters" in told.detail) == (LONG, True)


def test_one_long_name_is_cut_and_joins_nothing(tmp_path):
    tree = tree_of(tmp_path, {"t.csv": f"text,label\na fine day,{ONE}\na sad day,{ONE}\nthe end,{LONG}\n"})
    plan = format_detected(tree, "auto", "text").plan(tree)
    assert (plan.classes, codes(plan)) == ((LONG,), {})
