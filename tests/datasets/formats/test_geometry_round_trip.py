"""Every kind of shape through every format that has a place for it: equal when it comes back."""

import gc
import io
import json
import zipfile

import numpy as np
import pycocotools.mask
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO

from datasets.formats.base import Draft, Problem
from datasets.formats.registry import IMPORTERS, WRITERS, format_detected
from datasets.formats.writers.base import BOXES, INSTANCES, KEYPOINTS, ZipSink
from datasets.geometry.forms import Form
from datasets.geometry.rings import corners_turned
from datasets.geometry.rle import rle_of
from datasets.geometry.skeleton import Skeleton
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample
from tests.datasets.formats.test_every_format import BLOBS, SIZES, opened, sample

NAMES = ("cat", "狗", "a/b: c")
SKELETON = Skeleton(("nose", "左眼", "tail, tip"), ((0, 1), (1, 2)))
SCHEMA = tuple(ManifestClass(f"id{i}", i, name, "", SKELETON) for i, name in enumerate(NAMES))
BARE = tuple(ManifestClass(f"id{i}", i, name) for i, name in enumerate(NAMES))
TASK_OF_KIND = {
    "rotated_box": BOXES,
    "polygon": INSTANCES,
    "mask": INSTANCES,
    "polyline": INSTANCES,
    "keypoints": KEYPOINTS,
}
# What a format has a place for. What is not listed is told as a problem (test_what_a_format_cannot_hold).
HOLDS = {
    "coco": set(TASK_OF_KIND),
    "cvat": set(TASK_OF_KIND),
    "datumaro": set(TASK_OF_KIND),
    "label_studio": {"rotated_box", "polygon", "mask", "keypoints"},
    "pascal_voc": {"rotated_box"},
    "yolo": {"rotated_box", "polygon", "keypoints"},
    "labelme": set(TASK_OF_KIND),
}
CASES = sorted((key, kind) for key, kinds in HOLDS.items() for kind in kinds)

unit = st.floats(0, 1, allow_nan=False)


def item(draw, form, attributes=()):
    return ManifestObject(draw(st.integers(0, len(NAMES) - 1)), form.bounds(), form, attributes)


def star(draw, center, reach, count):
    """A simple ring around a center."""
    angles = 2 * np.pi * (np.arange(count) + 0.8 * np.array([draw(unit) for _ in range(count)])) / count
    radii = reach * (0.3 + 0.7 * np.array([draw(unit) for _ in range(count)]))
    x, y = center[0] + radii * np.cos(angles), center[1] + radii * np.sin(angles)
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


