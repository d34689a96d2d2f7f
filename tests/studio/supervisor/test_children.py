"""Children are logged, started again with back-off, and found again wherever they hide."""

import ast
import asyncio
import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.supervisor import keys, leftovers, logs
from studio.supervisor.broker import broker_prepare
from studio.supervisor.child import Child, next_delay
from studio.supervisor.config import ROOT, config_from_env
from studio.supervisor.processes import ProcessSpec
from studio.supervisor.running import LAUNCHER, Fresh, Preloaded


def test_restarts_slow_down_and_recover():
    delays = [0.0]
    for _ in range(9):
        delays.append(next_delay(delays[-1], lived_s=0.1))
    assert delays[1:] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert next_delay(30, lived_s=60) == 0.5


def test_logs_are_kept_for_five_starts(tmp_path):
    log = tmp_path / "web.log"
    for number in range(8):
        log.write_text(f"start {number}")
        logs.rotate(log)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"web.log.{n}" for n in range(1, 6)]
    assert (tmp_path / "web.log.1").read_text() == "start 7"
    assert (tmp_path / "web.log.5").read_text() == "start 3"


def test_an_overgrown_log_is_emptied_under_its_writer(tmp_path):
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 100)
        logs.trim(log, max_bytes=50)
        writer.write(b"more")
    assert log.read_bytes() == b"more"
    assert (tmp_path / "web.log.1").read_bytes() == b"x" * 100


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    key = keys.secret_key(tmp_path)
    assert len(key) >= 50
    assert keys.secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_broker_keeps_its_data_and_asks_for_a_password(tmp_path):
    config = config_from_env({"STUDIO_DATA_DIR": str(tmp_path)})
    config.run_dir.mkdir()
    broker = broker_prepare(config)
    written = (config.run_dir / "broker.conf").read_text().splitlines()
    assert {"appendonly yes", "appendfsync everysec", "maxmemory-policy noeviction", "bind 127.0.0.1"} <= set(
        written
    )
    password = next(line.split()[1] for line in written if line.startswith("requirepass "))
    assert broker.url == f"redis://:{password}@127.0.0.1:{broker.port}/0"
    assert (tmp_path / "broker" / "url").stat().st_mode & 0o777 == 0o600


def test_a_dead_child_is_started_again_and_stopped_with_its_own_children(tmp_path):
    script = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    spec = ProcessSpec("web", (sys.executable, "-c", script + "time.sleep(60)"))

    async def story() -> None:
        child = _child(spec, tmp_path)
        child.start()
        first = await _running(child, None)
        os.kill(first, 9)
        await _running(child, first)
        assert child.restarts == 1
        await child.stop()
        assert child.pid is None

    asyncio.run(story())
    assert leftovers.processes_of(tmp_path) == set()


def test_a_child_that_ignores_the_request_is_killed(tmp_path):
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    spec = ProcessSpec("web", (sys.executable, "-c", script), grace_s=0.3)

    async def story() -> float:
        child = _child(spec, tmp_path)
        child.start()
        while b"up" not in _bytes(tmp_path / "web.log"):
            await asyncio.sleep(0.02)
        began = time.monotonic()
        await child.stop()
        return time.monotonic() - began

    assert 0.3 <= asyncio.run(story()) < 5


def test_a_child_that_runs_once_is_not_started_again_after_success(tmp_path):
    async def story() -> int:
        child = _child(ProcessSpec("demo", (sys.executable, "-c", ""), once=True), tmp_path)
        child.start()
        await asyncio.wait_for(child.finished.wait(), 20)
        return child.restarts

    assert asyncio.run(story()) == 0


def test_a_child_that_cannot_be_started_now_is_started_later(tmp_path):
    fresh, refusals = Fresh(ROOT, _env(tmp_path)), iter([OSError(errno.ENOSPC, "No space left on device")])

    async def run(spec, log):
        for refusal in refusals:
            raise refusal
        return await fresh(spec, log)

    async def story() -> None:
        spec = ProcessSpec("web", (sys.executable, "-c", "import time; time.sleep(60)"))
        child = Child(spec, run=run, log=tmp_path / "web.log", changed=lambda: None)
        child.start()
        await _running(child, None)
        await child.stop()

    asyncio.run(story())


