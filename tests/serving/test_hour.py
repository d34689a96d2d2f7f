"""The last hour of an endpoint: it survives its process, and holds nothing older."""

import json
import os
import signal
import time

import pytest

from serving.dataplane.stats import HOUR_S, Stats, write_file
from serving.selectors import endpoint_metrics, plane_reports
from tests.serving.plane import answer_model, running, wait_until


def observed(minutes_ago=0, count=3, status=200):
    stats = Stats()
    stats.minute -= minutes_ago * 60
    for _ in range(count):
        stats.observe("k", status, 0.004)
    return stats


def reread(stats):
    """What comes back of a file, whose keys are text."""
    return json.loads(json.dumps(stats.snapshot()))


def requests(stats):
    return sum(sum(minute["codes"].values()) for minute in stats.snapshot().get("k", {}).get("minutes", ()))


def test_what_was_counted_is_taken_up_and_counted_on():
    fresh = Stats()
    fresh.restore(reread(observed()))
    fresh.observe("k", 500, 0.1)
    (minute,) = fresh.snapshot()["k"]["minutes"]
    assert minute["codes"] == {200: 3, 500: 1}
    assert sum(minute["latency"].values()) == 4
    assert b'studio_requests_total{endpoint="k",code="500"} 1' in fresh.prometheus({}, {})
    assert b'code="200"' not in fresh.prometheus({}, {})


@pytest.mark.parametrize(("ago", "kept"), [(0, 3), (59, 3), (60, 0), (90, 0), (-5, 0)])
def test_only_the_last_hour_is_taken_up(ago, kept):
    fresh = Stats()
    fresh.restore(reread(observed(ago)))
    assert requests(fresh) == kept


BROKEN = (
    7,
    [],
    {"k": None},
    {"k": {}},
    {"k": {"minutes": 7}},
    {"k": {"minutes": [{"start": "x", "codes": {}, "latency": {}}]}},
    {"k": {"minutes": [{"start": 1, "codes": [], "latency": {}}]}},
    {"a": {"minutes": []}, "k": {"minutes": [{"start": 1, "codes": {"200": "many"}, "latency": {}}]}},
)


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_snapshot_is_refused_and_leaves_nothing_behind(content):
    fresh = Stats()
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        fresh.restore(content)
    assert fresh.snapshot() == {}


@pytest.fixture
def told(settings, tmp_path):
    """Write what a process said some seconds ago."""
    settings.DATA_DIR = tmp_path
    folder = tmp_path / "serving" / "stats"
    folder.mkdir(parents=True)

    def write(name, stats, seconds_ago=0):
        path = folder / f"{name}.json"
        said = {
            "table_version": 1,
            "live": {},
            "unhealthy": [],
            "problems": {},
            "endpoints": stats.snapshot(),
        }
        write_file(path, said)
        os.utime(path, (time.time() - seconds_ago,) * 2)

    return write


def test_processes_that_ended_count_for_the_hour_and_for_nothing_else(told):
    told("alive", observed(count=2))
    told("gone", observed(10, count=3), seconds_ago=500)
    told("long-gone", observed(count=5), seconds_ago=HOUR_S + 60)
    assert len(plane_reports()) == 1
    metrics = endpoint_metrics("k")
    assert metrics["requests"] == 5
    assert [minute["requests"] for minute in metrics["per_minute"]] == [3, 2]
    assert endpoint_metrics("other")["per_minute"] == []


def test_minutes_older_than_an_hour_are_not_of_the_last_hour(told):
    old = observed(75, count=4)
    old.minute += 75 * 60
    old.observe("k", 503, 0.004)
    told("alive", old)
    metrics = endpoint_metrics("k")
    assert (metrics["requests"], metrics["errors"], len(metrics["per_minute"])) == (1, 1, 1)


def counted(plane):
    minutes = plane.stats().get("endpoints", {}).get("k", {}).get("minutes", ())
    return sum(sum(minute["codes"].values()) for minute in minutes)


def test_a_killed_process_goes_on_with_the_hour_it_had_counted(folder):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        for _ in range(3):
            assert plane.infer("k")[0] == 200
        wait_until(lambda: counted(plane) == 3, 5)
        plane.kill()
        plane.start()
        wait_until(lambda: plane.infer("k")[0] == 200, 15)
        wait_until(lambda: counted(plane) >= 4, 5)


def test_told_to_stop_it_forgets_not_even_the_last_request(folder):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        assert plane.infer("k")[0] == 200
        plane.kill(signal.SIGTERM)
        assert counted(plane) == 1


def test_a_damaged_file_of_statistics_stops_nothing(folder):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        wait_until(lambda: plane.stats() != {}, 5)
        plane.kill()
        (path,) = (folder.path / "stats").glob("*.json")
        path.write_bytes(b'{"endpoints": {"k": {"minutes": [{"start"')
        plane.start()
        assert plane.infer("k")[0] == 200
        wait_until(lambda: counted(plane) == 1, 5)
