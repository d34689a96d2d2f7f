"""Every kind of shape through every format that has a place for it: equal when it comes back."""

import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.formats import IMPORTERS, WRITERS, format_detected
from datasets.formats.base import Draft, Problem
from datasets.formats.writers.base import BOXES, INSTANCES, KEYPOINTS, ZipSink
from datasets.geometry.forms import Form
from datasets.geometry.rings import corners_turned
from datasets.geometry.rle import rle_of
from datasets.geometry.skeleton import Skeleton
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject
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
        return Form(kind, (x, y, bw, bh, -170 + 340 * draw(unit)))
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


def read_back(folder, content, key):
    tree = opened(folder, content)
    choice = format_detected(tree, "auto")
    assert (choice.importer.key, choice.also) == (key, ())
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
