import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft
from datasets.formats.registry import IMPORTERS, WRITERS, format_detected
from datasets.formats.writers.base import ZipSink
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample
from tests.datasets.pictures import picture, saved

NAMES = ("cat", "狗", "a/b: c", "..")
CLASSES = tuple(ManifestClass(f"id{i}", i, name) for i, name in enumerate(NAMES))
BLOBS = {f"{i:064x}": picture(i) for i in range(12)}
number = st.floats(0.25, 60, allow_nan=False)
box = st.tuples(st.floats(0, 3), st.floats(0, 3), number, number)
objects = st.lists(st.builds(ManifestObject, st.integers(0, 3), box), max_size=4).map(tuple)


def sample(i, split, label=None, objs=(), name=None, group=""):
    return ManifestSample(
        f"s{i:03}", f"{i:064x}", name or f"x/pic{i % 3}.jpg", "image/jpeg", 64, 48, split, group, label, objs
    )


def exported(key, task, samples, media=True):
    out = io.BytesIO()
    sink = ZipSink(out)
    header = ManifestHeader("image", task, CLASSES, {})
    WRITERS[key].write(header, samples, sink, BLOBS.__getitem__ if media else None)
    sink.close()
    return out.getvalue()


def reimported(tmp_path, content, key):
    tree = open_tree(saved(tmp_path, content), "x.zip", tmp_path)
    assert format_detected(tree, "auto").importer.key == key
    plan = IMPORTERS[key].plan(tree)
    assert all(isinstance(item, Draft) for item in plan.items)
    return [(tree.read(d.member, 1 << 30), d) for d in plan.items], plan


def oracle(content):
    """pycocotools' reading of every annotation file: picture bytes -> boxes by class name."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.endswith(".json"):
                continue
            coco = COCO()
            coco.dataset = json.loads(archive.read(name))
            coco.createIndex()
            for image in coco.loadImgs(coco.getImgIds()):
                anns = coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
                rows = [(coco.cats[a["category_id"]]["name"], a.get("bbox")) for a in anns]
                found[archive.read("images/" + image["file_name"])] = rows
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    everything=st.lists(
        st.tuples(st.sampled_from(["train", "val", "test"]), objects), min_size=1, max_size=12
    )
)
def test_coco_boxes_survive_export_and_import_and_pycocotools_agrees(tmp_path, everything):
    samples = [sample(i, split, objs=objs, group=f"g{i % 2}") for i, (split, objs) in enumerate(everything)]
    content = exported("coco", "object_detection", samples)
    wanted = {BLOBS[s.sha256]: s for s in samples}
    for pixels, draft in reimported(tmp_path, content, "coco")[0]:
        truth = wanted[pixels]
        assert draft.split == truth.split
        assert draft.group == truth.group
        assert draft.annotated
        assert [b.label for b in draft.boxes] == [NAMES[o.label] for o in truth.objects]
        got = np.array([[b.x, b.y, b.w, b.h] for b in draft.boxes]).reshape(-1, 4)
        np.testing.assert_allclose(got, np.array([o.box for o in truth.objects]).reshape(-1, 4), atol=1e-3)
    for pixels, rows in oracle(content).items():
        assert rows == [(NAMES[o.label], list(o.box)) for o in wanted[pixels].objects]


@pytest.mark.parametrize("key", ["coco", "folder_per_class"])
def test_classes_of_whole_pictures_survive_export_and_import(tmp_path, key):
    samples = [sample(i, ("train", "val", "test")[i % 3], label=i % 2) for i in range(12)]
    drafts, _ = reimported(tmp_path, exported(key, "image_classification", samples), key)
    wanted = {BLOBS[s.sha256]: s for s in samples}
    assert len(drafts) == 12
    for pixels, draft in drafts:
        assert (draft.label, draft.split) == (NAMES[wanted[pixels].label], wanted[pixels].split)


def test_equal_versions_give_equal_archives():
    samples = [sample(i, "train", label=i % 4) for i in range(8)]
    assert exported("coco", "image_classification", samples) == exported(
        "coco", "image_classification", samples
    )


def test_hostile_names_leave_no_archive(tmp_path):
    names = ["../../evil.jpg", "a\\b.jpg", "C:evil.jpg", "", "…" + "x" * 250, "con<>.jpg", "noending"]
    samples = [sample(i, "train", label=3, name=name) for i, name in enumerate(names)]
    for key in WRITERS:
        tree = open_tree(saved(tmp_path, exported(key, "image_classification", samples)), "x.zip", tmp_path)
        assert not tree.refused
        if key == "parquet":  # its pictures are rows, their names text
            assert len(list(format_detected(tree, "auto").plan(tree).items)) == len(names)
            continue
        assert sum(m.is_image and not m.name.startswith("masks/") for m in tree.members) == len(names)


def test_a_class_name_is_no_formula_in_the_csv():
    out = io.BytesIO()
    sink = ZipSink(out)
    header = ManifestHeader("image", "image_classification", (ManifestClass("i", 0, "=HYPERLINK(1)"),), {})
    WRITERS["folder_per_class"].write(header, [sample(0, "train", label=0)], sink, None)
    sink.close()
    text = zipfile.ZipFile(out).read("labels.csv").decode("utf-8-sig")
    assert ",'=HYPERLINK(1)," in text
