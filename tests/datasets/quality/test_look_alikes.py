"""Mirrored, turned and recolored copies are found, and different pictures are never joined."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from datasets.formats.decoding.child import answer_for
from datasets.quality.blocks import SHADES
from datasets.quality.features import Features, luma_cells
from datasets.quality.look_alikes import _turned, is_one, look_alike_pairs
from tests.datasets.quality.scenes import encoded, scene

FLIPS = Image.Transpose
ALTERED = {
    "mirrored": lambda picture: picture.transpose(FLIPS.FLIP_LEFT_RIGHT),
    "upside down": lambda picture: picture.transpose(FLIPS.FLIP_TOP_BOTTOM),
    "turned once": lambda picture: picture.transpose(FLIPS.ROTATE_90),
    "turned twice": lambda picture: picture.transpose(FLIPS.ROTATE_180),
    "over the diagonal": lambda picture: picture.transpose(FLIPS.TRANSPOSE),
    "gray": lambda picture: picture.convert("L").convert("RGB"),
    "tinted": lambda picture: Image.merge(
        "RGB", [b.point(lambda v, f=f: v * f) for b, f in zip(picture.split(), (1, 0.85, 0.6), strict=True)]
    ),
}
ORIGINALS = 84


def opened(contents):
    answers = [answer_for(content, 160) for content in contents]
    raw = [Features.from_json(answer.features).signature for answer in answers]
    luma = [cv2.imdecode(np.frombuffer(a.thumbnail, np.uint8), cv2.IMREAD_GRAYSCALE) for a in answers]
    shades = np.stack([cv2.resize(one, (SHADES, SHADES), interpolation=cv2.INTER_AREA) for one in luma])
    return np.stack([np.frombuffer(row, np.uint8) for row in raw]), shades


def found_in(contents):
    signatures, shades = opened(contents)
    return {tuple(pair) for pair in look_alike_pairs(signatures, lambda rows: shades[rows]).tolist()}


def test_altered_copies_are_found_and_nothing_else():
    scenes = [scene(seed) for seed in range(ORIGINALS)]
    contents, kinds = [encoded(picture) for picture in scenes], {}
    for number, (kind, change) in enumerate(ALTERED.items()):
        for original in range(number, ORIGINALS, len(ALTERED)):
            kinds[original, len(contents)] = kind
            contents.append(encoded(change(scenes[original]), quality=80))
    found = found_in(contents)
    assert found <= kinds.keys()
    missed = [kind for pair, kind in kinds.items() if pair not in found]
    assert len(missed) <= 0.05 * len(kinds), missed


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_pictures_are_no_trouble(count):
    signatures, shades = opened([encoded(scene(seed)) for seed in range(2)])
    assert look_alike_pairs(signatures[:count], lambda rows: shades[rows]).tolist() == []


def test_what_shows_next_to_nothing_is_like_nothing():
    """Of two pictures with one edge in a corner nobody can say that they are one."""
    edge = np.full((SHADES, SHADES), 30, np.uint8)
    edge[:10, :10] = 220
    assert not is_one(edge, edge)
    assert not is_one(np.zeros_like(edge), np.zeros_like(edge))


def test_one_cut_of_another_cloth_is_another_thing():
    rng = np.random.default_rng(3)
    outline = np.full((SHADES, SHADES), 20.0)
    outline[8:56, 16:48] = 160
    cloth = [outline + (outline > 100) * rng.normal(0, 12, outline.shape) for _ in range(2)]
    first, second = (np.clip(one, 0, 255).astype(np.uint8) for one in cloth)
    assert is_one(first, np.clip(first * 0.8 + 12, 0, 255).astype(np.uint8))
    assert not is_one(first, second)


def test_a_signature_is_turned_as_its_picture_is():
    picture = scene(5)
    upright, _ = opened([encoded(picture, quality=95)])
    for way, change in (
        (1, FLIPS.FLIP_LEFT_RIGHT),
        (2, FLIPS.FLIP_TOP_BOTTOM),
        (4, FLIPS.TRANSPOSE),
        (6, FLIPS.ROTATE_90),
    ):
        out = io.BytesIO()
        picture.transpose(change).save(out, "PNG")
        other, _ = opened([out.getvalue()])
        assert np.abs(luma_cells(_turned(upright, way)) - luma_cells(other)).mean() < 4, way


def test_a_thumbnail_that_is_gone_makes_no_pair():
    picture = scene(9)
    signatures, shades = opened([encoded(picture), encoded(ALTERED["mirrored"](picture))])
    assert look_alike_pairs(signatures, lambda rows: shades[rows]).tolist() == [[0, 1]]
    assert look_alike_pairs(signatures, lambda rows: shades[rows] * 0).tolist() == []
