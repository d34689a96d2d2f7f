"""The started studio: what dies comes back, what is stopped is gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.supervisor import leftovers
from tests.faults.storm import parent_of
from tests.support.stack import ROOT, Stack

pytestmark = pytest.mark.stack
CHILDREN = {"preload", "broker", "dataplane", "web", "worker-short", "worker-import", "worker-train", "beat"}
SECOND_START_S = 30  # a quarter of it where nothing else runs
FORKED = CHILDREN - {"preload", "broker", "dataplane"}


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory):
    running = Stack(tmp_path_factory.mktemp("supervision") / "var")
    running.start()
    yield running
    running.close()


def _status(stack: Stack) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "STUDIO_DATA_DIR": str(stack.data_dir), "STUDIO_PORT": str(stack.port)}
    command = [sys.executable, "-m", "studio.supervisor", "--status"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_every_process_runs_and_the_page_answers(own_stack):
    assert set(own_stack.pids()) == CHILDREN
    page = own_stack.session.get(own_stack.base_url, timeout=30)
    assert page.status_code == 200
    assert "<html" in page.text
    assert own_stack.session.get(f"{own_stack.serve_url}/v2/health/live", timeout=30).status_code == 200
    status = _status(own_stack)
    assert status.returncode == 0
    assert all(name in status.stdout for name in CHILDREN)


@pytest.mark.parametrize("name", sorted(CHILDREN))
def test_a_killed_process_comes_back(own_stack, name):
    old = own_stack.kill(name)
    assert own_stack.wait_restarted(name, old) != old
    own_stack.wait_web()


def test_what_was_forked_is_forked_anew_when_its_source_dies(own_stack):
    old = own_stack.pids()
    own_stack.kill("preload")
    for name in FORKED:
        own_stack.wait_restarted(name, old[name])
    own_stack.wait_web()
    assert not set(old.values()) - {old["broker"], old["dataplane"]} & leftovers.processes_of(
        own_stack.data_dir
    )
    now = own_stack.pids()
    assert {parent_of(now[name]) for name in FORKED} == {now["preload"]}


def test_a_second_start_on_the_same_data_is_told_so(own_stack):
    env = {
        **os.environ,
        "STUDIO_DATA_DIR": str(own_stack.data_dir),
        "STUDIO_PORT": "18197",
        "STUDIO_SERVE_PORT": "18198",
    }
    command = [sys.executable, "-m", "studio.supervisor"]
    second = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "already running" in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_stop_leaves_nothing_and_the_next_start_finds_its_data_quickly(own_stack):
    token = own_stack.token()
    assert own_stack.stop() == 0
    assert leftovers.processes_of(own_stack.data_dir) == set()
    assert own_stack.start() <= SECOND_START_S
    assert own_stack.api("GET", "/auth/me", token).json()["username"] == "admin"


def test_a_killed_supervisor_blocks_nothing_and_leaves_no_process_behind(own_stack):
    lost = set(own_stack.pids().values())
    os.kill(own_stack.supervisor_pid, signal.SIGKILL)
    own_stack.stop()
    own_stack.start()
    deadline = time.monotonic() + 10
    while lost & leftovers.processes_of(own_stack.data_dir) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert lost & leftovers.processes_of(own_stack.data_dir) == set()
    assert set(own_stack.pids()) == CHILDREN


def test_workers_end_with_their_supervisor_although_their_broker_is_frozen(own_stack):
    pids = own_stack.pids()
    workers = {pid for name, pid in pids.items() if name.startswith("worker")}
    os.kill(pids["broker"], signal.SIGSTOP)
    os.kill(own_stack.supervisor_pid, signal.SIGKILL)
    deadline = time.monotonic() + 25
    while workers & leftovers.processes_of(own_stack.data_dir) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert workers & leftovers.processes_of(own_stack.data_dir) == set()
    own_stack.stop()
    own_stack.start()
    assert not Path(f"/proc/{pids['broker']}").exists()
