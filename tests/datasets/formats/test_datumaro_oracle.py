"""Datumaro finds in our exports what we wrote, and we find in its exports what it wrote.

Its pins are not ours (Pillow, OpenCV, pandas), so it answered once, in an environment of its own; its answers and
its files are in `tests/data/datumaro`. An export that changes fails here until Datumaro is asked again:

    python -m venv asked && asked/bin/pip install datumaro==1.13.12
    STUDIO_DATUMARO=asked/bin/python pytest tests/datasets/formats/test_datumaro_oracle.py
"""

import hashlib
import io
import json
import os
import subprocess
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from datasets.formats.base import Draft, Problem
from datasets.formats.registry import format_detected
from datasets.formats.writers.base import BOXES, INSTANCES
from datasets.geometry.forms import Form
from datasets.geometry.rle import rle_of
from datasets.manifest import ManifestClass, ManifestObject
from tests.datasets.formats.test_every_format import opened, sample
from tests.datasets.formats.test_geometry_round_trip import assert_same_form, exported
from tests.datasets.pictures import zipped

PYTHON = os.environ.get("STUDIO_DATUMARO", "")
FACTS = Path(__file__).resolve().parents[2] / "data/datumaro"
ORACLE = Path(__file__).with_name("datumaro_oracle.py")
NAMES = ("cat", "狗", "two words, a comma")
CLASSES = tuple(ManifestClass(f"id{i}", i, name) for i, name in enumerate(NAMES))
# Hundredths: that is as finely as Datumaro keeps points.
SPLITS = ("train", "val", "test")


def boxed(label, *box):
    return ManifestObject(label, box)


def drawn(label, kind, value):
    form = Form(kind, value)
    return ManifestObject(label, form.bounds(), form)


def hills():
    """A mask of two pieces with a hole."""
    y, x = np.mgrid[:48, :64]
    ring = (x - 20) ** 2 + (y - 20) ** 2
    return ((ring < 150) & (ring > 30)) | ((x > 50) & (y > 40))


BOX = (boxed(0, 1.5, 2.25, 20.13, 10.5), boxed(2, 30, 20, 0.5, 10.57), boxed(1, 0, 0, 64, 48))
POLYGON = drawn(1, "polygon", (((5.0, 5.0), (40.5, 6.13), (30.0, 35.25), (8.17, 30.0)),))
MASK = drawn(0, "mask", rle_of(hills()))
LINE = drawn(2, "polyline", ((1.0, 2.0), (30.25, 40.0), (50.5, 3.0)))
TURNED = drawn(0, "rotated_box", (20.0, 20.0, 10.0, 5.0, 30.0))
# Datumaro knows the YOLO of boxes only, and no LabelMe of JSON files.
# Ours: what the set is about and what is on its pictures. Theirs: the name of the format, and how it calls a subset.
OURS = {
    ("pascal_voc", BOXES): BOX,
    ("yolo", BOXES): BOX,
    ("cvat", BOXES): (*BOX, TURNED),
    ("coco", BOXES): BOX,
    ("datumaro", BOXES): (*BOX, TURNED),
    ("cvat", INSTANCES): (*BOX, POLYGON, MASK, LINE),
    ("coco", INSTANCES): (POLYGON, MASK),
    ("datumaro", INSTANCES): (*BOX, POLYGON, MASK, LINE),
}
THEIR_NAME = {"pascal_voc": "voc_detection"}
THEIRS = {
    "voc_detection": ("pascal_voc", BOX),
    "yolo": ("yolo", BOX),
    "yolo_ultralytics": ("yolo", BOX),
    "cvat": ("cvat", (*BOX, POLYGON, MASK, LINE, TURNED)),
    "coco": ("coco", (*BOX, POLYGON, MASK)),
    "coco_instances": ("coco", (*BOX, POLYGON, MASK)),
    "datumaro": ("datumaro", (*BOX, POLYGON, MASK, LINE)),
    "open_images": ("open_images", BOX),
    "label_me": ("pascal_voc", (POLYGON,)),
}


def asked(*arguments, told=""):
    return subprocess.run(
        [PYTHON, str(ORACLE), *arguments], input=told, capture_output=True, text=True, check=True
    ).stdout


def plain(item):
    """One of ours in the words of the oracle."""
    form, kind = item.form, item.kind
    if kind == "box":
        x, y, w, h = item.box
        points = (x, y, x + w, y + h)
    elif kind == "mask":
        points = runs_of(form.mask(64, 48))
    elif kind == "rotated_box":
        x, y, w, h, angle = form.value
        points = (x + w / 2, y + h / 2, w, h, angle)
    else:
        points = np.ravel(form.value[0] if kind == "polygon" else form.value)
    return {"type": kind, "label": NAMES[item.label], "points": [float(value) for value in points]}


def runs_of(mask):
    """Lengths of unset and set pixels in turn, row by row, counted one by one."""
    runs, now = [0], False
    for bit in mask.ravel():
        if bool(bit) != now:
            runs.append(0)
            now = not now
        runs[-1] += 1
    return runs


