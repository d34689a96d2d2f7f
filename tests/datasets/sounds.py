"""Sounds for tests: made from a seed, encoded as asked."""

import io

import numpy as np
import soundfile

RATE = 16_000


def tone(seed=0, seconds=1.0, rate=RATE, level=0.5):
    """(N,) float64: a few gliding partials with an envelope of syllables over a soft noise; like nothing else seeded."""
    random = np.random.default_rng(seed)
    at = np.arange(round(seconds * rate)) / rate
    wave = np.zeros(len(at))
    base = random.uniform(90, 400)
    glide = random.uniform(-0.3, 0.3)
    for partial in range(1, 9):
        pitch = base * partial * (1 + glide * np.sin(2 * np.pi * random.uniform(0.5, 3) * at))
        wave += random.uniform(0.1, 1) / partial * np.sin(2 * np.pi * np.cumsum(pitch) / rate)
    beats = np.interp(
        at,
        np.linspace(0, max(seconds, 0.01), 3 + round(6 * seconds)),
        random.uniform(0.05, 1, 3 + round(6 * seconds)),
    )
    wave = wave * beats + 0.01 * random.standard_normal(len(at))
    return level * wave / max(np.abs(wave).max(), 1e-9)


def encoded(wave, format="WAV", subtype=None, rate=RATE):
    """The bytes of a file; what 16 bits hold without loss is rounded here, as each encoder does it in its own way."""
    out = io.BytesIO()
    if format in ("WAV", "FLAC") and subtype in (None, "PCM_16"):
        wave = np.round(np.clip(wave, -1, 1) * 32_767).astype(np.int16)
    soundfile.write(out, wave, rate, format=format, subtype=subtype)
    return out.getvalue()


def wav(seed=0, seconds=1.0, rate=RATE, level=0.5):
    """The bytes of a WAV of 16 bits."""
    return encoded(tone(seed, seconds, rate, level), rate=rate)
