"""Pictures of several pictures: what is said of them adds up and lies where the pixels are."""

import numpy as np
import pytest

from datasets.augment import Picture, Shape, pipeline_from


def plain(level, label, box=None, size=(120, 90), mask=None):
    pixels = np.full((size[1], size[0], 3), level, np.uint8)
    if box is not None:
        x, y, w, h = (int(n) for n in box)
        pixels[y : y + h, x : x + w] = 250
    return Picture(pixels, (Shape(label, box, mask),))


def mixed(op, picture, partner, seed=0, **params):
    pipe = pipeline_from([{"op": op, "params": params}])
    return pipe.apply(picture, seed=seed, sample="s", partners=lambda draw: partner)


@pytest.mark.parametrize("op", ["mosaic", "mixup"])
def test_weights_of_whole_statements_are_shares_that_add_up_to_one(op):
    for seed in range(10):
        shapes = mixed(op, plain(0, 0), plain(200, 1), seed).shapes
        assert sum(shape.weight for shape in shapes) == pytest.approx(1)
        assert {shape.label for shape in shapes} == {0, 1}


def test_a_mosaic_weighs_by_the_area_that_each_picture_got():
    for seed in range(10):
        whole = mixed("mosaic", plain(0, 0), plain(200, 1), seed)
        own = sum(shape.weight for shape in whole.shapes if shape.label == 0)
        assert own == pytest.approx((whole.pixels == 0).mean(), abs=1e-9)


def test_mixup_keeps_the_larger_share_of_the_picture_itself():
    for seed in range(10):
        whole = mixed("mixup", plain(0, 0), plain(200, 1), seed)
        other = next(shape.weight for shape in whole.shapes if shape.label == 1)
        assert other <= 0.5
        assert np.unique(whole.pixels) == pytest.approx(200 * other, abs=0.51)


def test_boxes_of_a_mosaic_frame_the_bright_parts():
    box, found = (30.0, 20.0, 60.0, 50.0), 0
    for seed in range(20):
        whole = mixed("mosaic", plain(0, 0, box), plain(100, 1, box, size=(150, 150)), seed)
        bright = whole.pixels[..., 0] > 175
        for shape in whole.shapes:
            x, y, w, h = shape.box
            inner = bright[round(y + 1) : round(y + h - 1), round(x + 1) : round(x + w - 1)]
            assert inner.mean() > 0.97 if inner.size else True
            bright[max(0, int(y) - 1) : int(y + h) + 2, max(0, int(x) - 1) : int(x + w) + 2] = False
            found += 1
        assert bright.mean() < 0.05  # slivers of dropped boxes
    assert found > 40


def test_what_is_pasted_is_where_its_box_says_and_hides_what_is_below():
    mask = np.zeros((90, 120), bool)
    mask[10:40, 20:60] = True
    mask[10:20, 20:30] = False
    donor = Picture(np.full((90, 120, 3), 222, np.uint8), (Shape(5, (20.0, 10.0, 40.0, 30.0), mask),))
    below = np.zeros((90, 120), bool)
    below[30:80, 30:100] = True
    base = Picture(np.zeros((90, 120, 3), np.uint8), (Shape(1, (30.0, 30.0, 70.0, 50.0), below),))
    for seed in range(10):
        whole = mixed("copy_paste", base, donor, seed)
        pasted = next(shape for shape in whole.shapes if shape.label == 5)
        np.testing.assert_array_equal(pasted.mask, whole.pixels[..., 0] == 222)
        kept = next(shape for shape in whole.shapes if shape.label == 1)
        np.testing.assert_array_equal(kept.mask, below & ~pasted.mask)
        assert pasted.source == -1


def test_without_partners_a_mixing_operator_leaves_the_picture():
    picture = plain(9, 0)
    for op in ("mosaic", "mixup", "copy_paste"):
        assert pipeline_from([{"op": op}]).apply(picture, seed=0, sample="s") is picture
