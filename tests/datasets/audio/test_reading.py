"""Recordings from bytes: exact where the format is, and hostile files are refused in a child that survives."""

import io
import struct

import numpy as np
import pytest
import soundfile

from datasets.audio.measuring import clip_measured
from datasets.audio.reading import MAX_DURATION_S, AudioRefused, Clip
from datasets.formats.decoding.pool import DecodePool
from datasets.formats.decoding.wire import Heard, Undecodable
from tests.datasets.sounds import RATE, encoded, tone, wav

KINDS = (("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"))


def opened(content):
    with DecodePool(1, kind="audio") as pool:
        return pool.submit([content, wav(5, 0.2)], 0).result()


def header_wav(frames, rate=RATE, channels=1, content=b""):
    """A WAV whose header says what it likes."""
    size = frames * channels * 2
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", min(36 + size, 2**32 - 1), b"WAVE", b"fmt ", 16, 1, channels,
                       rate, rate * channels * 2 % 2**32, channels * 2, 16, b"data", min(size, 2**32 - 1))  # fmt: skip
    return head + content


@pytest.mark.parametrize(("format", "subtype"), KINDS)
def test_length_rate_and_channels_are_those_of_what_was_written(format, subtype):
    rate = 48_000 if subtype == "OPUS" else 22_050
    wave = np.stack((tone(1, 0.5, rate), tone(2, 0.5, rate)), axis=1)
    heard = clip_measured(encoded(wave, format, subtype, rate))
    assert (heard.header.rate_hz, heard.header.channels) == (rate, 2)
    assert heard.duration_s == pytest.approx(0.5, abs=1e-3)
    assert heard.peak == pytest.approx(np.abs(wave).max(), rel=0.2)


def test_the_sound_has_one_name_in_every_lossless_container():
    wave = tone(4, 0.4)
    assert clip_measured(encoded(wave)).sound == clip_measured(encoded(wave, "FLAC")).sound
    assert clip_measured(encoded(wave)).sound != clip_measured(encoded(0.99 * wave)).sound
    assert clip_measured(encoded(wave)).sound != clip_measured(encoded(wave, rate=8_000)).sound


def test_what_is_measured_is_what_a_slow_reading_says():
    wave = np.clip(3 * tone(6, 0.7), -0.5, 0.5)
    content = encoded(wave, subtype="PCM_24")
    read, _ = soundfile.read(io.BytesIO(content), always_2d=True)
    flat = 0
    values = read[:, 0]
    for at in range(len(values) - 3):
        run = values[at : at + 4]
        flat += abs(run[0]) >= 0.98 * np.abs(values).max() and bool(np.all(np.abs(np.diff(run)) <= 4e-5))
    heard = clip_measured(content)
    assert heard.peak == pytest.approx(np.abs(values).max(), abs=1e-6)
    assert heard.rms == pytest.approx(np.sqrt(np.mean(values**2)), rel=1e-4)
    assert flat > 100
    assert heard.clipped * len(values) == pytest.approx(flat, abs=3)


@pytest.mark.parametrize(("format", "subtype"), KINDS)
@pytest.mark.parametrize("keep", [0.02, 0.5])
def test_a_cut_file_is_refused_or_shorter_and_the_next_one_is_read(format, subtype, keep):
    whole = encoded(tone(1, 2.0, 48_000), format, subtype, 48_000)
    answer, after = opened(whole[: int(len(whole) * keep)])
    assert isinstance(after, Heard)
    if isinstance(answer, Heard):
        assert answer.duration_s < 2.0
    else:
        assert answer.code in ("audio_damaged", "audio_empty", "audio_unsupported", "decoder_died")


@pytest.mark.parametrize("keep", [0.02, 0.5, 0.98])
def test_a_wav_that_breaks_off_is_none_and_one_that_promises_a_little_more_is(keep):
    whole = wav(1, 5.0)
    answer, _ = opened(whole[: int(len(whole) * keep)])
    assert (answer.code, "breaks off" in answer.detail) == ("audio_damaged", True)
    for kept in (whole[:-500], whole[:40] + b"\xff" * 4 + whole[44:], whole[:40] + b"\0" * 4 + whole[44:]):
        assert "breaks off" not in getattr(opened(kept)[0], "detail", "")


@pytest.mark.parametrize(("format", "subtype"), KINDS)
def test_noise_in_the_middle_of_a_file_never_breaks_more_than_the_file(format, subtype):
    random = np.random.default_rng(3)
    content = bytearray(encoded(tone(1, 1.0, 48_000), format, subtype, 48_000))
    for at in random.integers(0, len(content), 60):
        content[at] = random.integers(0, 256)
    answer, after = opened(bytes(content))
    assert isinstance(answer, Heard | Undecodable)
    assert isinstance(after, Heard)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "audio_unsupported"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio_damaged"),
        (b"fLaC" + b"\x00" * 60, "audio_damaged"),
        (b"OggS" + b"\x00" * 60, "audio_damaged"),
        (b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + b"\x00" * 60, "audio_damaged"),
        (b"FORM\x00\x00\x00\x00AIFF" + b"\x00" * 60, "audio_unsupported"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 60, "audio_unsupported"),
        (header_wav(0), "audio_empty"),
        (header_wav(8, rate=1, content=b"\x00" * 16), "audio_rate"),
        (header_wav(8, rate=4_000_000, content=b"\x00" * 16), "audio_rate"),
        (header_wav(8, channels=64, content=b"\x00" * 1024), "audio_channels"),
    ],
)
def test_what_is_no_recording_is_refused_with_a_remedy(content, code):
    answer, after = opened(content)
    assert isinstance(answer, Undecodable)
    assert answer.code == code
    assert "; " in answer.detail or "," in answer.detail
    assert isinstance(after, Heard)


def test_an_hour_of_silence_in_a_few_kilobytes_is_refused_before_it_is_decoded():
    content = encoded(np.zeros(8_000 * (MAX_DURATION_S + 1), np.float32), "FLAC", rate=8_000)
    assert len(content) < 200_000
    answer, after = opened(content)
    assert isinstance(answer, Undecodable)
    assert answer.code == "audio_too_long"
    assert isinstance(after, Heard)


def test_a_header_that_promises_little_does_not_open_the_door(monkeypatch):
    monkeypatch.setattr("datasets.audio.reading.MAX_DURATION_S", 1)
    with Clip(wav(1, 0.9)) as clip:
        assert sum(map(len, clip.blocks())) == 14_400
    # What comes is counted, whatever the header said.
    with Clip(wav(1, 0.9)) as clip:
        monkeypatch.setattr("datasets.audio.reading.MAX_DURATION_S", 0.5)
        with pytest.raises(AudioRefused, match="cut the recording"):
            list(clip.blocks())


def test_samples_that_are_no_numbers_are_refused():
    wave = tone(1, 0.2)
    wave[100] = np.nan
    answer, _ = opened(encoded(wave, subtype="FLOAT"))
    assert isinstance(answer, Undecodable)
    assert answer.code == "audio_damaged"


def test_old_codecs_are_not_read():
    answer, _ = opened(encoded(tone(1, 0.2), subtype="MS_ADPCM"))
    assert isinstance(answer, Undecodable)
    assert answer.code == "audio_unsupported"
