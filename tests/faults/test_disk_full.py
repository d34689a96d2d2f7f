"""The data folder on a disk that fills up: every write says so within seconds, nothing is half, room alone repairs it."""

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.faults import storm
from tests.faults.actors import TUS, Place, noisy, place_make, zip_of
from tests.flows.first_model import job_id_of
from tests.support.stack import Stack

ROOM = "1600m"
LEFT_BYTES = 2 << 20
ANSWER_S = 5.0
FULL = 507
pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(1200)]


class SmallDisk:
    """A file system in memory whose size can be changed under the running studio."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        mounted = self._mount("-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs")
        if mounted.returncode:
            pytest.skip(f"a file system cannot be mounted here: {mounted.stderr.strip()}")

    def fill(self) -> None:
        """Leave almost nothing."""
        found = os.statvfs(self.path)
        used = (found.f_blocks - found.f_bfree) * found.f_frsize
        self._resize(f"{used + LEFT_BYTES}")

    def free(self) -> None:
        """As much room as at the beginning."""
        self._resize(ROOM)

    def remove(self) -> None:
        """Unmount; lazily, since a process may still be ending."""
        subprocess.run(["umount", "-l", str(self.path)], check=False, capture_output=True)

    def _resize(self, size: str) -> None:
        assert self._mount("-o", f"remount,size={size}").returncode == 0

    def _mount(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["mount", *options, str(self.path)], check=False, capture_output=True, text=True
        )


@pytest.fixture
def disk(tmp_path):
    made = SmallDisk(tmp_path / "disk")
    yield made
    made.remove()


@pytest.fixture
def own_stack(disk):
    running = Stack(disk.path / "var")
    running.start(timeout_s=300)
    yield running
    disk.free()
    running.close()


def timed(stack: Stack, method: str, path: str, token: str, **kwargs: Any) -> requests.Response:
    """The answer, which comes in time."""
    began = time.monotonic()
    answer = stack.api(method, path, token, **kwargs)
    took = time.monotonic() - began
    assert took < ANSWER_S, f"{method} {path} took {took:.1f} s"
    return answer


def an_import(stack: Stack, place: Place, first: int, count: int = 3) -> requests.Response:
    names = {f"{n}.jpg": noisy(n, 300) for n in range(first, first + count)}
    files = {"file": ("more.zip", zip_of(names), "application/zip")}
    return timed(stack, "POST", f"/datasets/{place.made['pictures']}/imports/", place.token, files=files)


def a_run(stack: Stack, place: Place) -> dict[str, Any]:
    body = {
        "project": place.flow.made["project"]["id"],
        "dataset_version": place.flow.made["version"]["id"],
        "profile": "balanced",
        "params": {"epochs": 3, "image_side": 96},
    }
    return dict(stack.api("POST", "/runs/", place.token, json=body).json())


def ended(stack: Stack, job_id: str, token: str, timeout_s: float) -> dict[str, Any]:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        answer = stack.api("GET", f"/jobs/{job_id}/", token)
        if answer.status_code == 200 and answer.json()["state"] in ("succeeded", "failed", "cancelled"):
            return dict(answer.json())
        time.sleep(0.3)
    pytest.fail(f"job {job_id} has not ended\n{stack.log_tails()}")


def test_a_full_disk_is_said_at_once_leaves_nothing_half_and_ends_with_room(disk, own_stack):
    stack, place = own_stack, place_make(own_stack)
    token, made = place.token, place.flow.made
    upload = stack.api("POST", "/uploads/", token, headers={**TUS, "Upload-Length": str(8 << 20)}).json()
    run = a_run(stack, place)
    while not list((stack.data_dir / "training").glob("*/events.jsonl")):
        time.sleep(0.1)
    disk.fill()

    part = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    path = f"/uploads/{upload['id']}/"
    refused = timed(stack, "PATCH", path, token, headers=part, data=bytes(8 << 20))
    assert refused.status_code == FULL, refused.text
    assert refused.json()["code"] == "storage_full"
    assert timed(stack, "GET", path, token, headers=TUS).json()["offset"] == 0
    begun = timed(stack, "POST", "/uploads/", token, headers={**TUS, "Upload-Length": "10"})
    assert begun.status_code == FULL, begun.text
    assert an_import(stack, place, 10_000_000, count=30).status_code == FULL
    assert stack.session.get(f"{stack.base_url}/healthz", timeout=5).status_code == 200
    assert stack.session.get(f"{stack.base_url}/readyz", timeout=5).status_code == 503
    body = {"routes": [{"model_version": made["run"]["model_version"], "weight": 7}]}
    published = timed(stack, "PATCH", f"/endpoints/{made['endpoint']['id']}/", token, json=body)
    assert published.status_code in (200, FULL), published.text
    for _ in range(5):
        answer = place.flow.predict(place.made["picture"])
        assert answer.status_code == 200, answer.text
        assert answer.json()["predictions"][0]["label"] == place.made["label"]
    _trainer_gave_up(stack)

    disk.free()
    job = ended(stack, job_id_of(run), token, 180)
    if job["state"] == "failed":
        assert job["error"]["code"] in ("disk_full", "storage_full"), job["error"]
        resumed = stack.api("POST", f"/runs/{run['id']}/resume/", token).json()
        job = ended(stack, job_id_of(resumed), token, 300)
    assert job["state"] == "succeeded", job
    answer = timed(stack, "PATCH", path, token, headers=part, data=bytes(8 << 20))
    assert answer.status_code == 204, answer.text
    imported = an_import(stack, place, 20_000_000)
    assert imported.status_code == 202, imported.text
    assert ended(stack, job_id_of(imported.json()), token, 120)["result"]["created"] == 3
    after = stack.api("GET", f"/endpoints/{made['endpoint']['id']}/", token).json()
    assert (after["routes"][0]["weight"] == 7) == (published.status_code == 200)
    assert stack.session.get(f"{stack.base_url}/readyz", timeout=10).status_code == 200
    assert _problems(stack) == []


def _trainer_gave_up(stack: Stack) -> None:
    """It ends by itself; it does not wait for room."""
    deadline = time.monotonic() + 120
    while storm.trainer(stack) is not None:
        assert time.monotonic() < deadline, stack.log_tails()
        time.sleep(0.2)


def _problems(stack: Stack) -> list[str]:
    return [line for line in storm.broken(stack) if "disk_full" not in line and "storage_full" not in line]
