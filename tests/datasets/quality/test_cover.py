import numpy as np
import pytest

from datasets.geometry import Form
from datasets.geometry.rle import Rle, rle_of, text_from_runs
from datasets.quality.cover import covered_share

WIDE, TALL = 200, 160


def square(x, y, side):
    return Form("polygon", (((x, y), (x + side, y), (x + side, y + side), (x, y + side)),))


def ring(center, radius, hole=0.0):
    turns = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    circles = [radius] if not hole else [radius, hole]
    return Form(
        "polygon",
        tuple(
            tuple((float(center[0] + r * np.cos(t)), float(center[1] + r * np.sin(t))) for t in turns)
            for r in circles
        ),
    )


FORMS = {
    "disk": ring((80, 70), 50),
    "disk moved": ring((81, 70), 50),
    "ring": ring((80, 70), 50, 45),
    "square": square(30, 20, 100),
    "turned": Form("rotated_box", (30, 20, 100, 100, 45.0)),
    "turned little": Form("rotated_box", (30, 20, 100, 100, 3.0)),
    "mask": Form("mask", rle_of(ring((80, 70), 50).mask(WIDE, TALL))),
    "mask of the ring": Form("mask", rle_of(ring((80, 70), 50, 45).mask(WIDE, TALL))),
}


@pytest.mark.parametrize("one", FORMS)
@pytest.mark.parametrize("other", FORMS)
def test_the_share_is_that_of_the_pixels(one, other):
    a, b = FORMS[one].mask(WIDE, TALL), FORMS[other].mask(WIDE, TALL)
    exact = (a & b).sum() / (a | b).sum()
    assert covered_share(FORMS[one], FORMS[other]) == pytest.approx(exact, abs=0.1)
    assert covered_share(FORMS[one], FORMS[one]) == 1.0


def test_two_masks_that_fill_a_box_between_them_share_nothing():
    left = np.zeros((TALL, WIDE), bool)
    left[np.triu_indices(TALL, 1, WIDE)] = True
    a, b = Form("mask", rle_of(left)), Form("mask", rle_of(~left))
    assert a.bounds() is not None
    assert covered_share(a, b) == 0.0


def test_what_a_mask_claims_to_measure_costs_nothing():
    side = 20_000
    whole = Form("mask", Rle(side, side, text_from_runs(np.array([0, side * side]))))
    assert covered_share(whole, whole) == 1.0
