"""How fast work goes, and when it will be done at that pace. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt
from statistics import mean, stdev

LEAST_DAYS = 3
LEAST_DONE = 20
WINDOW_DAYS = 14
# A pace that needs longer than this says nothing of a date.
FARTHEST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Forecast:
    """When nothing will be left: the expected day, and the earliest and latest of a 95 % interval of the pace.

    `latest` is None where the pace varies so much that no last day can be named.
    """

    remaining: int
    per_day: float
    done_on: date
    earliest: date
    latest: date | None


def forecast(left: int, done: Mapping[date, int], today: date) -> Forecast | None:
    """When `left` will be done, from what was done on each day. None: too little to tell.

    The pace is the mean over the last `WINDOW_DAYS` whole days since the first piece of work, days of rest
    included; today is not over and does not count. Its interval is Student's. Fewer than `LEAST_DAYS` such days
    or `LEAST_DONE` pieces in them say nothing.
    """
    if left <= 0:
        return Forecast(0, 0.0, today, today, today)
    first = max(min(done, default=today), today - timedelta(days=WINDOW_DAYS))
    paces = [done.get(first + timedelta(days=n), 0) for n in range((today - first).days)]
    if len(paces) < LEAST_DAYS or sum(paces) < LEAST_DONE:
        return None
    pace = mean(paces)
    from scipy.special import stdtrit  # takes a quarter of a second to load

    around = float(stdtrit(len(paces) - 1, 0.975)) * stdev(paces) / sqrt(len(paces))
    expected = _day(today, left, pace)
    if expected is None:
        return None
    earliest = _day(today, left, pace + around) or expected
    return Forecast(left, pace, expected, earliest, _day(today, left, pace - around))


def _day(today: date, left: int, pace: float) -> date | None:
    if pace <= 0 or left / pace > FARTHEST_DAYS:
        return None
    return today + timedelta(days=ceil(left / pace))