def form(draw, kind, size):
    w, h = size
    if kind == "rotated_box":
        bw, bh = 4 + 12 * draw(unit), 4 + 12 * draw(unit)
        x, y = 12 + (w - 40) * draw(unit), 12 + (h - 40) * draw(unit)
        return Form(kind, (x, y, bw, bh, draw(st.sampled_from((-1, 1))) * (0.01 + 170 * draw(unit))))
    if kind == "polygon":
        return Form(kind, (star(draw, (w / 2, h / 2), 20, draw(st.integers(3, 9))),))
    if kind == "mask":
        seed = draw(st.integers(0, 1 << 20))
        bits = np.random.default_rng(seed).random((h, w)) < draw(st.sampled_from([0.01, 0.5]))
        bits[h // 2, w // 2] = True
        return Form(kind, rle_of(bits))
    if kind == "polyline":
        return Form(kind, tuple((w * draw(unit), h * draw(unit)) for _ in range(draw(st.integers(2, 5)))))
    seen = [(w * draw(unit), h * draw(unit), draw(st.integers(1, 2))) for _ in range(2)]
    return Form(kind, (seen[0], (0.0, 0.0, 0), seen[1]))


@st.composite
def samples_of(draw, kind):
    return [
        sample(
            i,
            draw(st.sampled_from(("train", "val", "test"))),
            objects=tuple(
                item(draw, form(draw, kind, SIZES[f"{i:064x}"])) for _ in range(draw(st.integers(0, 3)))
            ),
        )
        for i in range(draw(st.integers(1, 3)))
    ]


def exported(key, task, samples, schema=SCHEMA):
    out = io.BytesIO()
    sink = ZipSink(out)
    WRITERS[key].write(ManifestHeader("image", task, schema, {}), samples, sink, BLOBS.__getitem__)
    sink.close()
    return out.getvalue(), sink


def read_back(folder, content, key, also=()):
    tree = opened(folder, content)
    choice = format_detected(tree, "auto")
    assert (choice.importer.key, choice.also) == (key, also)
    plan = IMPORTERS[key].plan(tree)
    assert [each for each in plan.items if isinstance(each, Problem)] == []
    return plan, {tree.read(d.member, 1 << 30): d for d in plan.items if isinstance(d, Draft)}


def corners(value):
    """Of a turned box, in an order that does not depend on which corner comes first."""
    return sorted(corners_turned(*value))


def assert_same_form(got, truth):
    assert got.kind == truth.kind
    if truth.kind == "mask":
        assert got.value == truth.value
    elif truth.kind == "rotated_box":
        assert np.array(corners(got.value)) == pytest.approx(np.array(corners(truth.value)), abs=1e-3)
    elif truth.kind == "polygon":
        assert [len(ring) for ring in got.value] == [len(ring) for ring in truth.value]
        for ring, other in zip(got.value, truth.value, strict=True):
            assert np.array(ring) == pytest.approx(np.array(other), abs=1e-3)
    else:
        assert np.array(got.value) == pytest.approx(np.array(truth.value), abs=1e-3)


@pytest.mark.parametrize(("key", "kind"), CASES)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_shapes_come_back_equal(tmp_path, key, kind, data):
    samples = data.draw(samples_of(kind))
    schema = SCHEMA if kind == "keypoints" else BARE
    content, sink = exported(key, TASK_OF_KIND[kind], samples, schema)
    assert dict(sink.told) == {}
    plan, drafts = read_back(tmp_path, content, key)
    assert len(drafts) == len(samples)
    for truth in samples:
        got = drafts[BLOBS[truth.sha256]].boxes_px(truth.width, truth.height)
        assert [box.label for box in got] == [NAMES[each.label] for each in truth.objects]
        for box, each in zip(got, truth.objects, strict=True):
            assert_same_form(box.form, each.form)
            assert box.form.bounds() == pytest.approx(each.box, abs=1e-3)
    assert plan.classes == NAMES
    if kind == "keypoints":
        assert plan.skeletons == dict.fromkeys(NAMES, SKELETON)


HOLED = Form("polygon", (((5, 5), (40, 5), (40, 40), (5, 40)), ((10, 10), (20, 10), (20, 20), (10, 20))))
SPLIT_RINGS = Form("polygon", (((1, 1), (9, 1), (9, 9)), ((20, 20), (30, 20), (30, 30))))
LINE = Form("polyline", ((1.0, 2.0), (30.0, 40.0)))
TURNED = Form("rotated_box", (20.0, 20.0, 10.0, 5.0, 30.0))
SPECK = Form("mask", rle_of(np.eye(48, 64, dtype=np.bool_)))
# What becomes of a form where a format has no place for it: the kind that comes back, and the code that says so.
CHANGED = [
    ("cvat", HOLED, "mask", "polygon_rasterized"),
    ("cvat", SPLIT_RINGS, "mask", "polygon_rasterized"),
    ("datumaro", HOLED, "mask", "polygon_rasterized"),
    ("labelme", HOLED, "mask", "polygon_rasterized"),
    ("label_studio", SPLIT_RINGS, "mask", "polygon_rasterized"),
    ("label_studio", LINE, None, "shape_left_out"),
    ("yolo", HOLED, "polygon", "rings_joined"),
    ("yolo", SPECK, "polygon", "mask_outlined"),
    ("yolo", TURNED, "polygon", "rotated_outlined"),
    ("yolo", LINE, None, "shape_left_out"),
    ("open_images", TURNED, "box", "geometry_reduced"),
]


def one(folder, key, task, *objects):
    """What comes back of one picture, and what was told."""
    content, sink = exported(key, task, [sample(0, "train", objects=objects)], BARE)
    _, drafts = read_back(folder, content, key)
    (draft,) = drafts.values()
    return draft.boxes_px(64, 48), dict(sink.told)


@pytest.mark.parametrize(("key", "form", "kind", "code"), CHANGED)
def test_what_a_format_cannot_hold_is_told_and_fills_the_same_pixels(tmp_path, key, form, kind, code):
    task = INSTANCES if INSTANCES in WRITERS[key].tasks else BOXES
    boxes, told = one(tmp_path, key, task, ManifestObject(0, form.bounds(), form))
    assert told == {code: 1}
    assert [box.kind for box in boxes] == ([] if kind is None else [kind])
    if kind in ("mask", "polygon"):
        assert np.array_equal(boxes[0].form.mask(64, 48), form.mask(64, 48))


@pytest.mark.parametrize("key", ["coco", "datumaro"])
def test_several_parts_come_back_as_one_object(tmp_path, key):
    boxes, told = one(tmp_path, key, INSTANCES, ManifestObject(1, SPLIT_RINGS.bounds(), SPLIT_RINGS))
    assert ([box.form for box in boxes], told) == ([SPLIT_RINGS], {})


def test_coco_keeps_holes_beside_an_rle_that_others_read(tmp_path):
    boxes, told = one(tmp_path, "coco", INSTANCES, ManifestObject(1, HOLED.bounds(), HOLED))
    assert ([box.form for box in boxes], told) == ([HOLED], {})


@pytest.mark.parametrize("key", ["coco", "cvat", "datumaro", "labelme"])
def test_attributes_come_back_or_are_told(tmp_path, key):
    said = (("color", "red"), ("description", "old"), ("group_id", "7"), ("occluded", "1"), ("wet", "true"))
    (box,), told = one(tmp_path, key, BOXES, ManifestObject(0, (1, 1, 9, 9), None, said))
    if key == "labelme":
        assert (box.attributes, told) == ((said[1], said[2], said[4]), {"attributes_dropped": 1})
    else:
        assert (box.attributes, told) == (said, {})


@pytest.mark.parametrize("key", sorted(key for key, writer in WRITERS.items() if BOXES in writer.tasks))
def test_attributes_of_boxes_are_never_lost_in_silence(tmp_path, key):
    (box,), told = one(tmp_path, key, BOXES, ManifestObject(0, (1, 1, 9, 9), None, (("color", "red"),)))
    assert (box.attributes == (("color", "red"),)) != (told == {"attributes_dropped": 1})


def test_an_upright_box_among_turned_ones_stays_upright_in_yolo(tmp_path):
    boxes, told = one(
        tmp_path, "yolo", BOXES, ManifestObject(0, TURNED.bounds(), TURNED), ManifestObject(1, (1, 2, 10, 20))
    )
    assert ([box.kind for box in boxes], told) == (["rotated_box", "box"], {})
    assert (boxes[1].x, boxes[1].y, boxes[1].w, boxes[1].h) == pytest.approx((1, 2, 10, 20), abs=1e-6)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_pycocotools_sees_the_same_pixels_in_our_coco(tmp_path):
    forms = (HOLED, SPECK, Form("mask", rle_of(np.ones((48, 64), np.bool_))))
    objects = tuple(ManifestObject(0, each.bounds(), each) for each in forms)
    content, _ = exported("coco", INSTANCES, [sample(0, "train", objects=objects)], BARE)
    coco = COCO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        coco.dataset = json.loads(archive.read("annotations/instances_train.json"))
    coco.createIndex()
    for each, row in zip(forms, coco.loadAnns(coco.getAnnIds()), strict=True):
        rle = {**row["segmentation"], "counts": row["segmentation"]["counts"].encode()}
        assert np.array_equal(pycocotools.mask.decode(rle).astype(np.bool_), each.mask(64, 48))
        assert row["area"] == each.mask(64, 48).sum()


@pytest.mark.parametrize("task", [BOXES, INSTANCES, KEYPOINTS])
def test_yolo_keeps_no_picture_and_no_shape_of_it_until_the_end(task):
    """The last of all is turned, so that every row has to wait for it."""
    alive = []

    def samples():
        kinds = {
            BOXES: lambda x: None,
            INSTANCES: lambda x: Form("polygon", (((x, 1.0), (x + 3, 1.0), (x + 3, 4.0)),)),
            KEYPOINTS: lambda x: Form("keypoints", ((x, 1.0, 2), (x + 3, 4.0, 2))),
        }
        for i in range(300):
            objects = (ManifestObject(0, (i % 9 + 1.0, 1.0, 3.0, 3.0), kinds[task](i % 9 + 1.0)),) * 3
            yield sample(i % 9, "train", objects=objects, name=f"{i}.jpg")
        if task == BOXES:
            turned = Form("rotated_box", (10.0, 10.0, 8.0, 6.0, 30.0))
            yield sample(0, "train", objects=(ManifestObject(1, turned.bounds(), turned),), name="last.jpg")
        alive.append(sum(type(held) in (ManifestSample, ManifestObject) for held in gc.get_objects()))

    before = sum(type(held) in (ManifestSample, ManifestObject) for held in gc.get_objects())
    out = io.BytesIO()
    sink = ZipSink(out)
    WRITERS["yolo"].write(ManifestHeader("image", task, SCHEMA, {}), samples(), sink, None)
    sink.close()
    with zipfile.ZipFile(out) as archive:
        row = archive.read("labels/train/0.txt").decode().splitlines()[0].split()
    assert len(row) == {BOXES: 9, INSTANCES: 7, KEYPOINTS: 14}[task]
    assert alive[0] - before < 20
