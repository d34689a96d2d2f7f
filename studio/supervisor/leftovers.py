"""Processes that belong to a data folder: found by their environment, also when their parent was killed."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

MARKER = "STUDIO_STACK_OF"


def marker_value(data_dir: Path) -> str:
    """What every process of this data folder carries under `MARKER` in its environment."""
    return str(data_dir)


def processes_of(data_dir: Path) -> set[int]:
    """The pids of all living processes of this data folder but our own. Linux only; elsewhere empty."""
    wanted = f"{MARKER}={marker_value(data_dir)}".encode()
    own = {os.getpid(), os.getppid()}
    broker_dir = str(data_dir / "broker")
    return {
        pid
        for pid in _pids()
        if pid not in own and (wanted in _environment(pid) or _is_broker(pid, broker_dir))
    }


def end(data_dir: Path, grace_s: float = 8.0) -> int:
    """End every process of this data folder: TERM, then KILL after `grace_s`. Returns how many there were."""
    found = processes_of(data_dir)
    _signal(found, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    left = found
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = processes_of(data_dir)
    _signal(left, signal.SIGKILL)
    while left and time.monotonic() < deadline + 2:
        time.sleep(0.05)
        left = processes_of(data_dir)
    return len(found)


def signal_group(pid: int, number: int) -> None:
    """Signal the process group that `pid` leads; a group that is gone is fine."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _signal(pids: set[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _pids() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - names only, often
    except FileNotFoundError:
        return []


def _is_broker(pid: int, folder: str) -> bool:
    """Valkey overwrites its environment with its title, so it is known by its name and the folder it works in."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text("utf-8")
        return name.startswith("valkey") and os.readlink(f"/proc/{pid}/cwd") == folder  # noqa: PTH115 - a string
    except OSError:
        return False


def _environment(pid: int) -> list[bytes]:
    """Empty for a process that is gone, is a zombie or belongs to somebody else."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
