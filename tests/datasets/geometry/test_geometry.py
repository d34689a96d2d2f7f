"""Masks, rings and turned boxes against pycocotools and slow truth."""

import math

import numpy as np
import pycocotools.mask
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.formats import brush
from datasets.formats.brush import brush_packed, brush_unpacked
from datasets.formats.forms import ellipse_of, joined, mask_in, rows_packed, rows_unpacked, united
from datasets.geometry.forms import MAX_ATTRIBUTE, Form, FormRefused, attributes_from, form_from, form_of_row
from datasets.geometry.rings import corners_turned, rasterized, ring_area, ring_clipped, traced, turned_from
from datasets.geometry.rle import rle_from, rle_of
from datasets.geometry.skeleton import Skeleton, skeleton_from

sides = st.integers(1, 40)
shares = st.sampled_from([0.0, 0.02, 0.3, 0.5, 0.98, 1.0])


@st.composite
def masks(draw):
    height, width = draw(sides), draw(sides)
    return np.random.default_rng(draw(st.integers(0, 1 << 30))).random((height, width)) < draw(shares)


def by_centers(rings, width, height):
    """The slow truth: each center asks every edge whether it is crossed by the ray to its right.

    And which centers no edge meets to the last digits: the others may fall to either side.
    """
    found, is_sure = np.zeros((height, width), np.bool_), np.ones((height, width), np.bool_)
    for row in range(height):
        for column in range(width):
            x, y, crossings = column + 0.5, row + 0.5, 0
            for ring in rings:
                for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
                    if (y0 <= y) != (y1 <= y):
                        at = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
                        crossings += at > x
                        is_sure[row, column] &= abs(at - x) > 1e-9
            found[row, column] = crossings % 2
    return found, is_sure


@settings(max_examples=150, deadline=None)
@given(masks())
def test_packing_is_that_of_pycocotools_and_comes_back(mask):
    rle = rle_of(mask)
    truth = pycocotools.mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert rle.counts == truth["counts"].decode()
    assert rle_from(rle.to_json()) == rle
    assert rle_from({"size": list(mask.shape), "counts": rle.runs.tolist()}) == rle
    assert np.array_equal(rle.mask(), mask)
    assert rle.area == mask.sum()
    assert (rle.bounds or (0, 0, 0, 0)) == tuple(pycocotools.mask.toBbox(truth))


@settings(max_examples=100, deadline=None)
@given(masks())
def test_an_outline_fills_its_mask_also_as_one_joined_ring(mask):
    height, width = mask.shape
    rings = traced(mask)
    assert np.array_equal(rasterized(rings, width, height), mask)
    if rings:
        assert np.array_equal(rasterized([joined(rings)], width, height), mask)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.floats(-5, 25), st.floats(-5, 25)), min_size=3, max_size=7), max_size=3)
)
def test_filling_is_even_odd_at_the_centers_of_pixels(rings):
    truth, is_sure = by_centers(rings, 20, 16)
    assert np.array_equal(rasterized(rings, 20, 16)[is_sure], truth[is_sure])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-30, 50), st.floats(-30, 50)), min_size=3, max_size=8))
def test_a_clipped_ring_fills_what_of_it_is_on_the_picture(ring):
    clipped = ring_clipped(ring, 20, 16)
    assert all(0 <= x <= 20 and 0 <= y <= 16 for x, y in clipped)
    differing = rasterized([clipped] if clipped else [], 20, 16) ^ rasterized([ring], 20, 16)
    # Only a center that an edge meets to the last digit may fall to either side.
    assert differing.sum() <= 1


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.5, 90), st.floats(0.5, 90), st.floats(-179, 179))
def test_a_turned_box_comes_back_from_its_corners(x, y, w, h, angle):
    assert turned_from(corners_turned(x, y, w, h, angle)) == pytest.approx((x, y, w, h, angle), abs=1e-6)
    assert ring_area(corners_turned(x, y, w, h, angle)) == pytest.approx(w * h)


def test_corners_without_right_angles_are_no_turned_box():
    assert turned_from(((0, 0), (10, 1), (12, 9), (0, 8))) is None
    assert turned_from(((0, 0), (0, 0), (0, 0), (0, 0))) is None


@settings(max_examples=60, deadline=None)
@given(masks())
def test_runs_along_rows_and_brushes_come_back(mask):
    height, width = mask.shape
    assert np.array_equal(rows_unpacked(rows_packed(mask), width, height), mask)
    assert np.array_equal(brush_unpacked(brush_packed(mask), width, height), mask)


def test_a_brush_is_read_as_label_studio_writes_it():
    # 1 x 2 pixels, the second set: 8 bytes; words of 8 bits; lengths of 3, 4, 8 and 16 bits; two runs of 4.
    bits = f"{8:032b}" + f"{7:05b}" + f"{2:04b}{3:04b}{7:04b}{15:04b}"
    bits += "1" + "00" + f"{3:03b}" + f"{0:08b}" + "1" + "00" + f"{3:03b}" + f"{255:08b}"
    bits += "0" * (-len(bits) % 8)
    content = [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]
    assert brush_unpacked(content, 2, 1).tolist() == [[False, True]]
    assert brush_packed(np.array([[False, True]])) == content


