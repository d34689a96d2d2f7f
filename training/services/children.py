"""A supervised child process: started in its own session, followed by its events, never left behind."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from core.errors import DomainError
from core.jobs.context import JobContext

logger = logging.getLogger(__name__)

POLL_S: Final = 0.2
GRACE_S: Final = 1.5
STOPPED: Final = 3
NO_ROOM: Final = 4
MAX_DEATHS: Final = 3
MAX_KILLS: Final = 25
LONGEST_REST_S: Final = 3
LOG_TAIL: Final = 4000
_ROOT: Final = Path(__file__).resolve().parents[2]
_KEPT: Final = (
    "PATH",
    "LANG",
    "LC_ALL",
    "HOME",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
    "STUDIO_FAULT",
    "STUDIO_FAULT_TOKEN",
)
Event = dict[str, Any]


class ChildFailed(DomainError):
    """The child says why; its code becomes the job's."""

    status = 422

    def __init__(self, code: str, detail: str, **params: Any) -> None:
        super().__init__(detail, **params)
        vars(self)["code"] = code


class EventTail:
    """Whole lines of a growing file, each once; of what lies there already only what is behind `heard`.

    `heard` is the `seq` of an event. A file that is not there yet is read whole: its numbers begin again.
    """

    def __init__(self, path: Path, heard: int = 0) -> None:
        self._path, self._offset = path, 0
        known = self._fresh() if heard else b""
        for line in known.splitlines(keepends=True):
            event = _event(line)
            if event is not None and event["seq"] > heard:
                break
            self._offset += len(line)

    def read(self) -> list[Event]:
        """What came since the last call; a line that a full disk tore off is passed over."""
        whole = self._fresh()
        self._offset += len(whole)
        return [event for line in whole.splitlines() if (event := _event(line)) is not None]

    def _fresh(self) -> bytes:
        if not self._path.exists():
            return b""
        with self._path.open("rb") as handle:
            handle.seek(self._offset)
            fresh = handle.read()
        return fresh[: fresh.rfind(b"\n") + 1]


def _event(line: bytes) -> Event | None:
    try:
        event: Event = json.loads(line)
    except ValueError:
        logger.warning("torn event", extra={"line": line[:200].decode("utf-8", "replace")})
        return None
    return event


def supervise(
    ctx: JobContext,
    module: str,
    job_dir: Path,
    threads: int,
    on_events: Callable[[list[Event]], None],
    *,
    heard: int = 0,
) -> None:
    """Run `python -m module job_dir` to its end, handing over its events behind number `heard`.

    A child that dies without a word goes on from its checkpoint. One that crashes or runs out of memory
    would do so again, so it gets MAX_DEATHS lives for each checkpoint; one that somebody kills gets
    MAX_KILLS. A cancelled job ends the child within GRACE_S, a lost lease at once. Raises JobCancelled,
    LeaseLost, ChildFailed.
    """
    tail = EventTail(job_dir / "events.jsonl", heard)
    reached = _Reached(ctx, job_dir)
    result = job_dir / "out" / "result.json"
    was_done = result.exists()

    def follow() -> None:
        on_events(tail.read())
        reached.look()

    while True:
        starved = _starved()
        code = _life(ctx, [sys.executable, "-m", module, str(job_dir)], job_dir, threads, follow)
        if code == 0:
            if not was_done and result.exists():
                ctx.milestone()
            return
        was_killed = code == -signal.SIGKILL and _starved() == starved
        reached.deaths += 1
        lives = MAX_KILLS if was_killed else MAX_DEATHS
        if not _died_silently(code, job_dir) or reached.deaths >= lives:
            raise _cause(code, job_dir, was_killed=was_killed)
        logger.warning("child died", extra={"returncode": code, "log_tail": _tail(job_dir)})
        ctx.log("the process was ended from outside; going on from the last checkpoint")
        ctx.cancelled.wait(min(reached.deaths, LONGEST_REST_S))
        ctx.check()


def _life(
    ctx: JobContext,
    command: list[str],
    job_dir: Path,
    threads: int,
    follow: Callable[[], None],
) -> int:
    """From one start to the exit code."""
    (job_dir / "error.json").unlink(missing_ok=True)
    with (job_dir / "child.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  our own module and folder
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=_ROOT,
            env=_environment(threads),
            start_new_session=True,
        )
    try:
        while process.poll() is None:
            follow()
            if ctx.lost.is_set():
                break
            if ctx.cancelled.is_set():
                _stop(process)
                break
            _wait(process, POLL_S)
    finally:
        kill(process)
    ctx.check()
    follow()
    return process.returncode


class _Reached:
    """The newest checkpoint, and the deaths since it was written."""

    def __init__(self, ctx: JobContext, job_dir: Path) -> None:
        self.deaths = 0
        self._ctx, self._folder = ctx, job_dir / "checkpoints"
        self._name = self._newest()

    def look(self) -> None:
        """A new one is a milestone of the job."""
        name = self._newest()
        if name != self._name:
            self._name, self.deaths = name, 0
            self._ctx.milestone()

    def _newest(self) -> str:
        return max((path.name for path in self._folder.glob("save-*.json")), default="")


def _died_silently(code: int, job_dir: Path) -> bool:
    return code not in (STOPPED, NO_ROOM) and not (job_dir / "error.json").exists()


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End the child and everything it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _stop(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    while process.poll() is None and time.monotonic() < deadline:
        _wait(process, 0.05)


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return


def _starved() -> int:
    """How many processes the kernel has ended for want of memory; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def _cause(returncode: int, job_dir: Path, *, was_killed: bool) -> ChildFailed:
    path = job_dir / "error.json"
    if was_killed:
        return ChildFailed("child_died", "somebody kept killing the process; resume the run")
    if returncode == -signal.SIGKILL:
        return ChildFailed(
            "out_of_memory",
            "the system ended the process, most often for want of memory; choose a smaller batch or picture side",
        )
    if returncode == STOPPED:
        return ChildFailed("stopped", "the process was asked to stop from outside; resume the run")
    if returncode == NO_ROOM:
        return ChildFailed("disk_full", "the disk is full; free some space and resume the run")
    if path.exists():
        cause: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if cause["code"] == "internal_error":
            logger.error("child failed", extra={"log_tail": _tail(job_dir)})
        return ChildFailed(cause["code"], cause["detail"], **cause["params"])
    logger.error("child died", extra={"returncode": returncode, "log_tail": _tail(job_dir)})
    return ChildFailed("child_died", "the process broke off without a word; the log of the worker has more")


def _tail(job_dir: Path) -> str:
    return (job_dir / "child.log").read_bytes()[-LOG_TAIL:].decode("utf-8", "replace")


def _environment(threads: int) -> dict[str, str]:
    """Nothing of the studio's secrets; numeric libraries get the cores that were granted."""
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    pools = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {**kept, **dict.fromkeys(pools, str(threads)), "PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1"}


def threads_granted() -> int:
    """Cores a child may use: half of the machine's, so that pages still answer; at least one."""
    return max(1, len(os.sched_getaffinity(0)) // 2)
