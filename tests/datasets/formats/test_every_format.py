"""What holds for every format: its export is recognized as its own, and comes back equal."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft, Problem
from datasets.formats.registry import IMPORTERS, WRITERS, format_detected
from datasets.formats.writers.base import BOXES, CLASSES, PLACED, SEVERAL, ZipSink
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample
from tests.datasets.pictures import picture, saved, zipped

NAMES = (
    "cat",
    "狗",
    "a/b: c",
    "..",
    "=1+1",
    "'quoted' \"twice\"",
    "<b>&amp;",
    "two words, a comma",
    "no",
    "7",
)
SCHEMA = tuple(ManifestClass(f"id{i}", i, name) for i, name in enumerate(NAMES))
SIZES = {f"{i:064x}": (64 + i, 48 + 2 * i) for i in range(9)}
BLOBS = {sha256: picture(i, SIZES[sha256]) for i, sha256 in enumerate(SIZES)}
SPLITS = ("train", "val", "test")
# These have a place for what must stay together; the others lose it (docs/guide/formats.md).
KEEPS_GROUPS = {"coco", "csv", "cvat", "datumaro", "jsonl", "label_studio", "labelme", "parquet"}
FOR_BOXES = sorted(key for key, writer in WRITERS.items() if BOXES in writer.tasks)
# Its files are opened in a process of their own, which takes its time: test_parquet.py draws fewer of them.
IN_ARCHIVES = [key for key in FOR_BOXES if key != "parquet"]
FOR_CLASSES = sorted(key for key, writer in WRITERS.items() if CLASSES in writer.tasks)
# A folder cannot be called everything a class can be.
AS_FOLDERS = (0, 1)

fraction = st.floats(0, 1, allow_nan=False)


@st.composite
def boxes(draw, size):
    """Boxes inside a picture, down to a fraction of a pixel."""
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        w, h = (max(0.01, side * draw(fraction)) for side in size)
        x, y = (size[0] - w) * draw(fraction), (size[1] - h) * draw(fraction)
        rows.append(ManifestObject(draw(st.integers(0, len(NAMES) - 1)), (x, y, w, h)))
    return tuple(rows)


@st.composite
def box_samples(draw):
    """Up to nine pictures with boxes, some of the same name."""
    return [
        sample(i, draw(st.sampled_from(SPLITS)), objects=draw(boxes(SIZES[f"{i:064x}"])))
        for i in range(draw(st.integers(1, 9)))
    ]


def sample(i, split, label=None, objects=(), name=None):
    sha256 = f"{i:064x}"
    name = name or f"deep/图 {i % 3}, x.jpg"
    return ManifestSample(
        f"s{i:03}", sha256, name, "image/jpeg", *SIZES[sha256], split, f"g{i % 2}", label, objects
    )


def exported(key, task, samples):
    out = io.BytesIO()
    sink = ZipSink(out)
    WRITERS[key].write(ManifestHeader("image", task, SCHEMA, {}), samples, sink, BLOBS.__getitem__)
    sink.close()
    return out.getvalue()


def opened(folder, content):
    return open_tree(saved(folder, content), "x.zip", folder)


def class_samples(key):
    indices = AS_FOLDERS if key == "folder_per_class" else range(len(NAMES))
    return [sample(i, SPLITS[i % 3], label=indices[i % len(indices)]) for i in range(9)]


def both_tasks():
    rows = tuple(ManifestObject(i, (1.5, 2.25, 10, 20)) for i in range(3))
    return [(key, BOXES, [sample(i, SPLITS[i % 3], objects=rows) for i in range(9)]) for key in FOR_BOXES] + [
        (key, CLASSES, class_samples(key)) for key in FOR_CLASSES
    ]


CASES = both_tasks()
IDS = [f"{key}-{task}" for key, task, _ in CASES]


def read_back(tree, key):
    plan = IMPORTERS[key].plan(tree)
    assert [item for item in plan.items if isinstance(item, Problem)] == []
    return plan, {plan.content_of(d, tree, 1 << 30): d for d in plan.items if isinstance(d, Draft)}


def test_every_writer_has_its_reader():
    assert set(WRITERS) <= set(IMPORTERS)
    assert {
        key for key, writer in WRITERS.items() if not writer.tasks <= PLACED | {CLASSES, SEVERAL}
    } == set()


@pytest.mark.parametrize(("key", "task", "samples"), CASES, ids=IDS)
def test_an_export_is_recognized_as_its_own_and_as_no_other(tmp_path, key, task, samples):
    choice = format_detected(opened(tmp_path, exported(key, task, samples)), "auto")
    assert (choice.importer.key, choice.also) == (key, ())
    assert choice.reason


@pytest.mark.parametrize("key", IN_ARCHIVES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples=box_samples())
def test_boxes_come_back_equal(tmp_path, key, samples):
    tree = opened(tmp_path, exported(key, BOXES, samples))
    plan, drafts = read_back(tree, key)
    assert len(drafts) == len(samples)
    for truth in samples:
        draft = drafts[BLOBS[truth.sha256]]
        got = draft.boxes_px(truth.width, truth.height)
        assert [box.label for box in got] == [NAMES[item.label] for item in truth.objects]
        for box, item in zip(got, truth.objects, strict=True):
            assert (box.x, box.y, box.w, box.h) == pytest.approx(item.box, abs=1e-3)
        assert (draft.split, draft.annotated) == (truth.split, True)
        assert draft.group == (truth.group if key in KEEPS_GROUPS else "")
        assert draft.stated_size in (None, (truth.width, truth.height))
    assert plan.classes == NAMES


@pytest.mark.parametrize("key", FOR_CLASSES)
def test_classes_of_whole_pictures_come_back_equal(tmp_path, key):
    samples = class_samples(key)
    plan, drafts = read_back(opened(tmp_path, exported(key, CLASSES, samples)), key)
    for truth in samples:
        draft = drafts[BLOBS[truth.sha256]]
        assert (draft.label, draft.split) == (NAMES[truth.label], truth.split)
        assert draft.annotated
        assert draft.group == (truth.group if key in KEEPS_GROUPS else "")
    assert len(drafts) == len(samples)
    assert set(plan.classes) >= {NAMES[s.label] for s in samples}


@pytest.mark.parametrize(("key", "task", "samples"), CASES, ids=IDS)
def test_names_of_pictures_come_back_but_for_what_makes_them_unique(tmp_path, key, task, samples):
    renamed = [sample(i, s.split, s.label, s.objects, name=f"a/照片 {i}.jpg") for i, s in enumerate(samples)]
    _, drafts = read_back(opened(tmp_path, exported(key, task, renamed)), key)
    tails = {draft.name.rpartition("/")[2] for draft in drafts.values()}
    assert tails == {f"照片 {i}.jpg" for i in range(len(renamed))}


@pytest.mark.parametrize(("key", "task", "samples"), CASES, ids=IDS)
def test_planning_twice_gives_equal_plans(tmp_path, key, task, samples):
    content = exported(key, task, samples)
    first, second = (IMPORTERS[key].plan(opened(tmp_path, content)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("key", "task", "samples"), CASES, ids=IDS)
def test_equal_versions_give_equal_archives(key, task, samples):
    assert exported(key, task, samples) == exported(key, task, samples)


@pytest.mark.parametrize(("key", "task", "samples"), CASES, ids=IDS)
def test_names_decomposed_as_macs_write_them_still_match(tmp_path, key, task, samples):
    """The pictures' names arrive in NFD, the annotations speak NFC."""
    import unicodedata
    import zipfile

    renamed = [sample(i, s.split, s.label, s.objects, name=f"été {i}.jpg") for i, s in enumerate(samples)]
    with zipfile.ZipFile(io.BytesIO(exported(key, task, renamed))) as archive:
        files = {
            unicodedata.normalize("NFD", name) if name.endswith(".jpg") else name: archive.read(name)
            for name in archive.namelist()
        }
    _, drafts = read_back(opened(tmp_path, zipped(files)), key)
    assert all(draft.annotated for draft in drafts.values())


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_damage_anywhere_in_an_annotation_never_raises_anything_else(tmp_path, data):
    import zipfile

    from datasets.formats.base import FormatMismatch

    key, task, samples = data.draw(st.sampled_from([case for case in CASES if case[0] in IN_ARCHIVES]))
    with zipfile.ZipFile(io.BytesIO(exported(key, task, samples[:3]))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    target = data.draw(st.sampled_from([name for name in files if not name.endswith(".jpg")]))
    content = bytearray(files[target])
    for _ in range(data.draw(st.integers(1, 8)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    files[target] = bytes(content[: data.draw(st.integers(0, len(content)))])
    tree = opened(tmp_path, zipped(files))
    for importer in (IMPORTERS[key], format_detected(tree, "auto").importer):
        try:
            plan = importer.plan(tree)
        except FormatMismatch:
            continue
        assert sum(isinstance(item, Draft) for item in plan.items) == len(samples[:3])