def packed_series(word, values):
    """A brush that has nothing but series of numbers, each as long as one may be."""
    bits = [f"{len(values):032b}", f"{word - 1:05b}", *(f"{size - 1:04b}" for size in (3, 4, 8, 16))]
    for at in range(0, len(values), 1 << 16):
        part = values[at : at + (1 << 16)]
        bits += ["011", f"{len(part) - 1:016b}", *(f"{value:0{word}b}" for value in part)]
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return list(int(text, 2).to_bytes(len(text) // 8, "big"))


@settings(max_examples=60, deadline=None)
@given(word=st.integers(1, 32), seed=st.integers(0, 1 << 30), pixels=st.sampled_from((1, 5, 6, 7, 40)))
def test_a_brush_of_series_is_read_in_every_width_of_its_numbers(word, seed, pixels):
    rng = np.random.default_rng(seed)
    # Rows of a few bits, so that a number is often 0 and often has but its highest digit.
    values = [
        int(v) & int(m) for v, m in rng.choice([0, 1, 1 << (word - 1), (1 << word) - 1], (4 * pixels, 2))
    ]
    content = packed_series(word, values)
    assert brush_unpacked(content, pixels, 1).tolist() == [[value > 0 for value in values[3::4]]]
    read = brush._values(brush._Bits(bytes(content)), len(values))
    assert read.tolist() == [min(255, value) for value in values]
    assert brush_unpacked(content[:-4], pixels, 1) is None


def test_a_brush_of_loose_numbers_takes_steps_for_its_series_and_not_for_its_numbers(monkeypatch):
    steps = []
    read = brush._Bits.read
    monkeypatch.setattr(brush._Bits, "read", lambda bits, width: steps.append(width) or read(bits, width))
    assert brush_unpacked(packed_series(1, [1] * (3 << 16)), 3 << 7, 1 << 7).all()
    assert len(steps) == 6 + 3 * 3


def test_parts_that_overlap_add_up_where_the_size_is_known():
    parts = Form("polygon", (((0, 0), (10, 0), (10, 10), (0, 10)), ((5, 5), (15, 5), (15, 15), (5, 15))))
    whole = united(parts, (20, 20))
    assert whole.kind == "mask"
    assert whole.value.area == 175
    apart = Form("polygon", (parts.value[0], ((12, 0), (15, 0), (15, 5))))
    assert united(apart, (20, 20)) is apart


def test_a_part_of_a_mask_may_hang_over_the_picture():
    form = mask_in(np.ones((4, 4), np.bool_), -2, 6, (8, 8))
    assert form.value.mask().sum() == 4
    assert form.bounds() == (0, 6, 2, 2)
    assert mask_in(np.ones((4, 4), np.bool_), 9, 9, (8, 8)) is None


def test_an_ellipse_is_outlined_to_a_thousandth_of_its_radius():
    form = ellipse_of((50, 40, 30, 20), 30)
    assert ring_area(form.value[0]) == pytest.approx(math.pi * 600, rel=2e-3)


FORMS = [
    Form("rotated_box", (1.0, 2.0, 10.0, 5.0, 30.0)),
    Form("polygon", (((1.0, 1.0), (9.0, 1.0), (5.0, 6.0)), ((4.0, 2.0), (5.0, 2.0), (5.0, 3.0)))),
    Form("polyline", ((1.0, 1.0), (9.0, 4.0))),
    Form("keypoints", ((1.0, 1.0, 2), (0.0, 0.0, 0), (3.0, 4.0, 1))),
    Form("mask", rle_of(np.eye(8, dtype=np.bool_))),
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_what_is_written_is_read_the_same_checked_or_trusted(form):
    (raw,) = form.to_json().values()
    assert form_from(form.kind, raw) == form == form_of_row(form.to_json())


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("polygon", [[[0, 0], [math.nan, 1], [1, 1]]]),
        ("polygon", [[[0, 0], [math.inf, 1], [1, 1]]]),
        ("polygon", [[[0, 0], [10**400, 1], [1, 1]]]),
        ("polygon", [[[0, 0], [1, 0], [0, 1]]] * 2_001),
        ("polygon", [[[float(i), float(i * i % 97)] for i in range(100_001)]]),
        ("polygon", [[]]),
        ("polygon", "abc"),
        ("polyline", [[0, 0], [1, True]]),
        ("keypoints", [[0, 0, 0]]),
        ("keypoints", [[0, 0, 3]]),
        ("keypoints", [[0, 0, 1]] * 1_001),
        ("rotated_box", [0, 0, 1, 1]),
        ("rotated_box", [0, 0, -1, 1, 0]),
        ("mask", {"size": [8, 8], "counts": [64.0]}),
        ("mask", {"size": [8, 8], "counts": "é"}),
        ("cube", [1]),
    ],
)
def test_what_is_none_is_refused(kind, raw):
    with pytest.raises(FormRefused):
        form_from(kind, raw)


def test_a_form_on_its_picture_is_itself_and_beyond_it_is_cut():
    for form in FORMS:
        assert form.inside(8 if form.kind == "mask" else 20, 8 if form.kind == "mask" else 20) is form
    assert FORMS[1].inside(5, 5).bounds() == (1, 1, 4, 4)
    assert FORMS[0].inside(3, 3) is None
    assert FORMS[4].inside(9, 8) is None


def test_attributes_are_text_and_few():
    said = attributes_from({"b": 1, "a": True, "c": None, "": "x", "d": ["x"], "e": "y" * 9_000})
    assert said == (("a", "true"), ("b", "1"), ("e", "y" * MAX_ATTRIBUTE))
    assert len(attributes_from({str(i): "x" for i in range(900)})) == 50
    assert attributes_from("x") == ()


@pytest.mark.parametrize(
    "raw", [{}, {"points": []}, {"points": ["a"], "lines": [[0, 1]]}, {"points": [1]}, 7]
)
def test_a_skeleton_that_is_none_is_refused(raw):
    with pytest.raises(FormRefused):
        skeleton_from(raw)
    assert skeleton_from({"points": ["a", "b"], "lines": [[0, 1]]}) == Skeleton(("a", "b"), ((0, 1),))
