"""Operators on pictures: what they do to pixels, and that shapes end where their painted pixels end."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from core.errors import InvalidInput
from core.imaging import decode, probe
from datasets.augment.picture import Picture, Shape, box_of
from datasets.cleaning import recipe_from
from datasets.cleaning.pictures.base import Frame
from datasets.cleaning.pictures.child import cleaned
from datasets.cleaning.pictures.operators import OPERATORS
from datasets.geometry.forms import Form
from tests.datasets.pictures import picture

SIZE = (420, 300)


def steps_of(*steps):
    return recipe_from({"steps": [{"op": op, "params": params} for op, params in steps]}, OPERATORS)


def run(encoded, *steps, shapes=()):
    """The line and the new bytes."""
    line, content, _ = cleaned(encoded, list(shapes), steps_of(*steps), 160)
    return line, content


def framed(pixels, shapes=(), size=None, **said):
    facts = {"orientation": 1, "mode": "RGB", "file_format": "jpeg"} | said
    return Frame.of(Picture(pixels, tuple(shapes)), size or (pixels.shape[1], pixels.shape[0]), **facts)


def applied(frame, *steps):
    for step in steps_of(*steps):
        frame = step.apply(frame)
    return frame


@pytest.mark.parametrize(
    ("size", "params", "wanted"),
    [
        ((400, 300), {"pixels": 200}, (200, 150)),
        ((400, 300), {"pixels": 150, "side": "shortest"}, (200, 150)),
        ((400, 300), {"pixels": 800}, None),
        ((400, 300), {"pixels": 800, "enlarge": True}, (800, 600)),
        ((400, 300), {"pixels": 400}, None),
        ((1000, 20), {"pixels": 100}, (100, 2)),
    ],
)
def test_a_side_gets_its_pixels_and_never_more_unless_asked(size, params, wanted):
    line, content = run(picture(1, size), ("resize", params))
    if wanted is None:
        assert line == {"same": True}
        return
    header = probe(content)
    assert (header.width, header.height, header.format) == (*wanted, "jpeg")
    assert (line["decoded"]["width"], line["decoded"]["height"]) == wanted


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_turned_picture_is_written_upright_and_looks_as_before(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    encoded = picture(3, (80, 40), exif=exif)
    line, content = run(encoded, ("auto_orient", {}))
    if orientation == 1:
        assert line == {"same": True}
        return
    assert probe(content).orientation == 1
    assert line["moved"] is False
    before, after = decode(encoded).astype(int), decode(content).astype(int)
    assert before.shape == after.shape
    assert np.abs(before - after).mean() < 3


@pytest.mark.parametrize(
    ("form", "mode", "params", "wanted"),
    [
        ("PNG", "RGBA", {"colors": "rgb"}, ("png", "RGB")),
        ("PNG", "P", {"colors": "rgb"}, ("png", "RGB")),
        ("PNG", "RGB", {"format": "webp"}, ("webp", "RGB")),
        ("WEBP", "RGB", {"format": "jpeg"}, ("jpeg", "RGB")),
        ("JPEG", "CMYK", {"colors": "rgb"}, ("jpeg", "RGB")),
        ("JPEG", "RGB", {"colors": "gray"}, ("jpeg", "L")),
        ("BMP", "RGB", {"format": "png"}, ("png", "RGB")),
        ("TIFF", "L", {"format": "png"}, ("png", "L")),
        ("JPEG", "RGB", {"format": "jpeg"}, None),
        ("JPEG", "L", {"colors": "gray"}, None),
        ("JPEG", "RGB", {"colors": "rgb"}, None),
    ],
)
def test_a_file_is_converted_unless_it_is_so_already(form, mode, params, wanted):
    line, content = run(picture(4, form=form, mode=mode), ("convert", params))
    if wanted is None:
        assert line == {"same": True}
        return
    header = probe(content)
    assert (header.format, header.mode) == wanted


def test_what_is_written_holds_pixels_and_nothing_else():
    exif = Image.Exif()
    exif[0x010E] = "where the camera stood"
    encoded = picture(5, (300, 200), exif=exif, comment=b"secret")
    assert b"camera" in encoded
    _, content = run(encoded, ("resize", {"pixels": 100}))
    assert b"camera" not in content
    assert b"secret" not in content


def test_a_plain_border_goes_and_dust_on_it_is_no_content():
    pixels = np.full((200, 300, 3), 250, np.uint8)
    pixels[40:160, 60:240] = np.random.default_rng(1).integers(0, 200, (120, 180, 3), np.uint8)
    pixels[5, 5] = 0
    frame = applied(framed(pixels), ("crop_content", {}))
    assert frame.size == (180, 120)
    assert np.array_equal(frame.picture.pixels, pixels[40:160, 60:240])
    wider = applied(framed(pixels), ("crop_content", {"margin": 0.1}))
    assert wider.size == (220, 160)
    plain = framed(np.full((50, 50, 3), 9, np.uint8))
    assert applied(plain, ("crop_content", {})) is plain


MOVING = [
    ("resize", {"pixels": 173}),
    ("resize", {"pixels": 700, "enlarge": True}),
    ("crop_margins", {"left": 0.1, "top": 0.2, "right": 0.15}),
    ("crop_center", {"shape": "1:1"}),
    ("crop_center", {"shape": "9:16", "share": 0.9}),
]


def seen(mask, step):
    """The mask after the step, by way of pixels alone."""
    painted = np.repeat(np.where(mask, 255, 0).astype(np.uint8)[..., None], 3, axis=2)
    return applied(framed(painted), step).picture.pixels[..., 0] > 127


@pytest.mark.parametrize("step", MOVING)
def test_boxes_masks_and_polygons_end_where_their_pixels_end(step):
    for box in ((150, 100, 120, 90), (60, 70, 200, 140), (200, 120, 60, 25)):
        x, y, w, h = box
        mask = np.zeros(SIZE[::-1], bool)
        mask[y : y + h, x : x + w] = True
        ring = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
        shapes = (
            Shape(0, box, source=0),
            Shape(0, box, mask, source=1),
            Shape(0, box, form=Form("polygon", (ring,)), source=2),
        )
        truth = seen(mask, step)
        frame = applied(framed(np.zeros((*SIZE[::-1], 3), np.uint8), shapes), step)
        wanted = np.array(box_of(truth))
        ends = wanted + np.array([0, 0, *wanted[:2]])
        for shape in frame.picture.shapes:
            found = np.array(shape.box)
            np.testing.assert_allclose(found + np.array([0, 0, *found[:2]]), ends, atol=1.05)
        assert [shape.source for shape in frame.picture.shapes] == [0, 1, 2]
        kept = frame.picture.shapes[1].mask
        assert kept.shape == frame.picture.pixels.shape[:2]
        assert (kept & truth).sum() / (kept | truth).sum() > 0.97


def test_a_shape_that_is_cut_away_is_lost_and_counted():
    rows = [
        {"kind": "box", "box": [2, 2, 10, 10], "geometry": None},
        {"kind": "box", "box": [30, 20, 20, 20], "geometry": {"attributes": {"color": "red"}}},
        {"kind": "class", "box": [None] * 4, "geometry": None},
    ]
    line, _ = run(picture(1, (64, 48)), ("crop_margins", {"left": 0.4}), shapes=rows)
    assert line["lost"] == 1
    assert [(kept["place"], kept["box"]) for kept in line["kept"]] == [(1, [4, 20, 20, 20]), (2, None)]


def test_a_likeness_shows_what_the_picture_gets():
    pixels = decode(picture(2, (1200, 900)))
    small = cv2.resize(pixels, (256, 192), interpolation=cv2.INTER_AREA)
    steps = (("crop_margins", {"left": 0.25}), ("resize", {"pixels": 600}), ("crop_center", {"shape": "1:1"}))
    whole = applied(framed(pixels), *steps)
    likeness = applied(framed(small, size=(1200, 900)), *steps)
    assert likeness.size == whole.size == (600, 600)
    again = cv2.resize(whole.picture.pixels, likeness.picture.size, interpolation=cv2.INTER_AREA)
    assert np.abs(again.astype(int) - likeness.picture.pixels.astype(int)).mean() < 6


def test_several_frames_are_not_thrown_away():
    frames = [Image.new("RGB", (300, 200), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert run(out.getvalue(), ("resize", {"pixels": 100}))[0] == {"problem": "several_frames"}


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"left": 0.6, "right": 0.5}, "right"),
        ({"top": 0.5, "bottom": 0.5}, "bottom"),
        ({"left": 1.5}, "left"),
    ],
)
def test_margins_that_leave_nothing_are_refused(params, field):
    with pytest.raises(InvalidInput) as refused:
        steps_of(("crop_margins", params))
    assert f"recipe.steps.0.params.{field}" in refused.value.params["fields"]
