"""Masks as PNG: exact both ways, colors and numbers explained by a list or told, objects apart by their ids."""

import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from datasets.formats.readers import mask_png
from datasets.formats.writers.base import INSTANCES, SEMANTIC
from datasets.geometry.forms import Form
from datasets.geometry.rle import rle_of
from datasets.manifest import ManifestObject
from tests.datasets.formats.test_every_format import BLOBS, SIZES, sample
from tests.datasets.formats.test_geometry_round_trip import BARE, HOLED, LINE, NAMES, exported, read_back
from tests.datasets.formats.trees import P, codes, drafts, planned


def png(array, mode=None, palette=None):
    image = Image.frombytes(mode, array.shape[1::-1], array.tobytes()) if mode else Image.fromarray(array)
    if palette:
        image.putpalette(palette)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def numbered(*values):
    mask = np.zeros((48, 64), np.uint8)
    for at, value in enumerate(values):
        mask[10 * at : 10 * at + 5, 3:9] = value
    return mask


def masks_of(seed, size, count):
    """Masks that share no pixel, each with one at least."""
    rng = np.random.default_rng(seed)
    owner = rng.integers(0, count + 1, (size[1], size[0]))
    owner[0, :count] = np.arange(1, count + 1)
    return [owner == number for number in range(1, count + 1)]


@pytest.mark.parametrize("task", [INSTANCES, SEMANTIC])
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 1 << 30), count=st.integers(0, 3))
def test_masks_come_back_to_the_pixel(tmp_path, task, seed, count):
    samples = []
    for i in range(3):
        areas = masks_of(seed + i, SIZES[f"{i:064x}"], count)
        labels = [k if task == SEMANTIC else (seed >> k) % 3 for k in range(count)]
        forms = [Form("mask", rle_of(area)) for area in areas]
        objects = tuple(ManifestObject(n, f.bounds(), f) for n, f in zip(labels, forms, strict=True))
        samples.append(sample(i, ("train", "val", "test")[i], objects=objects))
    content, sink = exported("mask_png", task, samples, BARE)
    assert dict(sink.told) == {}
    # Folders of pictures and folders of masks would also do as classes.
    plan, found = read_back(tmp_path, content, "mask_png", ("folder_per_class",))
    assert (plan.classes, len(found)) == (NAMES, 3)
    for truth in samples:
        draft = found[BLOBS[truth.sha256]]
        assert (draft.split, draft.annotated) == (truth.split, True)
        assert [(b.label, b.form) for b in draft.boxes] == [(NAMES[o.label], o.form) for o in truth.objects]


def test_what_a_pixel_cannot_say_is_told(tmp_path):
    square = Form("mask", rle_of(numbered(1) > 0))
    objects = [ManifestObject(n, f.bounds(), f) for n, f in ((0, HOLED), (0, square), (1, square), (2, LINE))]
    objects.append(ManifestObject(2, (30.0, 2.0, 4.0, 4.0), None, (("color", "red"),)))
    _, sink = exported("mask_png", INSTANCES, [sample(0, "train", objects=tuple(objects))], BARE)
    assert dict(sink.told) == {
        "polygon_rasterized": 1,
        "shape_left_out": 1,
        "attributes_dropped": 1,
        "box_outlined": 1,
        "overlap_hidden": 2,
    }


def test_voc_folders_with_a_palette_and_object_ids(tmp_path):
    palette = [0, 0, 0, 128, 0, 0, 0, 128, 0]
    files = {
        "VOC/JPEGImages/a.jpg": P,
        "VOC/SegmentationClass/a.png": png(numbered(1, 1, 2), "P", palette),
        "VOC/SegmentationObject/a.png": png(numbered(1, 2, 3), "P", palette),
        "VOC/labelmap.txt": "background:0,0,0::\ncat:128,0,0::\n狗:0,128,0::\n",
    }
    key, plan = planned(tmp_path, files)
    (draft,) = drafts(plan).values()
    assert (key, plan.classes, codes(plan)) == ("mask_png", ("cat", "狗"), {})
    assert [(b.label, b.x, b.y, b.w, b.h) for b in draft.boxes] == [
        ("cat", 3, 0, 6, 5),
        ("cat", 3, 10, 6, 5),
        ("狗", 3, 20, 6, 5),
    ]


def test_colors_of_an_rgb_mask_are_looked_up_and_others_told(tmp_path):
    colors = np.zeros((48, 64, 3), np.uint8)
    colors[:4, :4], colors[10:12, 10:12] = (0, 0, 64), (9, 9, 9)
    files = {
        "images/a.jpg": P,
        "masks/a_mask.png": png(colors),
        "label_colors.txt": "0 0 0 void\n0 0 64 road\n",
    }
    _, plan = planned(tmp_path, files)
    (draft,) = drafts(plan).values()
    assert [(b.label, b.w) for b in draft.boxes] == [("road", 4)]
    assert codes(plan) == {"category_unknown": 1}


def test_numbers_without_a_list_are_their_own_names_and_that_is_told(tmp_path):
    files = {"images/a.jpg": P, "masks/a.png": png(numbered(0, 7, 255))}
    _, plan = planned(tmp_path, files)
    assert [box.label for box in drafts(plan)["images/a.jpg"].boxes] == ["7"]
    assert codes(plan) == {"class_names_missing": 1}


