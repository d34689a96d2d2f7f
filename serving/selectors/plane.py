"""What the data plane says of itself: read from the file each of its processes writes every second."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from core.clock import utc_now
from serving.dataplane.stats import HOUR_S, seconds_of
from serving.models import Endpoint

FRESH_S = 10.0


@dataclass(frozen=True, slots=True)
class PlaneReport:
    """One process; `live` maps endpoint names to the versions that answer, `problems` to reasons.

    `keys` maps the keys of the last hour to the minute of their last use, in seconds since 1970.
    """

    table_version: int
    live: Mapping[str, list[str]]
    unhealthy: frozenset[str]
    problems: Mapping[str, str]
    endpoints: Mapping[str, Any]
    keys: Mapping[str, int]


def plane_reports(age_s: float = FRESH_S) -> list[PlaneReport]:
    """The processes that reported within the last ten seconds, or `age_s`."""
    folder = Path(settings.DATA_DIR) / "serving" / "stats"
    reports = []
    for path in sorted(folder.glob("*.json")):
        try:
            if time.time() - path.stat().st_mtime > age_s:
                continue
            content = orjson.loads(path.read_bytes())
            reports.append(
                PlaneReport(
                    int(content["table_version"]),
                    content["live"],
                    frozenset(content["unhealthy"]),
                    content["problems"],
                    content["endpoints"],
                    content.get("keys", {}),
                )
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return reports


def endpoint_status(endpoint: Endpoint, reports: Iterable[PlaneReport]) -> tuple[str, str]:
    """`(state, problem)`: starting, live, stopped or unhealthy, and in words what is wrong, if anything."""
    if endpoint.state == Endpoint.State.STOPPED:
        return "stopped", ""
    reports = list(reports)
    if not reports:
        return "unhealthy", "the model server does not report; is it running?"
    wanted = {str(route["model_version"]) for route in endpoint.routes}
    state, problem = "live", ""
    for report in reports:
        if endpoint.name in report.problems:
            problem = str(report.problems[endpoint.name])
        if endpoint.name in report.unhealthy:
            return "unhealthy", problem or "its model does not answer"
        if set(report.live.get(endpoint.name, ())) != wanted:
            state = "starting"
    return ("unhealthy", problem) if problem else (state, "")


def endpoint_metrics(name: str) -> dict[str, Any]:
    """The last hour of an endpoint; latencies in milliseconds, right to 5 %.

    Over all processes, also those that ended since: one that starts again takes up what it had counted.
    """
    now = utc_now()
    minutes: dict[int, tuple[Counter[str], Counter[int]]] = {}
    for report in plane_reports(HOUR_S):
        for minute in report.endpoints.get(name, {}).get("minutes", ()):
            if int(minute["start"]) <= now.timestamp() - HOUR_S:
                continue
            codes, latency = minutes.setdefault(int(minute["start"]), (Counter(), Counter()))
            codes.update(minute["codes"])
            latency.update({int(bucket): count for bucket, count in minute["latency"].items()})
    codes_all, latency_all = Counter[str](), Counter[int]()
    for codes, latency in minutes.values():
        codes_all.update(codes)
        latency_all.update(latency)
    return {
        **_counts(codes_all),
        "latency": _percentiles(latency_all),
        "until": now.isoformat(),
        "per_minute": [
            {
                "at": datetime.fromtimestamp(start, UTC).isoformat(),
                **_counts(minutes[start][0]),
                "latency": _percentiles(minutes[start][1]),
            }
            for start in sorted(minutes)
        ],
    }


def _counts(codes: Counter[str]) -> dict[str, int]:
    return {
        "requests": codes.total(),
        "errors": sum(count for code, count in codes.items() if code.startswith("5")),
        "refused": sum(count for code, count in codes.items() if code.startswith("4")),
    }


def _percentiles(latency: Counter[int]) -> dict[str, float | None]:
    return {f"p{share}": _percentile(latency, share / 100) for share in (50, 95, 99)}


def _percentile(latency: Counter[int], share: float) -> float | None:
    left = latency.total() * share
    for bucket in sorted(latency):
        left -= latency[bucket]
        if left <= 0:
            return round(seconds_of(bucket) * 1000, 3)
    return None
