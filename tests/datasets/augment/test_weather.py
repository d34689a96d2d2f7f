"""Dehazing against synthetic haze, severities in their order, histograms against slow ones."""

import cv2
import numpy as np
import pytest

from datasets.augment import Picture, pipeline_from
from datasets.augment.haze import dark_channel, dehazed, guided_filter, scattered
from tests.datasets.augment.photos import motorcycle_depth, photos


def applied(op, pixels, seed=0, **params):
    return pipeline_from([{"op": op, "params": params}]).apply(Picture(pixels), seed=seed, sample="s").pixels


def psnr(a, b):
    return 10 * np.log10(255**2 / np.mean((a.astype(float) - b) ** 2))


def local_contrast(pixels):
    """Mean standard deviation of lightness in squares of 16 pixels."""
    gray = pixels.astype(float).mean(axis=2)
    rows, columns = (n - n % 16 for n in gray.shape)
    tiles = gray[:rows, :columns].reshape(rows // 16, 16, columns // 16, 16)
    return tiles.std(axis=(1, 3)).mean()


def ramp(height, width):
    return np.repeat(np.linspace(1, 0.4, height, dtype=np.float32)[:, None], width, axis=1)


def hazed(pixels, depth, beta):
    air = np.array([0.87, 0.89, 0.92], np.float32)
    return np.rint(scattered(pixels.astype(np.float32) / 255, depth, beta, air) * 255).astype(np.uint8)


@pytest.mark.parametrize("beta", [0.5, 0.9, 1.4, 2.0])
def test_dehazing_gains_three_decibels_on_synthetic_haze(beta):
    gains = {}
    for name, clear in photos().items():
        hazy = hazed(clear, ramp(*clear.shape[:2]), beta)
        gains[name] = psnr(applied("dehaze", hazy), clear) - psnr(hazy, clear)
    assert np.mean(list(gains.values())) >= 3, gains


def test_dehazing_gains_with_the_measured_depth_of_a_stereo_pair():
    clear = photos()["motorcycle_left.png"]
    for beta in (2.0, 3.0):  # most of the scene is within a fifth of the farthest depth
        hazy = hazed(clear, motorcycle_depth(), beta)
        assert psnr(applied("dehaze", hazy), clear) - psnr(hazy, clear) >= 2, beta


def test_dehazing_takes_off_what_fog_put_on():
    gains = []
    for clear in photos().values():
        foggy = applied("fog", clear, severity=3)
        gains.append(psnr(applied("dehaze", foggy), clear) - psnr(foggy, clear))
    assert np.mean(gains) >= 3, gains


def test_no_strength_leaves_the_picture():
    for pixels in photos().values():
        assert np.abs(applied("dehaze", pixels, strength=0).astype(int) - pixels).max() <= 1


@pytest.mark.parametrize("op", ["fog", "haze"])
@pytest.mark.parametrize("seed", range(3))
def test_each_severity_has_less_contrast_than_the_one_before(op, seed):
    for name, pixels in photos().items():
        series = [pixels] + [applied(op, pixels, seed, severity=severity) for severity in (1, 2, 3, 4, 5)]
        local = [local_contrast(each) for each in series]
        whole = [each.astype(float).mean(axis=2).std() for each in series]
        assert local == sorted(local, reverse=True), (name, local)
        assert len(set(local)) == 6
        assert whole == sorted(whole, reverse=True), (name, whole)


@pytest.mark.parametrize("op", ["fog", "haze", "rain", "snow"])
def test_a_varied_severity_is_one_of_those_up_to_the_one_given(op):
    pixels = photos()["coffee.png"]
    fixed = {applied(op, pixels, seed, severity=s).tobytes() for s in (1, 2, 3) for seed in range(12)}
    varied = [applied(op, pixels, seed, severity=3, vary=True).tobytes() for seed in range(12)]
    assert set(varied) <= fixed
    always = [applied(op, pixels, seed, severity=3).tobytes() for seed in range(12)]
    assert varied != always


def test_the_dark_channel_is_the_least_of_a_square_and_its_colors():
    rng = np.random.default_rng(0)
    picture = rng.random((20, 30, 3), np.float32)
    fast = dark_channel(picture, 5)
    for row, column in ((0, 0), (10, 15), (19, 29), (3, 28)):
        square = picture[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3]
        assert fast[row, column] == square.min()


def test_the_guided_filter_is_a_regression_in_every_window():
    rng = np.random.default_rng(0)
    guide, source, radius, epsilon = (
        rng.random((24, 24), np.float32),
        rng.random((24, 24), np.float32),
        3,
        0.01,
    )
    fast = guided_filter(guide, source, radius, epsilon)

    def line(row, column):
        window = np.s_[row - radius : row + radius + 1, column - radius : column + radius + 1]
        g, s = guide[window].astype(float), source[window].astype(float)
        slope = ((g * s).mean() - g.mean() * s.mean()) / (g.var() + epsilon)
        return slope, s.mean() - slope * g.mean()

    lines = np.array([line(r, c) for r in range(9, 16) for c in range(9, 16)]).mean(axis=0)
    assert fast[12, 12] == pytest.approx(lines[0] * guide[12, 12] + lines[1], abs=1e-4)


def test_a_plain_picture_is_dehazed_to_finite_numbers():
    for level in (0.0, 0.5, 1.0):
        assert np.isfinite(dehazed(np.full((9, 7, 3), level, np.float32))).all()


def lightness(pixels):
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)[..., 0]


def test_equalization_spreads_lightness_evenly_and_clahe_raises_local_contrast():
    for name, pixels in photos().items():
        flat = (pixels // 3 + 80).astype(np.uint8)
        before, after = lightness(flat), lightness(applied("equalize", flat))
        counts = np.sort(after.ravel())
        uneven = np.abs(counts / 255 - np.linspace(0, 1, counts.size)).mean()
        assert (
            uneven < 0.07 < np.abs(np.sort(before.ravel()) / 255 - np.linspace(0, 1, before.size)).mean()
        ), name
        assert local_contrast(applied("clahe", flat)) > 1.3 * local_contrast(flat), name
        assert local_contrast(applied("contrast_enhance", flat)) > 1.3 * local_contrast(flat), name


def test_contrast_is_stretched_between_the_quantiles():
    pixels = np.repeat(np.linspace(60, 180, 400).astype(np.uint8).reshape(20, 20, 1), 3, axis=2)
    wide = applied("contrast_enhance", pixels, clipped=0)
    assert (wide.min(), wide.max()) == (0, 255)
    np.testing.assert_array_equal(applied("contrast_enhance", pixels, amount=0), pixels)
