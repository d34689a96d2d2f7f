"""Labels move as pixels do. The oracle paints a shape into a picture of its own, moves that, and looks."""

import cv2
import numpy as np
import pytest

from datasets.augment import OPERATORS, Picture, Shape, pipeline_from
from datasets.augment.picture import area_of, box_of, polygon_clipped

SIZE = (420, 300)
MOVING = [key for key, operator in OPERATORS.items() if operator.moves and not operator.mixes]
STRONG = {
    "rotate": {"degrees": 180},
    "affine": {"degrees": 60, "zoom": 0.5, "shift": 0.2, "shear": 0.4},
    "perspective": {"amount": 0.25},
    "crop": {"smallest": 0.3, "keep_format": False},
}
# A tip of a turned corner is thinner than a pixel and misses the center of the last one it reaches.
TIP_PX = 1.6


def pipeline_of(key):
    params = dict(STRONG.get(key, {}))
    if "fill" in OPERATORS[key].__dataclass_fields__:
        params["fill"] = "black"
    return pipeline_from([{"op": key, "params": params}])


def ellipse(center, axes, degrees):
    canvas = np.zeros(SIZE[::-1], np.uint8)
    cv2.ellipse(canvas, center, axes, degrees, 0, 360, 1, -1)
    return canvas.astype(bool)


def painted(mask):
    return np.repeat(np.where(mask, 255, 0).astype(np.uint8)[..., None], 3, axis=2)


def seen(pipeline, mask, seed):
    """The mask after the pipeline, by way of pixels alone."""
    return pipeline.apply(Picture(painted(mask)), seed=seed, sample="s").pixels[..., 0] > 127


def rectangle(box):
    x, y, w, h = box
    mask = np.zeros(SIZE[::-1], bool)
    mask[y : y + h, x : x + w] = True
    return mask


@pytest.mark.parametrize("key", MOVING)
def test_boxes_end_where_their_painted_rectangles_end(key):
    pipeline, compared = pipeline_of(key), 0
    boxes = [(150, 100, 120, 90), (5, 5, 90, 140), (330, 210, 80, 80), (200, 20, 30, 25)]
    for seed in range(25):
        shapes = tuple(Shape(i, box) for i, box in enumerate(boxes))
        moved = pipeline.apply(Picture(painted(rectangle(boxes[0])), shapes), seed=seed, sample="s")
        for shape in moved.shapes:
            truth = box_of(seen(pipeline, rectangle(boxes[shape.label]), seed))
            np.testing.assert_allclose(ends(shape.box), ends(truth), atol=TIP_PX, err_msg=f"seed {seed}")
            compared += 1
    assert compared > 50


@pytest.mark.parametrize("key", MOVING)
def test_masks_and_their_boxes_end_where_the_painted_masks_end(key):
    pipeline, compared = pipeline_of(key), 0
    masks = [
        ellipse((210, 150), (80, 40), 30),
        ellipse((60, 70), (40, 55), 0),
        ellipse((350, 240), (50, 30), 120),
    ]
    for seed in range(15):
        shapes = tuple(Shape(i, box_of(mask), mask) for i, mask in enumerate(masks))
        moved = pipeline.apply(Picture(painted(masks[0]), shapes), seed=seed, sample="s")
        for shape in moved.shapes:
            truth = seen(pipeline, masks[shape.label], seed)
            overlap = (truth & shape.mask).sum() / (truth | shape.mask).sum()
            assert overlap > 0.96, (seed, overlap)
            np.testing.assert_allclose(ends(shape.box), ends(box_of(truth)), atol=1)
            assert shape.mask.shape == moved.pixels.shape[:2]
            compared += 1
    assert compared > 20


@pytest.mark.parametrize("key", ["flip_horizontal", "flip_vertical", "quarter_turn", "crop"])
def test_what_needs_no_interpolation_is_exact(key):
    pipeline, mask = pipeline_of(key), ellipse((210, 150), (80, 40), 30)
    for seed in range(10):
        moved = pipeline.apply(Picture(painted(mask), (Shape(0, box_of(mask), mask),)), seed=seed, sample="s")
        truth = seen(pipeline, mask, seed)
        for shape in moved.shapes:
            np.testing.assert_array_equal(shape.mask, truth)
            assert shape.box == box_of(truth)


def test_a_shape_is_dropped_exactly_when_less_than_a_fifth_of_it_is_left():
    pipeline, kept = pipeline_of("crop"), 0
    box = (300, 200, 100, 80)
    for seed in range(200):
        moved = pipeline.apply(Picture(painted(rectangle(box)), (Shape(0, box),)), seed=seed, sample="s")
        share = seen(pipeline, rectangle(box), seed).sum() / (100 * 80)
        assert len(moved.shapes) == (share >= 0.2), (seed, share)
        kept += len(moved.shapes)
    assert 20 < kept < 180


def test_a_statement_about_the_whole_picture_survives_every_operator():
    picture = Picture(painted(rectangle((0, 0, 100, 100))), (Shape(7),))
    for key in OPERATORS:
        moved = pipeline_from([{"op": key}]).apply(picture, seed=1, sample="s")
        assert [shape.label for shape in moved.shapes] == [7], key


def test_a_clipped_polygon_has_the_area_that_counting_finds():
    rng = np.random.default_rng(0)
    for _ in range(50):
        center, sides, angle = rng.uniform(-20, 120, 2), rng.uniform(10, 90, 2), rng.uniform(0, 180)
        corners = cv2.boxPoints((tuple(center), tuple(sides), angle)).astype(float)
        fine = np.zeros((1000, 1000), np.uint8)
        cv2.fillConvexPoly(fine, np.rint(corners * 10 * 16).astype(np.int32), 1, shift=4)
        assert area_of(polygon_clipped(corners, (100, 100))) == pytest.approx(fine.sum() / 100, abs=25)


def ends(box):
    return box[0], box[1], box[0] + box[2], box[1] + box[3]
