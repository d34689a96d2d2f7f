"""Counting: for Prometheus, and as a file the control plane reads. Pure.

Latencies fall into buckets 10 % apart, so a percentile read back is right to 5 %.
"""

import math
import os
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

MINUTES_KEPT: Final = 60
HOUR_S: Final = MINUTES_KEPT * 60
_BASE: Final = math.log(1.1)
_LEAST_S: Final = 1e-5
_PROMETHEUS_BOUNDS: Final = (
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
)


def bucket_of(seconds: float) -> int:
    """The number of the bucket a latency falls into."""
    return max(0, int(math.log(max(seconds, _LEAST_S) / _LEAST_S) / _BASE))


def seconds_of(bucket: int) -> float:
    """The middle of a bucket."""
    return _LEAST_S * math.exp((bucket + 0.5) * _BASE)


class Minute:
    """What happened in one minute: requests by status, latencies by bucket."""

    __slots__ = ("codes", "latency", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.codes: defaultdict[int, int] = defaultdict(int)
        self.latency: defaultdict[int, int] = defaultdict(int)


class EndpointStats:
    """Counters of one endpoint."""

    def __init__(self) -> None:
        self.codes: defaultdict[int, int] = defaultdict(int)
        self.latency: defaultdict[int, int] = defaultdict(int)
        self.latency_sum_s = 0.0
        self.minutes: list[Minute] = []

    def observe(self, status: int, seconds: float, wall_minute: int) -> None:
        """One answered request."""
        if not self.minutes or self.minutes[-1].start != wall_minute:
            self.minutes.append(Minute(wall_minute))
            del self.minutes[:-MINUTES_KEPT]
        minute, bucket = self.minutes[-1], bucket_of(seconds)
        self.codes[status] += 1
        minute.codes[status] += 1
        self.latency[bucket] += 1
        minute.latency[bucket] += 1
        self.latency_sum_s += seconds


class Stats:
    """All counters of this process."""

    def __init__(self) -> None:
        self.endpoints: dict[str, EndpointStats] = {}
        self.used: dict[str, int] = {}
        self.minute = int(time.time() // 60) * 60

    def restore(self, endpoints: Mapping[str, Any]) -> None:
        """Take up the minutes of the last hour that a `snapshot` of an earlier process holds.

        Only those: counters for Prometheus begin at zero with every process, as it expects. Raises ValueError,
        TypeError, KeyError or AttributeError for what is no snapshot, and nothing is taken up then.
        """
        found: dict[str, list[Minute]] = {}
        for name, told in endpoints.items():
            for row in told["minutes"]:
                minute = Minute(int(row["start"]))
                minute.codes.update(_counted(row["codes"]))
                minute.latency.update(_counted(row["latency"]))
                if self.minute - HOUR_S < minute.start <= self.minute:
                    found.setdefault(str(name), []).append(minute)
        for name, minutes in found.items():
            minutes.sort(key=lambda one: one.start)
            self.endpoints.setdefault(name, EndpointStats()).minutes = minutes[-MINUTES_KEPT:]

    def observe(self, name: str, status: int, seconds: float) -> None:
        """One answered request to an endpoint that exists."""
        found = self.endpoints.get(name)
        if found is None:
            found = self.endpoints[name] = EndpointStats()
        found.observe(status, seconds, self.minute)

    def use(self, key_id: str) -> None:
        """A key opened an endpoint; remembered to the minute, for an hour."""
        self.used[key_id] = self.minute

    def tick(self) -> None:
        """Called every second: keeps the wall clock out of the hot path."""
        self.minute = int(time.time() // 60) * 60
        oldest = self.minute - HOUR_S
        self.used = {key_id: minute for key_id, minute in self.used.items() if minute >= oldest}

    def snapshot(self) -> dict[str, Any]:
        """Everything, as JSON: per endpoint a list of minutes, oldest first."""
        return {
            name: {
                "codes": dict(stats.codes),
                "minutes": [
                    {"start": m.start, "codes": dict(m.codes), "latency": dict(m.latency)}
                    for m in stats.minutes
                ],
            }
            for name, stats in self.endpoints.items()
        }

    def prometheus(self, gauges: dict[str, dict[str, float]], totals: dict[str, float]) -> bytes:
        """The text exposition format. `gauges` are per endpoint, `totals` of the process."""
        lines = ["# TYPE studio_requests_total counter"]
        for name, stats in sorted(self.endpoints.items()):
            lines += [
                f'studio_requests_total{{endpoint="{name}",code="{code}"}} {count}'
                for code, count in sorted(stats.codes.items())
            ]
        lines.append("# TYPE studio_request_seconds histogram")
        for name, stats in sorted(self.endpoints.items()):
            lines += _histogram(name, stats)
        for metric, values in sorted(gauges.items()):
            lines.append(f"# TYPE {metric} gauge")
            lines += [f'{metric}{{endpoint="{name}"}} {value:g}' for name, value in sorted(values.items())]
        for metric, value in sorted(totals.items()):
            kind = "counter" if metric.endswith("_total") else "gauge"
            lines += [f"# TYPE {metric} {kind}", f"{metric} {value:g}"]
        return ("\n".join(lines) + "\n").encode()


def _histogram(name: str, stats: EndpointStats) -> list[str]:
    lines = []
    total = sum(stats.latency.values())
    for bound in _PROMETHEUS_BOUNDS:
        below = sum(count for bucket, count in stats.latency.items() if seconds_of(bucket) <= bound)
        lines.append(f'studio_request_seconds_bucket{{endpoint="{name}",le="{bound:g}"}} {below}')
    lines.append(f'studio_request_seconds_bucket{{endpoint="{name}",le="+Inf"}} {total}')
    lines.append(f'studio_request_seconds_sum{{endpoint="{name}"}} {stats.latency_sum_s:.6f}')
    lines.append(f'studio_request_seconds_count{{endpoint="{name}"}} {total}')
    return lines


def _counted(told: Mapping[str, Any]) -> dict[int, int]:
    return {int(name): int(count) for name, count in told.items()}


def write_file(path: Path, content: dict[str, Any]) -> None:
    """Replace a JSON file atomically; readers see the old one or the new one."""
    write_bytes(path, orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS))


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file atomically."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
