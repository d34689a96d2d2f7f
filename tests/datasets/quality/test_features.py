import io

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter

from datasets.formats.decoding.child import answer_for
from datasets.quality.features import (
    SIDE,
    SIGNATURE_BYTES,
    Features,
    chroma_cells,
    features_of,
    luma_cells,
)
from tests.datasets.quality.scenes import encoded, scene

THUMB_PX = 160


def small(picture):
    return np.asarray(picture.resize((160, 120), Image.Resampling.BOX))


def test_figures_survive_their_way_through_the_database():
    features, _ = features_of(small(scene(1)), orientation=6)
    back = Features.from_json(features.to_json())
    assert back is not None
    assert back.signature == features.signature
    assert back.orientation == 6
    assert back.sharpness == pytest.approx(features.sharpness, abs=1e-3)


@pytest.mark.parametrize(
    "damage",
    [{"v": 0}, {"v": 2}, {"signature": "AAAA"}, {"signature": "not base64!"}, {"brightness": None}],
)
def test_figures_of_another_version_or_damaged_ones_count_as_not_measured(damage):
    features, _ = features_of(small(scene(1)))
    assert Features.from_json(features.to_json() | damage) is None
    assert Features.from_json({}) is None


def test_the_signature_holds_the_picture_within_half_a_step():
    pixels = small(scene(2))
    features, _ = features_of(pixels)
    stored = np.frombuffer(features.signature, np.uint8)[None]
    half = cv2.resize(pixels, (80, 60), interpolation=cv2.INTER_AREA)
    gray = cv2.cvtColor(half, cv2.COLOR_RGB2GRAY)
    cells = cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(float)
    step = (cells.max() - cells.min()) / 15
    assert len(features.signature) == SIGNATURE_BYTES
    assert np.abs(luma_cells(stored)[0] - cells).max() <= step / 2 + 1e-3
    means = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)[:, :, 1:].mean((0, 1))
    np.testing.assert_allclose(chroma_cells(stored)[0].mean((1, 2)), means, atol=1.5)


def test_light_is_measured_as_numpy_measures_it():
    pixels = small(scene(3))
    gray = np.asarray(Image.fromarray(pixels).convert("L"), float) / 255
    features, _ = features_of(pixels)
    assert features.brightness == pytest.approx(gray.mean(), abs=0.01)
    assert features.low == pytest.approx(np.quantile(gray, 0.05), abs=0.03)
    assert features.high == pytest.approx(np.quantile(gray, 0.95), abs=0.03)


def test_sharpness_falls_with_the_blur_and_hardly_with_the_contrast():
    picture = scene(4)
    blurs = [features_of(small(picture.filter(ImageFilter.GaussianBlur(r))))[0] for r in (0, 2, 4)]
    faint = Image.blend(picture, Image.new("RGB", picture.size, (128, 128, 128)), 0.5)
    assert blurs[0].sharpness > 2 * blurs[1].sharpness > 2.2 * blurs[2].sharpness
    assert features_of(small(faint))[0].sharpness > 0.7 * blurs[0].sharpness


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (24, 24), (160, 1), (5, 160)])
def test_the_smallest_and_oddest_pictures_are_measured_too(size):
    out = io.BytesIO()
    Image.new("RGB", size, (10, 200, 30)).save(out, "PNG")
    answer = answer_for(out.getvalue(), THUMB_PX)
    assert Features.from_json(answer.features) is not None


def test_a_picture_turned_by_exif_is_measured_upright():
    picture, exif = scene(5), Image.Exif()
    exif[0x0112] = 6
    on_its_side = encoded(picture.transpose(Image.Transpose.ROTATE_90), quality=95, exif=exif)
    stored = [
        Features.from_json(answer_for(content, THUMB_PX).features)
        for content in (encoded(picture, quality=95), on_its_side)
    ]
    assert [row.orientation for row in stored] == [1, 6]
    upright, turned = (luma_cells(np.frombuffer(row.signature, np.uint8)[None])[0] for row in stored)
    assert np.abs(upright - turned).mean() < 4
