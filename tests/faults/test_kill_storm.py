"""kill -9 of every process at random moments while people work: what was acknowledged is there, nothing is stuck.

`STUDIO_STORM_KILLS` is the number of kills of each of the issue's processes (full dose: 20),
`STUDIO_STORM_SEED` repeats a storm.
"""

import os
import random
import threading
import time
from typing import Any

import pytest

from tests.faults import storm
from tests.faults.actors import ACTORS, Actor, Place
from tests.faults.journal import Client, Journal
from tests.support.stack import Stack

KILLS = int(os.environ.get("STUDIO_STORM_KILLS", "0"))
SEED = int(os.environ.get("STUDIO_STORM_SEED") or random.SystemRandom().randrange(10_000))
pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(1200 + 240 * KILLS)]

CI_DOSE = {"trainer": 3, "worker-train": 1, "worker-import": 1, "pool-child": 1, "worker-short": 1}
CI_DOSE |= {"web": 3, "broker": 2, "dataplane": 1, "beat": 1}
DOSE = (
    CI_DOSE if not KILLS else dict.fromkeys(("trainer", "worker-train", "web", "broker", "dataplane"), KILLS)
)
LONGEST_PAUSE_S = 8.0
STUCK_AFTER_S = 60.0


def test_a_storm_of_kills_loses_nothing_doubles_nothing_and_leaves_nothing_stuck(place):
    storm.say("seed", SEED, DOSE)
    stack, journal = place.stack, Journal()
    stop = threading.Event()
    actors = [make(place, journal, stop, SEED + number) for number, make in enumerate(ACTORS)]
    for actor in actors:
        actor.thread.start()
    kills = storm.storm(stack, DOSE, random.Random(SEED), LONGEST_PAUSE_S)
    time.sleep(5)
    stop.set()
    _joined(actors)
    storm.say(storm.by_name(kills), journal.totals())
    assert len(kills) == sum(DOSE.values())
    assert journal.surprises == []
    _settled(stack, place.token)
    client = Client(stack, journal, place.token)
    try:
        assert lost(client, place, journal) == []
    finally:
        client.close()
    assert storm.broken(stack) == []
    for kind in ("imported", "save", "trained", "publish", "predict", "upload"):
        assert journal.of(kind), f"no {kind} was acknowledged: the storm proves nothing about it"
    assert storm.manage(stack, "manage.py", "verify_audit").returncode == 0


def _joined(actors: list[Actor]) -> None:
    deadline = time.monotonic() + 600
    for actor in actors:
        actor.thread.join(max(0, deadline - time.monotonic()))
    assert [actor.thread.name for actor in actors if actor.thread.is_alive()] == []


def _settled(stack: Stack, token: str) -> None:
    """No job is queued or without a live lease STUCK_AFTER_S after the last kill, when nobody adds any."""
    deadline = time.monotonic() + STUCK_AFTER_S
    while time.monotonic() < deadline:
        answer = stack.api("GET", "/jobs/?state=queued,running", token)
        if answer.status_code == 200 and not answer.json()["results"]:
            return
        time.sleep(1)
    pytest.fail(f"stuck: {answer.text[:1000]}")


def lost(client: Client, place: Place, journal: Journal) -> list[str]:
    """Acknowledged operations that cannot be read back."""
    return [
        *_lost_saves(client, journal),
        *_lost_pictures(client, place, journal),
        *_lost_runs(client, journal),
        *_lost_changes(client, journal),
    ]


def _lost_saves(client: Client, journal: Journal) -> list[str]:
    last: dict[str, Any] = {}
    told: dict[str, set[int]] = {}
    for entry in journal.of("save"):
        last[entry.key] = entry
        told.setdefault(entry.key, set()).add(entry.got["revision"])
    wrong = []
    for key, entry in last.items():
        now = client.until("GET", f"/annotations/{key}/")
        steps = [row["revision"] for row in client.until("GET", f"/annotations/{key}/history/")["results"]]
        labels = [shape["label"] for shape in now["shapes"]]
        sent = [shape["label"] for shape in entry.sent["shapes"]]
        if now["revision"] != entry.got["revision"] or labels != sent:
            wrong.append(f"annotation {key}: acknowledged {entry.got}, found {now}")
        if sorted(steps) != sorted(told[key]):
            wrong.append(f"annotation {key}: acknowledged {sorted(told[key])}, history {steps}")
    return wrong


def _lost_pictures(client: Client, place: Place, journal: Journal) -> list[str]:
    path: str | None = f"/datasets/{place.made['pictures']}/samples/?limit=200"
    names: list[str] = []
    while path:
        page = client.until("GET", path)
        names += [sample["name"] for sample in page["results"]]
        path = page["next"] and page["next"].partition("/api/v1")[2]
    wrong = [f"picture {name} is there twice" for name in set(names) if names.count(name) > 1]
    for entry in journal.of("imported"):
        wrong += [f"picture {name} of {entry.key} is gone" for name in entry.sent if name not in names]
    unended = {entry.key for entry in journal.of("import")} - {
        entry.key for kind in ("ok", "fail") for entry in journal.of("imported", kind)
    }
    return wrong + [f"import {key} never ended" for key in unended]


def _lost_runs(client: Client, journal: Journal) -> list[str]:
    wrong = []
    for entry in journal.of("trained"):
        run = client.until("GET", f"/runs/{entry.key}/")
        if run["state"] != "succeeded" or not run["model_version"]:
            wrong.append(f"run {entry.key} was done and is {run['state']}")
    for entry in journal.of("trained", "fail"):
        error = entry.got["error"]
        if entry.got["state"] != "failed" or error["code"] != "worker_lost":
            wrong.append(f"run {entry.key} ended {entry.got['state']}: {error}")
    return wrong


def _lost_changes(client: Client, journal: Journal) -> list[str]:
    last = journal.of("publish")[-1]
    now = client.until("GET", f"/endpoints/{last.key}/")
    if now["routes"][0]["weight"] != last.sent or now["revision"] < last.got:
        return [f"endpoint: acknowledged weight {last.sent} r{last.got}, found {now}"]
    return []
