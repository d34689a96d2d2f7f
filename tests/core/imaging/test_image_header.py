import contextlib
import io
import struct
import time
import zlib

import pytest
from PIL import Image

from core.imaging import ImageRefused, probe


def encoded(mode="RGB", size=(60, 40), fmt="PNG", **options):
    out = io.BytesIO()
    Image.new(mode, size).save(out, fmt, **options)
    return out.getvalue()


def png_claiming(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")


def webp_claiming(width, height):
    bits = (width - 1) | (height - 1) << 14
    body = b"VP8L" + struct.pack("<I", 8) + b"\x2f" + struct.pack("<I", bits) + b"\x00" * 3
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def jpeg_claiming(width, height):
    data = bytearray(encoded(fmt="JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_with_scans(count):
    data = encoded(size=(64, 64), fmt="JPEG", progressive=True)
    at = data.index(b"\xff\xda")
    end = data.index(b"\xff", at + 4)
    while data[end + 1] == 0 or 0xD0 <= data[end + 1] <= 0xD7:
        end = data.index(b"\xff", end + 1)
    return data[:at] + data[at:end] * count + data[end:]


@pytest.mark.parametrize(
    ("fmt", "mode", "seen"),
    [
        ("PNG", "L", "L"), ("PNG", "LA", "LA"), ("PNG", "P", "P"), ("PNG", "RGBA", "RGBA"), ("PNG", "RGB", "RGB"),
        ("PNG", "1", "1"), ("PNG", "I;16", "I;16"), ("JPEG", "L", "L"), ("JPEG", "RGB", "RGB"),
        ("JPEG", "CMYK", "CMYK"), ("GIF", "P", "P"), ("BMP", "RGB", "RGB"), ("BMP", "P", "P"),
        ("TIFF", "RGB", "RGB"), ("TIFF", "CMYK", "CMYK"), ("TIFF", "L", "L"), ("TIFF", "I;16", "I;16"),
        ("TIFF", "1", "1"), ("TIFF", "RGBA", "RGBA"), ("WEBP", "RGB", "RGB"),
    ],
)  # fmt: skip
def test_the_header_names_format_size_and_mode(fmt, mode, seen):
    header = probe(encoded(mode, fmt=fmt))
    assert (header.format, header.width, header.height, header.mode) == (fmt.lower(), 60, 40, seen)
    assert (header.orientation, header.frames) == (1, 1)


def test_lossless_webp_has_its_size_too():
    header = probe(encoded(fmt="WEBP", lossless=True))
    assert (header.width, header.height) == (60, 40)


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_that_of_the_upright_picture(fmt, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    header = probe(encoded(fmt=fmt, exif=exif))
    assert header.orientation == orientation
    assert (header.width, header.height) == ((40, 60) if orientation >= 5 else (60, 40))
    assert header.stored_size == (60, 40)


@pytest.mark.parametrize("fmt", ["GIF", "TIFF", "WEBP", "PNG"])
def test_frames_beyond_the_first_are_counted(fmt):
    frames = [Image.new("RGB", (20, 10), (shade, 0, 0)) for shade in (0, 90, 180)]
    out = io.BytesIO()
    frames[0].save(out, fmt, save_all=True, append_images=frames[1:])
    assert probe(out.getvalue()).frames == 3


@pytest.mark.parametrize(
    "bomb",
    [
        png_claiming(13_000, 13_000), webp_claiming(13_000, 13_000), jpeg_claiming(13_000, 13_000),
        png_claiming(40_000, 10), png_claiming(10, 32_769), jpeg_claiming(65_000, 65_000), png_claiming(8_001, 8_000),
    ],
    ids=["png", "webp-34-bytes", "jpeg", "wide", "tall", "jpeg-huge", "one-row-over"],
)  # fmt: skip
def test_bombs_are_refused_from_the_header(bomb):
    with pytest.raises(ImageRefused) as refusal:
        probe(bomb)
    assert refusal.value.code == "image_too_large"


def test_a_picture_at_the_limit_is_taken():
    assert probe(png_claiming(8_000, 8_000)).width == 8_000


def test_a_gif_frame_beyond_its_screen_counts_as_the_size():
    data = bytearray(encoded("P", (4, 4), "GIF"))
    at = data.index(b"\x2c")
    data[at + 5 : at + 9] = struct.pack("<HH", 60_000, 60_000)
    with pytest.raises(ImageRefused, match="pixels"):
        probe(bytes(data))


def test_jpeg_scans_are_counted_and_limited():
    assert probe(jpeg_with_scans(150)).width == 64
    with pytest.raises(ImageRefused) as refusal:
        probe(jpeg_with_scans(260))
    assert refusal.value.code == "image_too_many_scans"


def test_scan_marks_outside_the_picture_do_not_count():
    assert probe(encoded(fmt="JPEG") + b"\xff\xda" * 5_000).width == 60


def test_a_gif_with_endless_frames_is_counted_up_to_a_limit():
    data = encoded("P", (2, 2), "GIF")
    at = data.index(b"\x2c")
    assert probe(data[:-1] + data[at:-1] * 20_000 + b";").frames == 1_000


@pytest.mark.parametrize(
    ("bytes_", "code"),
    [
        (b"", "image_empty"), (b"hello, I am a text file named cat.jpg", "image_not_recognized"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image_not_recognized"), (b"%PDF-1.7", "image_not_recognized"),
        (b"\xff\xd8\xff", "image_truncated"), (b"\x89PNG\r\n\x1a\n", "image_truncated"),
        (b"GIF89a\x01", "image_truncated"), (b"BM\x00", "image_truncated"), (b"II*\x00", "image_truncated"),
        (b"RIFF\x04\x00\x00\x00WEBP", "image_corrupt"), (b"\xff\xd8\xff\xd9", "image_corrupt"),
        (png_claiming(0, 5), "image_corrupt"), (jpeg_claiming(0, 5), "image_corrupt"),
        (b"II+\x00\x08\x00\x00\x00", "image_mode_unsupported"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_its_reason(bytes_, code):
    with pytest.raises(ImageRefused) as refusal:
        probe(bytes_)
    assert refusal.value.code == code
    assert refusal.value.status == 422


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_every_cut_of_a_file_is_read_or_refused_but_never_a_bug(fmt):
    whole = encoded(fmt=fmt)
    for length in range(len(whole)):
        try:
            probe(whole[:length])
        except ImageRefused:
            continue


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_flipped_bytes_are_read_or_refused_but_never_a_bug(fmt):
    whole = encoded(fmt=fmt)
    for at in range(min(len(whole), 400)):
        for value in (0x00, 0x7F, 0xFF):
            try:
                probe(whole[:at] + bytes([value]) + whole[at + 1 :])
            except ImageRefused:
                continue


@pytest.mark.parametrize(
    "start",
    [
        b"\xff\xd8" + b"\xff\xe5\x00\x02" * 4_000_000, b"\xff\xd8" + b"\xff" * 16_000_000,
        jpeg_with_scans(190)[:-2] + b"\xff\xe5\x00\x02" * 2_000_000 + b"\xff\xda" * 100,
        png_claiming(9, 9)[:33] + b"\x00\x00\x00\x00abcd\x00\x00\x00\x00" * 1_300_000,
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00!\xfe" + b"\x01a" * 8_000_000,
        b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00" + b"\x00" * 10 + b"JUNK\x00\x00\x00\x00" * 2_000_000,
    ],
    ids=["jpeg-segments", "jpeg-fill", "jpeg-scans", "png-chunks", "gif-blocks", "webp-chunks"],
)  # fmt: skip
def test_a_header_made_to_be_long_costs_a_bounded_time(start):
    before = time.process_time()
    with contextlib.suppress(ImageRefused):
        probe(start)
    assert time.process_time() - before < 0.5
