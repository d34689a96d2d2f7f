import os
import signal
import time

import pytest

from datasets.formats.decoding import pool as pool_module
from datasets.formats.decoding.child import answer_for
from datasets.formats.decoding.pool import DecodePool
from datasets.formats.decoding.wire import Decoded, Undecodable
from tests.datasets.pictures import picture

SIDE = 32


def test_answers_come_in_the_order_of_the_pictures():
    contents = [picture(i, (40 + i, 60)) for i in range(23)]
    with DecodePool(2) as pool:
        answers = pool.submit(contents, SIDE).result()
    assert [a.width for a in answers] == [40 + i for i in range(23)]
    assert answers == [answer_for(content, SIDE) for content in contents]


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "P", "RGBA", "LA", "1", "I;16"])
def test_every_color_mode_is_read(mode):
    form = "JPEG" if mode == "CMYK" else "TIFF" if mode == "I;16" else "PNG"
    answer = answer_for(picture(1, mode=mode, form=form), SIDE)
    assert isinstance(answer, Decoded), answer
    assert (answer.width, answer.height) == (64, 48)


def test_orientation_turns_the_stated_size():
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    answer = answer_for(picture(1, exif=exif), SIDE)
    assert (answer.width, answer.height, answer.orientation) == (48, 64, 6)


@pytest.mark.parametrize("content", [b"", b"text called .jpg", picture(1)[:400]])
def test_what_is_no_picture_says_why(content):
    answer = answer_for(content, SIDE)
    assert isinstance(answer, Undecodable)
    assert answer.code.startswith("image_")
    assert answer.detail


def test_a_child_that_dies_costs_the_picture_it_died_of(monkeypatch, tmp_path):
    script = tmp_path / "fragile.py"
    script.write_text(
        "import os, sys\n"
        "from datasets.formats.decoding import child\n"
        "whole = child.answer_for\n"
        "child.answer_for = lambda content, side: os.kill(os.getpid(), 9) if content == b'killer' else whole(content, side)\n"
        "child.main()\n"
    )
    start = pool_module.subprocess.Popen

    def popen(args, **kwargs):
        return start([args[0], str(script)], **kwargs)

    monkeypatch.setattr(pool_module.subprocess, "Popen", popen)
    contents = [picture(0), b"killer", picture(1), picture(2), b"killer", picture(3)]
    with DecodePool(1) as pool:
        answers = pool.submit(contents, SIDE).result()
        assert pool.restarts == 2
    died = [isinstance(a, Undecodable) and a.code == "decoder_died" for a in answers]
    assert died == [content == b"killer" for content in contents]


def test_a_child_killed_from_outside_is_replaced():
    with DecodePool(1) as pool:
        pool.submit([picture(0)], SIDE).result()
        os.kill(pool._idle[0]._process.pid, signal.SIGKILL)
        time.sleep(0.05)
        answers = pool.submit([picture(i) for i in range(5)], SIDE).result()
    assert sum(isinstance(a, Decoded) for a in answers) >= 4


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch, tmp_path):
    script = tmp_path / "slow.py"
    script.write_text(
        "import time\n"
        "from datasets.formats.decoding import child\n"
        "whole = child.answer_for\n"
        "child.answer_for = lambda content, side: time.sleep(60) if content == b'slow' else whole(content, side)\n"
        "child.main()\n"
    )
    start = pool_module.subprocess.Popen
    monkeypatch.setattr(
        pool_module.subprocess, "Popen", lambda args, **kw: start([args[0], str(script)], **kw)
    )
    monkeypatch.setattr(pool_module, "_WALL_S", 3.0)
    with DecodePool(1) as pool:
        answers = pool.submit([picture(0), b"slow", picture(1)], SIDE).result()
    assert [type(a).__name__ for a in answers] == ["Decoded", "Undecodable", "Decoded"]
    assert answers[1].code == "decoder_timeout"


def test_a_child_sees_no_secret(monkeypatch):
    monkeypatch.setenv("STUDIO_SECRET_KEY", "hidden")
    monkeypatch.setenv("DATABASE_URL", "hidden")
    assert "hidden" not in pool_module._environment().values()


def test_equal_looking_pictures_have_near_hashes():
    a, b = answer_for(picture(1, quality=95), SIDE), answer_for(picture(1, quality=60), SIDE)
    other = answer_for(picture(2), SIDE)
    assert (a.dhash64 ^ b.dhash64).bit_count() <= 4 < (a.dhash64 ^ other.dhash64).bit_count()
