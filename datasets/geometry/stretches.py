"""Stretches of a recording: from a second to a later one. Pure."""

import math
from typing import Any, Final

from datasets.geometry.forms import FormRefused

# A thousandth of a second: no ear and no frame of a spectrogram tells less.
_DIGITS: Final = 3


def stretch_from(start: Any, end: Any, duration_s: float | None) -> tuple[float, float]:
    """Both ends in seconds, to the millisecond; `duration_s` is None where nobody knows how long it lasts.

    Raises FormRefused for what is no stretch of the recording.
    """
    first, last = _second(start), _second(end)
    if first is None or last is None or not 0 <= first < last:
        raise FormRefused("a region goes from a moment to a later one, in seconds")
    if duration_s is not None and last > round(duration_s, _DIGITS):
        raise FormRefused(f"a region must lie inside the recording, which lasts {duration_s:g} s")
    return first, last


def _second(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = round(float(value), _DIGITS)
    except OverflowError:
        return None
    # Minus zero is written otherwise and means the same.
    return seconds + 0.0 if math.isfinite(seconds) else None
