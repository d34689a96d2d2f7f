import numpy as np
import pytest

from datasets.quality.boxes import KINDS, Boxes, _covering, box_findings, by_boxes_alone

WIDE, TALL = 640, 480


def boxes_of(rows, kinds=()):
    """Rows of (picture, class, x, y, w, h) on pictures of 640 x 480; boxes where `kinds` ends."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    picture, label = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    size = np.ones(len(table), np.float32)
    named = [*kinds, *["box"] * (len(table) - len(kinds))]
    kind = np.array([KINDS.index(name) for name in named], np.int8)
    return Boxes(*table[:, 2:].T, picture, label, kind, WIDE * size, TALL * size)


def ordinary(count, rng):
    sizes = rng.uniform(20, 120, (count, 2))
    places = rng.uniform(0, 1, (count, 2)) * (np.array([WIDE, TALL]) - sizes)
    return [(i // 4, i % 3, *place, *size) for i, (place, size) in enumerate(zip(places, sizes, strict=True))]


def test_ordinary_boxes_are_fine():
    found = box_findings(boxes_of(ordinary(400, np.random.default_rng(0))))
    assert {code: int(mask.sum()) for code, mask in found.items()} == dict.fromkeys(found, 0)


def test_each_fault_is_named_and_nothing_else():
    rows = ordinary(400, np.random.default_rng(0))
    planted = {
        "boxes_outside": (200, 0, 600, 10, 60, 40),
        "boxes_tiny": (201, 0, 30, 30, 2, 40),
        "boxes_huge": (202, 0, 2, 2, 636, 476),
        "boxes_twice": (203, 1, 50.5, 60, 100, 80),
        "boxes_overlap": (204, 2, 50.5, 60, 100, 80),
    }
    first = [(203, 1, 50, 60, 100, 80), (204, 1, 50, 60, 100, 80)]
    found = box_findings(boxes_of([*rows, *first, *planted.values()]))
    for number, code in enumerate(planted):
        assert np.flatnonzero(found[code]).tolist() == [402 + number], code


def test_the_second_of_two_is_named_wherever_it_stands_in_the_list():
    crowd = [(0, 0, 10 * i, 10, 8, 8) for i in range(40)]
    found = box_findings(boxes_of([(0, 0, 305, 200, 90, 90), *crowd, (0, 0, 305.5, 200, 90, 90)]))
    assert np.flatnonzero(found["boxes_twice"]).tolist() == [41]


def test_a_box_of_two_classes_is_an_overlap_and_none_drawn_twice():
    rows = [*ordinary(40, np.random.default_rng(0)), (20, 0, 50, 60, 100, 80), (20, 1, 50, 60, 100, 80)]
    found = box_findings(boxes_of(rows))
    assert not found["boxes_twice"].any()
    assert np.flatnonzero(found["boxes_overlap"]).tolist() == [41]


def test_two_pictures_or_two_kinds_of_marks_may_share_a_box():
    rows = [(50, 0, 50, 60, 100, 80), (51, 0, 50, 60, 100, 80), (51, 1, 50, 60, 100, 80)]
    rows += ordinary(40, np.random.default_rng(0))
    found = box_findings(boxes_of(rows, ["box", "box", "keypoints"]))
    assert not found["boxes_twice"].any()
    assert not found["boxes_overlap"].any()


def test_classes_that_lie_on_each_other_everywhere_are_meant_so():
    rows = [(i, label, 50, 60, 100, 80) for i in range(20) for label in (0, 1)]
    assert not box_findings(boxes_of(rows))["boxes_overlap"].any()


def test_what_shares_a_box_only_is_asked_and_let_be():
    rows = [*ordinary(40, np.random.default_rng(0)), (20, 0, 9, 9, 90, 90), (20, 0, 9, 9, 90, 90)]
    asked = []

    def differs(a, b):
        asked.extend(zip(a.tolist(), b.tolist(), strict=True))
        return np.zeros(len(a), np.bool_)

    assert not box_findings(boxes_of(rows), differs)["boxes_twice"].any()
    assert asked == [(40, 41)]


def test_lines_are_thin_and_cross_and_one_key_point_is_a_place():
    rows = [
        (0, 0, 10, 10, 300, 0),
        (0, 0, 10, 10, 300, 0.5),
        (1, 0, 40, 40, 0, 0),
        (2, 0, 40, 40, 1, 2),
        (3, 0, 40, 40, 60, 0),
        *ordinary(60, np.random.default_rng(0)),
    ]
    found = box_findings(boxes_of(rows, ["polyline", "polyline", "keypoints", "keypoints", "keypoints"]))
    assert np.flatnonzero(found["boxes_tiny"]).tolist() == [3]
    assert not found["boxes_twice"].any()


def test_an_area_may_be_the_whole_picture_and_a_box_hardly():
    rows = [*ordinary(60, np.random.default_rng(0)), (30, 0, 0, 0, WIDE, TALL), (31, 0, 0, 0, WIDE, TALL)]
    found = box_findings(boxes_of(rows, [*["box"] * 60, "mask", "rotated_box"]))
    assert np.flatnonzero(found["boxes_huge"]).tolist() == [61]


def test_small_or_large_boxes_are_no_fault_where_all_are_so():
    dots = [(i, 0, i, i, 2, 2) for i in range(50)]
    whole = [(i, 0, 0, 0, WIDE, TALL) for i in range(50)]
    assert not box_findings(boxes_of(dots))["boxes_tiny"].any()
    assert not box_findings(boxes_of(whole))["boxes_huge"].any()


@pytest.mark.parametrize("same_class", [True, False])
def test_twice_and_overlap_agree_with_comparing_every_pair(same_class):
    rng = np.random.default_rng(3)
    rows = [
        (0, int(rng.integers(2)), *rng.integers(0, 3, 2), *(50 + rng.integers(0, 2, 2))) for _ in range(7)
    ]
    boxes = boxes_of(rows)

    def overlap(a, b):
        wide = min(boxes.x[a] + boxes.w[a], boxes.x[b] + boxes.w[b]) - max(boxes.x[a], boxes.x[b])
        tall = min(boxes.y[a] + boxes.h[a], boxes.y[b] + boxes.h[b]) - max(boxes.y[a], boxes.y[b])
        shared = max(wide, 0) * max(tall, 0)
        return shared / (boxes.w[a] * boxes.h[a] + boxes.w[b] * boxes.h[b] - shared)

    slow = [
        any((boxes.label[a] == boxes.label[b]) == same_class and overlap(a, b) > 0.95 for a in range(b))
        for b in range(len(rows))
    ]
    assert any(slow)
    assert not all(slow)
    assert _covering(boxes, by_boxes_alone)[0 if same_class else 1].tolist() == slow


def test_no_box_is_no_finding():
    assert box_findings(boxes_of([])) == {}