def seen_in(key, item):
    """What Datumaro makes of one of ours in a format: COCO gives everything a box, its own has none that is turned."""
    if key == "datumaro" and item.kind == "rotated_box":
        x, y, w, h, angle = item.form.value
        return [plain(boxed(item.label, x, y, w, h)) | {"rotation": angle}]
    return [plain(item), *([plain(boxed(item.label, *item.box))] if key == "coco" and item.form else [])]


def by_place(annotations):
    return sorted(annotations, key=lambda row: (row["type"], row["label"], row["points"]))


def samples(objects):
    names = ("a/b 1.jpg", "狗 2.jpg", "c.jpg")
    rows = [(0, "train", objects), (0, "val", objects[:1]), (0, "test", ())]
    return [
        sample(i, split, objects=some, name=name) for (i, split, some), name in zip(rows, names, strict=True)
    ]


def said_of(content):
    """A digest of all but the pictures, whose bytes are Pillow's."""
    digest = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in sorted(archive.namelist()):
            digest.update(name.encode() + (b"" if name.endswith(".jpg") else archive.read(name)))
    return digest.hexdigest()


def reading(folder, key, task, content):
    """What Datumaro finds in the export: told now, or for these very bytes before."""
    facts, case = json.loads((FACTS / "read.json").read_text("utf-8")), f"{key} {task}"
    if PYTHON:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder / "ours")
        told = json.loads(asked("read", THEIR_NAME.get(key, key), str(folder / "ours")))
        facts[case] = {"export": said_of(content), "items": told}
        text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True)
        (FACTS / "read.json").write_text(text + "\n", "utf-8")
    assert facts[case]["export"] == said_of(content), "the export changed: ask Datumaro again, as told above"
    return facts[case]["items"]


@pytest.mark.parametrize(("key", "task"), OURS)
def test_datumaro_reads_what_we_wrote(tmp_path, key, task):
    rows = samples(OURS[key, task])
    content, sink = exported(key, task, rows, CLASSES)
    assert dict(sink.told) == {}
    found = {
        (item["subset"], item["id"].rpartition("/")[2]): item
        for item in reading(tmp_path, key, task, content)
    }
    assert set(found) == {("train", "b 1"), ("val", "狗 2"), ("test", "c")}
    for row in rows:
        item = found[row.split, row.name.rpartition("/")[2].removesuffix(".jpg")]
        assert item["size"] in (None, [row.width, row.height])
        wanted = by_place(part for each in row.objects for part in seen_in(key, each))
        got = by_place(item["annotations"])
        assert [(row["type"], row["label"]) for row in got] == [(row["type"], row["label"]) for row in wanted]
        for one, other in zip(got, wanted, strict=True):
            assert one["points"] == pytest.approx(other["points"], abs=1e-3)
            assert one.get("rotation") == other.get("rotation")


def written(folder, key, objects):
    """The ZIP that Datumaro makes of the items: now, or before."""
    path = FACTS / f"written/{key}.zip"
    if PYTHON:
        names = [("a/b 1", "train", objects), ("狗 2", "val", objects[:1]), ("c", "test", ())]
        items = [
            {"id": name, "subset": split, "size": [64, 48], "annotations": [plain(each) for each in some]}
            for name, split, some in names
        ]
        asked("write", key, str(folder / "theirs"), told=json.dumps({"classes": NAMES, "items": items}))
        files = sorted(each for each in (folder / "theirs").rglob("*") if each.is_file())
        path.write_bytes(
            zipped(
                {each.relative_to(folder / "theirs").as_posix(): each.read_bytes() for each in files},
                zipfile.ZIP_DEFLATED,
            )
        )
    return path.read_bytes()


@pytest.mark.parametrize("key", THEIRS)
def test_we_read_what_datumaro_wrote(tmp_path, key):
    ours, objects = THEIRS[key]
    content = written(tmp_path, key, objects)
    tree = opened(tmp_path, content)
    choice = format_detected(tree, "auto")
    plan = choice.plan(tree)
    assert choice.importer.key == ours
    found = {
        each.member.name.rpartition(".")[0].rpartition("/")[2].removeprefix("a_"): each
        for each in plan.items
        if isinstance(each, Draft)
    }
    assert [each for each in plan.items if isinstance(each, Problem) and each.code != "details_dropped"] == []
    assert {name: each.split for name, each in found.items()} == {"b 1": "train", "狗 2": "val", "c": "test"}
    # LabelMe lists no classes.
    assert plan.classes == (NAMES if key != "label_me" else ("狗",))
    for name, wanted in (("b 1", objects), ("狗 2", objects[:1]), ("c", ())):
        boxes = found[name].boxes_px(64, 48)
        assert [(box.kind, box.label) for box in boxes] == [(each.kind, NAMES[each.label]) for each in wanted]
        for box, each in zip(boxes, wanted, strict=True):
            if each.form is None:
                assert (box.x, box.y, box.w, box.h) == pytest.approx(each.box, abs=1e-3)
            else:
                assert_same_form(box.form, each.form)


def test_the_runs_of_a_mask_are_all_its_pixels():
    """Of the helper here: an oracle that compares nothing would agree with everything."""
    runs = runs_of(hills())
    assert sum(runs) == hills().size
    assert sum(runs[1::2]) == hills().sum()
    assert all(length > 0 for _, length in pairwise(runs))
