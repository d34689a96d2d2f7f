import numpy as np

from datasets.quality.boxes import Boxes, box_findings

WIDE, TALL = 640, 480


def boxes_of(rows):
    """Rows of (picture, class, x, y, w, h) on pictures of 640 x 480."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    picture, label = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    size = np.ones(len(table), np.float32)
    return Boxes(*table[:, 2:].T, picture, label, WIDE * size, TALL * size)


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
    }
    found = box_findings(boxes_of([*rows, (203, 1, 50, 60, 100, 80), *planted.values()]))
    for number, code in enumerate(planted):
        assert np.flatnonzero(found[code]).tolist() == [401 + number], code


def test_the_second_of_two_is_named_wherever_it_stands_in_the_list():
    crowd = [(0, 0, 10 * i, 10, 8, 8) for i in range(40)]
    found = box_findings(boxes_of([(0, 0, 305, 200, 90, 90), *crowd, (0, 0, 305.5, 200, 90, 90)]))
    assert np.flatnonzero(found["boxes_twice"]).tolist() == [41]


def test_two_classes_or_two_pictures_may_share_a_box():
    rows = [(0, 0, 50, 60, 100, 80), (0, 1, 50, 60, 100, 80), (1, 0, 50, 60, 100, 80)]
    assert not box_findings(boxes_of(rows))["boxes_twice"].any()


def test_small_or_large_boxes_are_no_fault_where_all_are_so():
    dots = [(i, 0, i, i, 2, 2) for i in range(50)]
    whole = [(i, 0, 0, 0, WIDE, TALL) for i in range(50)]
    assert not box_findings(boxes_of(dots))["boxes_tiny"].any()
    assert not box_findings(boxes_of(whole))["boxes_huge"].any()


def test_twice_agrees_with_comparing_every_pair():
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
        any(boxes.label[a] == boxes.label[b] and overlap(a, b) > 0.95 for a in range(b))
        for b in range(len(rows))
    ]
    assert any(slow)
    assert not all(slow)
    assert box_findings(boxes)["boxes_twice"].tolist() == slow


def test_no_box_is_no_finding():
    assert box_findings(boxes_of([])) == {}
