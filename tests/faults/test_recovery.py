"""How long a person waits after something broke, on a studio started as `make up` starts it."""

import os
import signal
import time
from typing import Any

import pytest

from tests.faults import storm
from tests.faults.actors import Place
from tests.flows.first_model import job_id_of

CANCELLED_S = 5.0
RESUMED_S = 45.0
BEGUN_S = 15.0
WEB_S = 10.0
pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(900)]


def a_run(place: Place, **params: Any) -> dict[str, Any]:
    """A training that would take minutes."""
    body = {
        "project": place.flow.made["project"]["id"],
        "dataset_version": place.flow.made["version"]["id"],
        "profile": "balanced",
        "params": {"epochs": 200, "image_side": 64, **params},
        "resources": {"device": "cpu"},
    }
    return dict(place.stack.api("POST", "/runs/", place.token, json=body).json())


def job_of(place: Place, run: dict[str, Any]) -> dict[str, Any]:
    return dict(place.stack.api("GET", f"/jobs/{job_id_of(run)}/", place.token).json())


def training_begun(place: Place, run: dict[str, Any], timeout_s: float = 120.0) -> int:
    """Wait until steps are made; the trainer's pid."""
    deadline = time.monotonic() + timeout_s
    while "train/loss" not in _series(place, run):
        assert time.monotonic() < deadline, place.stack.log_tails()
        time.sleep(0.3)
    pid = storm.trainer(place.stack)
    assert pid is not None
    return pid


def _series(place: Place, run: dict[str, Any]) -> dict[str, Any]:
    return dict(place.stack.api("GET", f"/runs/{run['id']}/metrics/", place.token).json()["series"])


def cancelled(place: Place, run: dict[str, Any]) -> float:
    """Ask for the end; seconds until it has come and no process is left."""
    began = time.monotonic()
    answer = place.stack.api("POST", f"/jobs/{job_id_of(run)}/cancel/", place.token)
    assert answer.status_code == 200, answer.text
    while job_of(place, run)["state"] not in ("cancelled", "succeeded", "failed"):
        assert time.monotonic() - began < 60, place.stack.log_tails()
        time.sleep(0.1)
    assert job_of(place, run)["state"] == "cancelled"
    assert storm.trainer(place.stack) is None
    return time.monotonic() - began


def test_a_running_training_is_cancelled_within_five_seconds(place):
    run = a_run(place)
    training_begun(place, run)
    assert cancelled(place, run) <= CANCELLED_S


def test_a_training_whose_worker_was_killed_goes_on_within_forty_five_seconds(place):
    run = a_run(place)
    old = training_begun(place, run)
    began = time.monotonic()
    worker = place.stack.kill("worker-train")
    place.stack.wait_restarted("worker-train", worker)
    while (now := storm.trainer(place.stack)) in (None, old):
        assert time.monotonic() - began < 120, place.stack.log_tails()
        time.sleep(0.2)
    took = time.monotonic() - began
    assert now != old
    assert job_of(place, run)["state"] == "running"
    cancelled(place, run)
    assert took <= RESUMED_S


def test_a_job_submitted_while_the_broker_was_away_begins_soon_after_it_is_back(place):
    stack = place.stack
    os.kill(stack.pids()["broker"], signal.SIGSTOP)
    try:
        asked = time.monotonic()
        run = a_run(place)
        answered = time.monotonic() - asked
        assert job_of(place, run)["state"] == "queued"
    finally:
        old = stack.kill("broker")
    stack.wait_restarted("broker", old)
    began = time.monotonic()
    while job_of(place, run)["state"] == "queued":
        assert time.monotonic() - began < 60, stack.log_tails()
        time.sleep(0.1)
    took = time.monotonic() - began
    cancelled(place, run)
    assert took <= BEGUN_S
    assert answered <= WEB_S


def test_the_web_process_answers_within_ten_seconds_of_its_death(place):
    began = time.monotonic()
    old = place.stack.kill("web")
    place.stack.wait_restarted("web", old)
    place.stack.wait_web()
    assert time.monotonic() - began <= WEB_S
