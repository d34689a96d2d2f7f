"""Recordings: noise at its distance, pitch and length by measure, the same seed the same bytes."""

import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.errors import InvalidInput
from datasets.augment.making import copies_made
from datasets.augment.pipeline import pipeline_of
from datasets.augment.sounds import OPERATORS, Sound, making
from datasets.augment.sounds import sound as sound_module
from datasets.augment.sounds.making import SoundMaker, SoundPreviewMaker
from datasets.augment.sounds.sound import resampled, stretched
from tests.datasets.sounds import RATE, encoded, tone

ROOT = Path(__file__).resolve().parents[3]
STEPS = [{"op": key, "p": 0.8} for key in OPERATORS]


def sine(hertz=440.0, seconds=1.0, rate=RATE, channels=1):
    at = np.arange(round(seconds * rate)) / rate
    wave = (0.5 * np.sin(2 * np.pi * hertz * at)).astype(np.float32)
    return Sound(np.repeat(wave[:, None], channels, axis=1), rate)


def changed(sound, op, seed=1, **params):
    return pipeline_of([{"op": op, "params": params}], OPERATORS).apply(sound, seed=seed, sample="s")


def peak_hz(samples, rate=RATE):
    """The strongest frequency, to a part of a bin by a parabola through three."""
    mono = samples[:, 0] * np.hanning(len(samples))
    level = np.log(np.abs(np.fft.rfft(mono)) + 1e-12)
    top = int(level.argmax())
    left, middle, right = level[top - 1 : top + 2]
    return float((top + 0.5 * (left - right) / (left - 2 * middle + right)) * rate / len(mono))


@pytest.mark.parametrize("color", ["white", "pink"])
@pytest.mark.parametrize("snr_db", [0.0, 10.0, 30.0])
def test_noise_lies_as_far_below_as_was_asked_for(color, snr_db):
    sound = sine(channels=2)
    after = changed(sound, "add_noise", snr_db=snr_db, vary_snr=False, noise_color=color)
    noise = after.samples.astype(float) - sound.samples
    measured = 10 * np.log10(np.square(sound.samples, dtype=float).mean() / np.square(noise).mean())
    assert measured == pytest.approx(snr_db, abs=0.01)
    varied = [changed(sound, "add_noise", seed, snr_db=snr_db, noise_color=color) for seed in range(5)]
    heard = [10 * np.log10(0.125 / np.square(v.samples.astype(float) - sound.samples).mean()) for v in varied]
    assert snr_db - 0.1 <= min(heard) <= max(heard) <= 40.1


def test_pink_noise_falls_by_three_decibels_an_octave():
    sound = sine(seconds=8)
    noise = changed(sound, "add_noise", snr_db=0, vary_snr=False, noise_color="pink").samples - sound.samples
    power = np.abs(np.fft.rfft(noise[:, 0])) ** 2
    low, high = power[800:1600].mean(), power[12_800:25_600].mean()  # four octaves apart
    assert 10 * np.log10(low / high) == pytest.approx(12.04, abs=1)


def test_silence_stays_silent_under_noise():
    assert not changed(Sound(np.zeros((100, 1), np.float32), RATE), "add_noise").samples.any()


