import io

import numpy as np
import pytest
import simplejpeg
from PIL import Image, ImageCms, ImageOps

from core.imaging import DecodeRule, ImageRefused, decode, probe, thumbnail
from core.imaging.decode import jpeg_scale


def picture(width=97, height=61, seed=3):
    """Smooth colors with some texture: what a photograph does to a codec."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = [128 + 100 * np.sin(x / 9 + y / 17), 128 + 90 * np.cos(x / 23), 255 * y / height]
    return Image.fromarray(
        np.clip(np.stack(planes, -1) + rng.normal(0, 6, (height, width, 3)), 0, 255).astype(np.uint8)
    )


def saved(image, fmt, **options):
    out = io.BytesIO()
    image.save(out, fmt, **options)
    return out.getvalue()


def white(image):
    """The slow oracle of compositing: alpha arithmetic in floats."""
    rgba = np.asarray(image.convert("RGBA")).astype(float)
    alpha = rgba[..., 3:] / 255
    return np.rint(rgba[..., :3] * alpha + 255 * (1 - alpha))


def with_alpha(mode):
    image = picture().convert(mode)
    image.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 97), (61, 1)).astype(np.uint8)))
    return image


@pytest.mark.parametrize(
    ("mode", "fmt"),
    [
        ("L", "PNG"), ("P", "PNG"), ("1", "PNG"), ("RGB", "PNG"), ("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"),
        ("P", "GIF"), ("L", "GIF"), ("RGB", "BMP"), ("P", "BMP"), ("1", "BMP"), ("RGB", "TIFF"), ("L", "TIFF"),
        ("CMYK", "TIFF"), ("1", "TIFF"), ("P", "TIFF"), ("YCbCr", "TIFF"), ("RGB", "WEBP"),
    ],
)  # fmt: skip
def test_whole_pictures_equal_pillows_full_decode(mode, fmt):
    data = saved(picture().convert(mode), fmt)
    with Image.open(io.BytesIO(data)) as image:
        np.testing.assert_array_equal(decode(data), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"subsampling": 0}, {"subsampling": 1}, {"quality": 30}]
)
def test_every_kind_of_jpeg_equals_pillows_full_decode(options):
    data = saved(picture(), "JPEG", **options)
    with Image.open(io.BytesIO(data)) as image:
        np.testing.assert_array_equal(decode(data), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize(
    ("mode", "fmt"), [("LA", "PNG"), ("RGBA", "PNG"), ("RGBA", "TIFF"), ("RGBA", "WEBP")]
)
def test_transparency_lies_on_white(mode, fmt):
    options = {"lossless": True, "exact": True} if fmt == "WEBP" else {}
    data = saved(with_alpha("L" if mode == "LA" else "RGB"), fmt, **options)
    assert probe(data).mode == mode
    with Image.open(io.BytesIO(data)) as image:
        expected = white(image)
    assert np.abs(decode(data) - expected).max() <= 1


@pytest.mark.parametrize("fmt", ["PNG", "GIF"])
def test_a_transparent_palette_entry_is_white(fmt):
    image = Image.new("P", (8, 8), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((0, 0), 0)
    pixels = decode(saved(image, fmt, transparency=1))
    assert pixels[0, 0].tolist() == [255, 0, 0]
    assert pixels[4, 4].tolist() == [255, 255, 255]


def test_a_transparent_gray_and_color_key_are_white():
    assert decode(saved(Image.new("L", (2, 2), 7), "PNG", transparency=7)).min() == 255
    assert decode(saved(Image.new("RGB", (2, 2), (1, 2, 3)), "PNG", transparency=(1, 2, 3))).min() == 255


@pytest.mark.parametrize("fmt", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(fmt):
    gray = np.linspace(0, 65_535, 97 * 61).reshape(61, 97).astype(np.uint16)
    pixels = decode(saved(Image.fromarray(gray), fmt))
    np.testing.assert_array_equal(pixels[..., 0], np.rint(gray / 257).astype(np.uint8))
    np.testing.assert_array_equal(pixels[..., 0], pixels[..., 2])


def test_cmyk_goes_through_its_profile_when_it_has_one():
    # A Lab profile on four channels is no CMYK profile: conversion falls back instead of failing.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    cmyk = picture().convert("CMYK")
    plain, odd = saved(cmyk, "TIFF"), saved(cmyk, "TIFF", icc_profile=profile)
    np.testing.assert_array_equal(decode(plain), decode(odd))


def test_a_cmyk_profile_is_what_converts(monkeypatch):
    seen = []

    def converted(image, source, target, outputMode):
        seen.append(source.profile.profile_description)
        return Image.new("RGB", image.size, (9, 8, 7))

    monkeypatch.setattr(ImageCms, "profileToProfile", converted)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(picture().convert("CMYK"), "JPEG", icc_profile=profile)
    assert decode(data)[0, 0].tolist() == [9, 8, 7]
    assert len(seen) == 1


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_upright(fmt, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(picture(), fmt, exif=exif)
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    pixels = decode(data)
    np.testing.assert_array_equal(pixels, expected)
    assert pixels.flags.c_contiguous
    assert pixels.shape == (probe(data).height, probe(data).width, 3)


def test_only_the_first_frame_is_read():
    frames = [Image.new("RGB", (20, 10), color) for color in ("red", "blue")]
    data = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert decode(data)[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("side", "floor", "scale"),
    [(3_000, 448, 4), (3_584, 448, 8), (3_577, 448, 8), (3_576, 448, 4), (895, 448, 2), (894, 448, 1), (448, 448, 1),
     (10, 448, 1), (64, 1, 8), (60, 1, 8), (56, 1, 4), (15, 1, 2), (14, 1, 1), (1, 1, 1)],
)  # fmt: skip
def test_the_scale_is_the_strongest_that_keeps_the_floor(side, floor, scale):
    assert jpeg_scale(side, floor) == scale


@pytest.mark.parametrize("scale", [2, 4, 8])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_reduced_decode_stays_near_the_exact_area_average(scale, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(picture(640, 480), "JPEG", quality=92, exif=exif)
    pixels = decode(data, floor_px=480 // scale)
    assert min(pixels.shape[:2]) == 480 // scale
    whole = Image.fromarray(decode(data))
    exact = np.asarray(whole.reduce(scale)).astype(int)
    assert np.abs(pixels - exact).mean() < 2.0


@pytest.mark.parametrize(
    ("width", "height"), [(641, 483), (1_001, 77), (90, 1_300), (33, 33), (8, 8), (5, 300)]
)
def test_odd_sizes_keep_the_floor_and_the_rounding_up(width, height):
    data = saved(picture(width, height), "JPEG")
    for floor in (1, 8, 20, 60, 224):
        scale = jpeg_scale(min(width, height), floor)
        assert decode(data, floor).shape == (-(-height // scale), -(-width // scale), 3)


def test_the_floor_does_not_touch_other_formats():
    data = saved(picture(640, 480), "PNG")
    np.testing.assert_array_equal(decode(data, 60), decode(data))


def test_decoding_twice_gives_the_same_pixels():
    data = saved(picture(640, 480), "JPEG")
    np.testing.assert_array_equal(decode(data, 100), decode(data, 100))


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP"])
def test_half_a_file_is_refused(fmt):
    data = saved(picture(), fmt)
    with pytest.raises(ImageRefused) as refusal:
        decode(data[: len(data) // 2])
    assert refusal.value.code in {"image_truncated", "image_corrupt"}


@pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")
@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP"])
def test_damaged_bytes_are_pixels_or_a_refusal_but_never_a_bug(fmt):
    data = saved(picture(40, 30), fmt)
    rng = np.random.default_rng(11)
    for _ in range(300):
        broken = bytearray(data)
        for at in rng.integers(0, len(data), 3):
            broken[at] = rng.integers(0, 256)
        try:
            pixels = decode(bytes(broken))
        except ImageRefused:
            continue
        assert pixels.dtype == np.uint8
        assert pixels.ndim == 3


def test_floating_point_pictures_are_refused_by_name():
    with pytest.raises(ImageRefused) as refusal:
        decode(saved(Image.new("F", (4, 4), 0.5), "TIFF"))
    assert refusal.value.code == "image_mode_unsupported"


@pytest.mark.parametrize(
    ("size", "fitted"),
    [((640, 480), (160, 120)), ((480, 640), (120, 160)), ((50, 40), (50, 40)), ((2_000, 3), (160, 1))],
)
@pytest.mark.parametrize("fmt", ["JPEG", "PNG"])
def test_a_thumbnail_fits_and_is_never_enlarged(size, fitted, fmt):
    small = thumbnail(saved(picture(*size), fmt), 160)
    assert simplejpeg.decode_jpeg_header(small)[:2] == (fitted[1], fitted[0])


def test_a_thumbnail_carries_no_metadata():
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    small = thumbnail(saved(picture(300, 200), "JPEG", exif=exif, comment=b"secret"), 100)
    assert b"secret" not in small
    assert b"Exif" not in small


def test_a_thumbnail_of_pixels_looks_like_the_picture():
    pixels = np.asarray(picture(40, 30).resize((640, 480), Image.Resampling.BICUBIC))
    small = np.asarray(Image.open(io.BytesIO(thumbnail(pixels, 160)))).astype(int)
    exact = np.asarray(Image.fromarray(pixels).resize((160, 120), Image.Resampling.BOX)).astype(int)
    assert np.abs(small - exact).mean() < 4


def test_the_rule_travels_as_text_and_back():
    rule = DecodeRule(floor_px=448)
    assert DecodeRule.from_json(rule.to_json()) == rule
    assert DecodeRule.from_json(DecodeRule().to_json()) == DecodeRule(None)
    data = saved(picture(1_200, 900), "JPEG")
    np.testing.assert_array_equal(rule.decode(data), decode(data, 448))


@pytest.mark.parametrize(
    "text", ['{"version": "studio-decode/2", "floor_px": 1}', "{}", "[]", '{"version": "studio-decode/1", "floor_px": 0}',
             '{"version": "studio-decode/1", "floor_px": "9"}', '{"version": "studio-decode/1", "floor_px": true}']
)  # fmt: skip
def test_an_unknown_rule_is_refused(text):
    with pytest.raises(ValueError, match=r"decode rule|floor_px"):
        DecodeRule.from_json(text)