TOLD = """
import json, os, sys
print(json.dumps([sys.argv, os.environ["TOLD"], os.getpid() == os.getpgrp() == os.getsid(0), "django.urls" in sys.modules]))
print(open("/proc/self/comm").read(), end="")
raise SystemExit(int(sys.argv[1]))
"""


def _ran(folder, env) -> tuple[int, list, str]:
    """What a preloaded script returned, said of itself, and is called."""
    script, log = folder / "told.py", folder / "told.log"
    script.write_text(TOLD)
    spec = ProcessSpec("told", (sys.executable, str(script), "3"), {"TOLD": "yes"}, preloaded=True)

    async def story() -> int:
        run = Preloaded(Fresh(ROOT, env), folder / "preload.log")
        code = await (await run(spec, log)).wait()
        await run.end()
        return code

    code = asyncio.run(story())
    said, name = log.read_text().splitlines()
    return code, json.loads(said), name


def test_a_forked_process_is_as_a_started_one(tmp_path):
    code, (arguments, told, leads, is_loaded), name = _ran(tmp_path, _env(tmp_path))
    assert (code, arguments[1:], told, leads, is_loaded) == (3, ["3"], "yes", True, True)
    assert name == "studio:told"
    assert leftovers.processes_of(tmp_path) == set()


def test_where_the_studio_cannot_be_loaded_processes_start_by_themselves(tmp_path):
    env = {**_env(tmp_path), "DJANGO_SETTINGS_MODULE": "no.such.settings"}
    code, (arguments, told, leads, is_loaded), _ = _ran(tmp_path, env)
    assert (code, arguments[1:], told, leads, is_loaded) == (3, ["3"], "yes", True, False)
    assert "No module named 'no'" in (tmp_path / "preload.log").read_text()


def test_a_launched_process_does_not_outlive_its_parent(tmp_path):
    inner = "import time; print('up', flush=True); time.sleep(60)"
    outer = (
        "import os, subprocess, sys; "
        f"p = subprocess.Popen([sys.executable, {str(LAUNCHER)!r}, str(os.getpid()), sys.executable, '-c', {inner!r}],"
        " stdout=subprocess.PIPE, start_new_session=True); p.stdout.readline(); print(p.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    pid = int(subprocess.run([sys.executable, "-c", outer], capture_output=True, check=False).stdout)
    _gone(pid)


def test_processes_left_by_a_killed_start_are_found_and_ended(tmp_path):
    env = {**os.environ, leftovers.MARKER: leftovers.marker_value(tmp_path)}
    lost = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], env=env, start_new_session=True
    )
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        assert leftovers.end(tmp_path, grace_s=2) == 1
        assert lost.wait(5) != 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_an_old_python_is_told_what_to_install(tmp_path):
    source = (ROOT / "scripts" / "bootstrap.py").read_text("ascii")
    script = tmp_path / "bootstrap.py"
    script.write_text(source.replace("import sys\n", "import sys\nsys.version_info = (3, 9, 1)\n", 1))
    answer = subprocess.run(
        [sys.executable, str(script), "install"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr == (
        "Python 3.9 cannot run the studio: install Python 3.11 or newer (or name one: make up PYTHON=/path/to/python3.11).\n"
    )
    newer = {ast.FunctionDef, ast.AnnAssign, ast.JoinedStr, ast.NamedExpr, ast.Nonlocal, ast.Starred}
    assert not newer & {type(node) for node in ast.walk(ast.parse(source))}, "Python 2 could not even read it"


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path):
    yield
    leftovers.end(tmp_path, grace_s=0.1)


def _child(spec: ProcessSpec, folder) -> Child:
    return Child(spec, run=Fresh(ROOT, _env(folder)), log=folder / f"{spec.name}.log", changed=lambda: None)


def _env(folder) -> dict[str, str]:
    return {**os.environ, leftovers.MARKER: leftovers.marker_value(folder), "STUDIO_DATA_DIR": str(folder)}


async def _running(child: Child, other_than: int | None) -> int:
    async with asyncio.timeout(20):
        while child.pid is None or child.pid == other_than:
            await asyncio.sleep(0.02)
    return child.pid


def _bytes(path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if _state(pid) == "Z":
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} still runs")


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