@pytest.mark.parametrize("semitones", [1.0, 4.0, 12.0])
def test_pitch_moves_by_what_was_drawn_and_the_length_stays(semitones):
    sound = sine(440)
    factors = set()
    for seed in range(6):
        after = changed(sound, "pitch_shift", seed, semitones=semitones)
        drawn = next(pipeline_of([{"op": "pitch_shift"}], OPERATORS).drawn(seed=seed, sample="s"))[1].uniform(
            -1, 1
        )
        factor = 2 ** (drawn * semitones / 12)
        assert len(after.samples) == len(sound.samples)
        assert peak_hz(after.samples) == pytest.approx(440 * factor, rel=0.004)
        factors.add(round(factor, 6))
    assert len(factors) == 6


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.0, 1.3, 2.0])
def test_stretching_changes_the_length_and_not_the_pitch(factor):
    sound = sine(523.25, rate=22_050)
    after = stretched(sound.samples, sound.rate_hz, factor)
    assert len(after) == round(len(sound.samples) * factor)
    assert peak_hz(after, 22_050) == pytest.approx(523.25, rel=0.004)
    middle = slice(len(after) // 4, -len(after) // 4)
    assert np.abs(after[middle]).max() == pytest.approx(0.5, rel=0.15)


def test_stretching_by_nothing_is_nearly_the_same():
    wave = tone(3)[:, None].astype(np.float32)
    same = stretched(wave, RATE, 1.0)
    assert np.abs(same - wave).max() < 1e-3


def test_how_many_windows_are_held_at_once_changes_nothing(monkeypatch):
    wave = tone(3)[:, None].astype(np.float32)
    whole = stretched(wave, RATE, 1.3)
    monkeypatch.setattr(sound_module, "_AT_ONCE", 7)
    assert np.abs(stretched(wave, RATE, 1.3) - whole).max() < 1e-5


def test_resampling_is_what_scipy_does():
    from scipy.signal import resample

    wave = tone(5, 0.2)[:, None].astype(np.float32)
    for frames in (1_600, 3_199, 4_801):
        mine, theirs = resampled(wave, frames), resample(wave.astype(float), frames)
        assert np.abs(mine - theirs)[5:-5].max() < 2e-3


def test_a_shift_moves_whole_samples_and_fills_with_silence():
    sound = sine()
    for seed in range(6):
        after = changed(sound, "time_shift", seed, most_shift=0.5).samples
        drawn = next(pipeline_of([{"op": "time_shift"}], OPERATORS).drawn(seed=seed, sample="s"))[1].uniform(
            -1, 1
        )
        by = round(drawn * 0.5 * len(sound.samples))
        slow = np.zeros_like(sound.samples)
        for place in range(len(slow)):
            if 0 <= place - by < len(slow):
                slow[place] = sound.samples[place - by]
        assert np.array_equal(after, slow)
    wrapped = changed(sound, "time_shift", most_shift=0.5, wraps=True).samples
    assert sorted(wrapped[:, 0]) == sorted(sound.samples[:, 0])


def test_gain_is_in_decibels():
    sound = sine()
    drawn = next(pipeline_of([{"op": "gain"}], OPERATORS).drawn(seed=1, sample="s"))[1].uniform(-1, 1)
    after = changed(sound, "gain", gain_db=12)
    heard = 20 * np.log10(np.abs(after.samples).max() / np.abs(sound.samples).max())
    assert heard == pytest.approx(12 * drawn, abs=1e-4)


def test_masks_leave_gaps_that_are_silent_and_bands_that_are_empty():
    noise = np.random.default_rng(0).standard_normal((RATE * 2, 1)).astype(np.float32) * 0.1
    sound = Sound(noise, RATE)
    timed = changed(sound, "spec_masks", time_width=0.3, band_masks=0).samples
    gap = np.flatnonzero(timed[:, 0] == 0)
    drawn = next(pipeline_of([{"op": "spec_masks"}], OPERATORS).drawn(seed=1, sample="s"))[1].random((4, 2))[
        0
    ]
    assert len(gap) == pytest.approx(drawn[0] * 0.3 * len(noise), abs=2)
    assert np.all(np.diff(gap) == 1)
    far = np.abs(np.arange(len(noise)) - gap.mean()) > len(gap) / 2 + 0.006 * RATE
    assert np.array_equal(timed[far], noise[far])
    banded = changed(sound, "spec_masks", time_masks=0, band_width=0.4).samples
    power = np.abs(np.fft.rfft(banded[:, 0])) ** 2
    empty = np.flatnonzero(power < 1e-6)
    assert len(empty) > 100
    assert np.all(np.diff(empty) == 1)


@pytest.mark.parametrize("key", OPERATORS)
def test_every_operator_takes_any_length_and_leaves_its_input_alone(key):
    for frames in (1, 2, 63, 1_000, 20_011):
        given = np.random.default_rng(frames).uniform(-1, 1, (frames, 2)).astype(np.float32)
        before = given.copy()
        for seed in range(3):
            after = changed(Sound(given, 8_000), key, seed).samples
            assert after.dtype == np.float32
            assert after.shape[1] == 2
            assert len(after) >= 1
            assert np.isfinite(after).all()
        assert np.array_equal(given, before)


def rows_of(folder):
    folder.mkdir(exist_ok=True)
    made = []
    for number, content in enumerate(
        (
            encoded(tone(1, 0.4)),
            encoded(np.stack([tone(2, 0.3), tone(3, 0.3)], axis=1), "FLAC", "PCM_24"),
            encoded(tone(4, 0.3), "OGG", "VORBIS"),
            encoded(tone(5, 0.3))[:44],
            b"RIFF\0\0\0\0WAVEjunk" * 9,
        )
    ):
        path = folder / str(number)
        path.write_bytes(content)
        made.append({"id": f"s{number}", "path": str(path), "offset": 0, "length": len(content)})
    return made


def digest(folder):
    spec = {"steps": STEPS, "seed": 4, "copies": 2}
    said = hashlib.sha256()
    for line, content in copies_made(rows_of(Path(folder)), spec, SoundMaker(STEPS)):
        said.update(json.dumps(line).encode() + content)
    return said.hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path):
    code = f"from tests.datasets.augment.test_sounds import digest; print(digest({str(tmp_path)!r}))"
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert digest(tmp_path) == other.stdout.strip()


