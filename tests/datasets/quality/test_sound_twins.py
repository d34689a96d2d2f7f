"""Copies of a recording are found through what happens to copies, and other recordings are not taken for them."""

import numpy as np
import pytest

from datasets.audio.measuring import clip_measured
from datasets.audio.prints import BANDS, print_of, print_packed, print_unpacked
from datasets.quality.sound_twins import LEAST_FRAMES, likeness, sound_pairs
from datasets.quality.sounds import sound_features
from tests.datasets.sounds import encoded, tone

ORIGINALS = 120
CHANGES = {
    "gain": lambda wave: encoded(0.15 * wave),
    "vorbis": lambda wave: encoded(0.8 * wave, "OGG", "VORBIS"),
    "mp3": lambda wave: encoded(wave, "MP3"),
    "later": lambda wave: encoded(np.concatenate((np.zeros(1_300), wave))),
    "halved": lambda wave: encoded(wave[::2], rate=8_000),
}


def printed(content):
    heard = clip_measured(content)
    return print_of(heard.mono, heard.rate_hz), heard.duration_s


def test_copies_are_found_and_nothing_else_is():
    waves = [tone(i, 0.4 + 0.01 * (i % 40)) for i in range(ORIGINALS)]
    planted = {(i, ORIGINALS + i) for i in range(ORIGINALS)}
    ways = list(CHANGES.values())
    found = [printed(encoded(wave)) for wave in waves]
    found += [printed(ways[i % len(ways)](wave)) for i, wave in enumerate(waves)]
    pairs = set(map(tuple, sound_pairs([p for p, _ in found], [s for _, s in found]).tolist()))
    assert len(pairs & planted) / len(planted) >= 0.95
    assert len(pairs & planted) / len(pairs) >= 0.99


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_change_alone_leaves_the_print_alike(change):
    wave = tone(7, 1.5)
    assert likeness(printed(encoded(wave))[0], printed(change(wave))[0]) >= 0.98


def test_clips_of_other_lengths_are_no_copies():
    wave = tone(1, 2.0)
    rows = [printed(encoded(wave)), printed(encoded(wave[:24_000]))]
    assert sound_pairs([p for p, _ in rows], [s for _, s in rows]).tolist() == []


def test_silence_and_clicks_have_nothing_to_compare():
    silent, click = printed(encoded(np.zeros(8_000)))[0], printed(encoded(tone(1, 0.04)))[0]
    assert silent.shape == (0, BANDS)
    assert len(click) < LEAST_FRAMES
    assert sound_pairs([silent, silent, click, click], [0.5, 0.5, 0.04, 0.04]).tolist() == []


def test_blocks_change_nothing(monkeypatch):
    waves = [tone(i % 20, 0.5) for i in range(60)]
    rows = [printed(encoded(wave)) for wave in waves]
    prints, seconds = [p for p, _ in rows], [s for _, s in rows]
    whole = sound_pairs(prints, seconds).tolist()
    monkeypatch.setattr("datasets.quality.sound_twins._BLOCK", 7)
    assert sorted(sound_pairs(prints, seconds).tolist()) == sorted(whole)
    assert len(whole) == 20 * 3


def test_what_is_stored_comes_back():
    levels = printed(encoded(tone(3, 1.0)))[0]
    assert (print_unpacked(print_packed(levels)) == levels).all()
    assert len(print_unpacked("no base64 !")) == 0
    assert len(print_unpacked("AAAA")) == 0
    features = sound_features(clip_measured(encoded(tone(3, 1.0))))
    again = type(features).from_json(features.to_json())
    assert again is not None
    assert (again.sound, again.clipped) == (features.sound, features.clipped)
    assert type(features).from_json({"v": 1}) is None


def test_a_print_that_begins_a_moment_later_is_alike():
    levels = printed(encoded(tone(9, 1.5)))[0]
    assert likeness(levels[2:], levels[:-2]) == pytest.approx(1.0)
    assert likeness(levels[:-2], levels[2:]) == pytest.approx(1.0)
    assert likeness(levels[6:], levels[:-6]) < 0.98
