"""Geometry against slow oracles."""

import math
import random
import uuid

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.geometry.iou import box_iou, iou_matrix
from labeling.geometry.polygon import polygon_area, polygon_bounds, polygon_clip
from labeling.geometry.shapes import Canvas, Shape, ShapeRefused, check_complete, shapes_from_json

CLASS_A, CLASS_B = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
WHOLE_BOXES = st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 12)] * 2)


def _pixels(box):
    x, y, w, h = box
    return {(i, j) for i in range(x, x + w) for j in range(y, y + h)}


@settings(deadline=None)
@given(WHOLE_BOXES, WHOLE_BOXES)
def test_iou_is_the_share_of_common_pixels(a, b):
    assert box_iou(a, b) == pytest.approx(len(_pixels(a) & _pixels(b)) / len(_pixels(a) | _pixels(b)))


@settings(max_examples=30, deadline=None)
@given(st.lists(WHOLE_BOXES, max_size=6), st.lists(WHOLE_BOXES, max_size=6))
def test_the_matrix_holds_the_iou_of_every_pair(left, right):
    found = iou_matrix(np.array(left, dtype=float), np.array(right, dtype=float))
    assert found.shape == (len(left), len(right))
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            assert found[i, j] == pytest.approx(box_iou(a, b))


def test_boxes_without_area_overlap_nothing():
    assert box_iou([0, 0, 0, 5], [0, 0, 5, 5]) == 0.0
    assert iou_matrix(np.zeros((1, 4)), np.zeros((1, 4)))[0, 0] == 0.0


def test_a_star_polygon_has_the_area_that_random_points_count():
    rng = random.Random(4)
    spokes = [(math.tau * i / 10, 40 if i % 2 else 18) for i in range(10)]
    ring = [(50 + r * math.cos(a), 50 + r * math.sin(a)) for a, r in spokes]
    hits = sum(_inside((rng.uniform(0, 100), rng.uniform(0, 100)), ring) for _ in range(20_000))
    assert polygon_area(ring) == pytest.approx(10_000 * hits / 20_000, rel=0.05)
    assert polygon_area(ring[::-1]) == pytest.approx(polygon_area(ring))


def _inside(point, ring):
    x, y = point
    odd = False
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            odd = not odd
    return odd


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-30, 130), st.integers(-30, 130)), min_size=3, max_size=3))
def test_clipping_a_triangle_keeps_the_area_inside_the_image(corners):
    ring = [(float(x), float(y)) for x, y in corners]
    kept = polygon_clip(ring, 100, 100)
    step = 2.0
    grid = [(x * step + 1, y * step + 1) for x in range(50) for y in range(50)]
    counted = sum(_inside(p, ring) for p in grid) * step * step
    area = polygon_area(kept) if kept else 0.0
    assert area == pytest.approx(counted, abs=620)
    assert all(-1e-9 <= x <= 100 + 1e-9 and -1e-9 <= y <= 100 + 1e-9 for x, y in kept)


def test_a_ring_outside_is_clipped_away_and_bounds_hold_every_point():
    assert polygon_clip([(-5.0, -5.0), (-1.0, -5.0), (-1.0, -1.0)], 10, 10) == []
    assert polygon_bounds([(1.0, 2.0), (4.0, 8.0), (2.0, 1.0)]) == (1.0, 1.0, 3.0, 7.0)


DETECTION = Canvas("object_detection", 100, 80)


def _raw(**changes):
    shape = {"id": str(uuid.uuid4()), "kind": "box", "label": CLASS_A, "box": [1, 2, 3, 4], "source": "human"}
    return {**shape, **changes}


def test_a_good_box_comes_back_as_it_was_sent():
    raw = _raw(score=0.5)
    assert shapes_from_json([raw], DETECTION)[0].as_json() == raw


@pytest.mark.parametrize(
    "change",
    [
        {"box": [0, 0, 0, 5]},
        {"box": [0, 0, -4, 5]},
        {"box": [0, 0, float("nan"), 5]},
        {"box": [0, 0, float("inf"), 5]},
        {"box": [0, 0, 10**400, 5]},
        {"box": [0, 0, True, 5]},
        {"box": [0, 0, 5]},
        {"box": "abcd"},
        {"box": None},
        {"box": [98, 0, 3, 5]},
        {"box": [-1, 0, 3, 5]},
        {"box": [0, 78, 3, 5]},
        {"box": [100.3, 0, 0.1, 5]},
        {"kind": "class"},
        {"kind": "polygon"},
        {"kind": ["box"]},
        {"label": "cat"},
        {"label": None},
        {"id": 7},
        {"source": "guess"},
        {"source": []},
        {"score": 2},
        {"score": "high"},
    ],
)
def test_a_bad_shape_is_refused_by_its_index(change):
    with pytest.raises(ShapeRefused) as refused:
        shapes_from_json([_raw(), _raw(**change)], DETECTION)
    assert refused.value.params["index"] == 1


@pytest.mark.parametrize("raw", [None, {}, "x", [1], [None]])
def test_what_is_no_list_of_objects_is_refused(raw):
    with pytest.raises(ShapeRefused):
        shapes_from_json(raw, DETECTION)


def test_half_a_pixel_over_the_border_is_cut_off():
    shape = shapes_from_json([_raw(box=[-0.4, 70, 10, 10.3])], DETECTION)[0]
    assert shape.box == pytest.approx((0.0, 70.0, 9.6, 10.0))


def test_two_shapes_with_one_id_or_two_equal_classes_are_refused():
    twice = _raw()
    with pytest.raises(ShapeRefused):
        shapes_from_json([twice, twice], DETECTION)
    mark = {"kind": "class", "label": CLASS_A}
    with pytest.raises(ShapeRefused):
        shapes_from_json(
            [{"id": str(uuid.uuid4()), **mark}, {"id": str(uuid.uuid4()), **mark}],
            Canvas("image_multilabel", 1, 1),
        )


def test_a_classification_is_submitted_with_exactly_one_class():
    mark = Shape(id=CLASS_A, kind="class", label=CLASS_A)
    check_complete([mark], "image_classification")
    check_complete([], "object_detection")
    with pytest.raises(ShapeRefused):
        check_complete([], "image_classification")