def test_copies_are_flac_as_fine_as_the_recording_and_damaged_ones_are_named(tmp_path):
    spec = {"steps": [{"op": "gain"}], "seed": 4, "copies": 2}
    answers = list(copies_made(rows_of(tmp_path), spec, SoundMaker(spec["steps"])))
    told = {line["id"]: line["problem"] for line, _ in answers if "problem" in line}
    assert set(told) == {"s3", "s4"}
    assert told == {"s3": "audio_damaged", "s4": "audio_damaged"}
    kinds = {}
    for line, content in answers:
        if "problem" not in line:
            with soundfile.SoundFile(io.BytesIO(content)) as file:
                kinds[line["id"]] = (file.format, file.subtype, file.channels, file.samplerate)
    assert kinds == {
        "s0": ("FLAC", "PCM_16", 1, RATE),
        "s1": ("FLAC", "PCM_24", 2, RATE),
        "s2": ("FLAC", "PCM_16", 1, RATE),
    }


def test_what_would_clip_is_turned_down(tmp_path):
    path = tmp_path / "loud"
    path.write_bytes(encoded(tone(1, 0.4, level=0.99)))
    row = {"id": "s", "path": str(path), "offset": 0, "length": path.stat().st_size}
    steps = [{"op": "gain", "params": {"gain_db": 24}}]
    spec = {"steps": steps, "seed": 0, "copies": 8}
    for _, content in copies_made([row], spec, SoundMaker(steps)):
        heard, _ = soundfile.read(io.BytesIO(content))
        assert np.abs(heard).max() <= 1
        flat = np.abs(np.abs(heard) - np.abs(heard).max()) < 1e-4
        assert flat.sum() < 10


def test_what_is_too_long_is_refused_and_its_beginning_is_shown(tmp_path, monkeypatch):
    path = tmp_path / "long"
    path.write_bytes(encoded(tone(1, 12.0)))
    row = {"id": "s", "path": str(path), "offset": 0, "length": path.stat().st_size}
    monkeypatch.setattr(making, "MAX_SAMPLES", 60_000)
    spec = {"steps": [], "seed": 0, "copies": 1}
    ((line, content),) = copies_made([row], spec, SoundMaker([]))
    assert (line, content) == ({"problem": "audio_too_long_to_augment", "id": "s"}, b"")
    monkeypatch.setattr(making, "MAX_SAMPLES", 30_000_000)
    ((line, content),) = copies_made([row], spec, SoundPreviewMaker([]))
    heard, rate = soundfile.read(io.BytesIO(content))
    assert len(heard) == making.SHOWN_S * rate
    assert line["before"] == line["after"]


def test_parameters_have_bounds():
    with pytest.raises(InvalidInput):
        pipeline_of([{"op": "pitch_shift", "params": {"semitones": 13}}], OPERATORS)