def test_masks_are_no_pictures_and_a_mask_without_a_picture_is_told(tmp_path):
    files = {f"images/{n}.jpg": P for n in "abc"} | {f"masks/{n}.png": png(numbered(1)) for n in "abx"}
    key, plan = planned(tmp_path, files | {"classes.txt": "background\ncat\n"})
    assert (key, set(drafts(plan))) == ("mask_png", {"images/a.jpg", "images/b.jpg", "images/c.jpg"})
    assert (codes(plan), drafts(plan)["images/c.jpg"].annotated) == ({"image_missing": 1}, False)


@pytest.mark.parametrize("content", [b"", b"no png", png(numbered(1))[:60]])
def test_a_mask_that_is_no_png_is_told_and_its_picture_stays_unlabeled(tmp_path, content):
    files = {"images/a.jpg": P, "images/b.jpg": P, "masks/a.png": content, "masks/b.png": png(numbered(1))}
    _, plan = planned(tmp_path, files, "mask_png")
    found = drafts(plan)
    assert (found["images/a.jpg"].annotated, found["images/b.jpg"].annotated) == (False, True)
    assert codes(plan)["annotation_unreadable"] == 1


def test_a_photograph_in_the_folder_of_masks_gives_no_thousand_classes(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    files = {"images/a.jpg": P, "masks/a.png": png(noise), "labelmap.txt": "cat:1,2,3::\n"}
    _, plan = planned(tmp_path, files)
    assert plan.classes == ("cat",)
    assert codes(plan)["shape_invalid"] == 1


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1 << 30), height=st.integers(1, 9), width=st.integers(1, 9), slab=st.integers(1, 30)
)
def test_objects_and_classes_are_cut_out_as_one_by_one(seed, height, width, slab):
    rng = np.random.default_rng(seed)
    numbers, objects = (rng.integers(0, 5, (height, width)).astype(np.int64) for _ in range(2))
    names = {1: "cat", 2: "dog", 4: "cat"}
    is_named = np.isin(numbers, list(names))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mask_png, "_SLAB_PIXELS", slab)
        named, _ = mask_png._named(numbers, objects, names)
        by_object = list(mask_png._by_object(numbers, named, names))
        by_class = dict(mask_png._by_class(numbers, {k: n for k, n in names.items() if k in numbers}))
    wanted = []
    for number in [n for n in range(1, 5) if np.any((objects == n) & is_named)]:
        area = (objects == number) & is_named
        values, counts = np.unique(numbers[area], return_counts=True)
        wanted.append((names[int(values[counts.argmax()])], rle_of(area)))
    assert by_object == wanted
    areas = {"cat": np.isin(numbers, (1, 4)), "dog": numbers == 2}
    assert by_class == {name: rle_of(area) for name, area in areas.items() if area.any()}


def test_ten_thousand_objects_of_a_large_mask_are_cut_out_in_one_pass(tmp_path):
    side, cell = 2_000, 20
    at = np.arange(side, dtype=np.uint16) // cell
    ids = at[:, None] * np.uint16(side // cell) + at[None, :] + np.uint16(1)
    files = {
        "images/a.jpg": P,
        "masks/a.png": png(np.ones((side, side), np.uint8)),
        "instances/a.png": png(ids),
        "classes.txt": "background\ncat\n",
    }
    _, plan = planned(tmp_path, files, "mask_png")
    (draft,) = drafts(plan).values()
    assert (len(draft.boxes), codes(plan)) == (10_000, {})
    assert {(b.label, b.w, b.h, b.form.value.area) for b in draft.boxes} == {("cat", cell, cell, cell * cell)}


def test_objects_over_the_most_that_a_picture_has_are_left_out_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr(mask_png, "_MAX_OBJECTS", 3)
    ids = numbered(1, 2, 7, 9, 400 % 256).astype(np.uint16)
    files = {
        "images/a.jpg": P,
        "masks/a.png": png((ids > 0).astype(np.uint8)),
        "instances/a.png": png(ids),
        "classes.txt": "background\ncat\n",
    }
    _, plan = planned(tmp_path, files, "mask_png")
    (draft,) = drafts(plan).values()
    assert (len(draft.boxes), codes(plan)) == (3, {"too_many_objects": 1})
    (told,) = [item for item in plan.items if getattr(item, "code", "") == "too_many_objects"]
    assert told.detail.startswith("2 of its objects")


def test_an_export_leaves_no_more_than_an_import_reads_and_tells_the_rest(tmp_path, monkeypatch):
    from datasets.formats.writers import mask_png as writer

    monkeypatch.setattr(writer, "_MOST", 2)
    forms = [Form("mask", rle_of(area)) for area in masks_of(1, (64, 48), 4)]
    objects = tuple(ManifestObject(0, form.bounds(), form) for form in forms)
    for task, told in ((INSTANCES, {"shape_left_out": 2}), (SEMANTIC, {"objects_merged": 3})):
        _, sink = exported("mask_png", task, [sample(0, "train", objects=objects)], BARE)
        assert dict(sink.told) == told
