"""One supervised process: started in its own group, logged, restarted with back-off, ended with its group."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

from studio.supervisor import logs
from studio.supervisor.leftovers import signal_group
from studio.supervisor.processes import ProcessSpec
from studio.supervisor.running import Runner
from studio.supervisor.say import say

FIRST_DELAY_S = 0.5
MAX_DELAY_S = 30.0
HEALTHY_AFTER_S = 30.0


def next_delay(previous_s: float, lived_s: float) -> float:
    """Seconds to wait before the next start: doubles up to a cap, starts over after a healthy life."""
    if lived_s >= HEALTHY_AFTER_S or previous_s == 0:
        return FIRST_DELAY_S
    return min(previous_s * 2, MAX_DELAY_S)


class Child:
    """Keeps the process of one spec alive until `stop`."""

    def __init__(self, spec: ProcessSpec, *, run: Runner, log: Path, changed: Callable[[], None]) -> None:
        self.spec = spec
        self.pid: int | None = None
        self.restarts = 0
        self.finished = asyncio.Event()
        self._run, self._log, self._changed = run, log, changed
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin supervising."""
        self._task = asyncio.get_running_loop().create_task(self._keep_alive(), name=self.spec.name)

    async def stop(self, grace_s: float | None = None) -> None:
        """TERM, then KILL of the whole group after the grace time. Safe to call twice."""
        self._stopping.set()
        if self._task is None:
            return
        if self.pid is not None:
            signal_group(self.pid, signal.SIGTERM)
        done, _ = await asyncio.wait({self._task}, timeout=self.spec.grace_s if grace_s is None else grace_s)
        if not done and self.pid is not None:
            signal_group(self.pid, signal.SIGKILL)
        await self._task

    def kill(self) -> None:
        """KILL the group now."""
        self._stopping.set()
        if self.pid is not None:
            signal_group(self.pid, signal.SIGKILL)

    async def _keep_alive(self) -> None:
        logs.rotate(self._log)
        delay_s = 0.0
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._run_once()
            if self.spec.once and code == 0:
                break
            if self._stopping.is_set():
                break
            delay_s = next_delay(delay_s, time.monotonic() - began)
            say(
                f"  {self.spec.name} ended ({_reason(code)}); starting it again in {delay_s:g} s. Log: {self._log}"
            )
            self.restarts += 1
            await _wait(self._stopping, delay_s)
        self.finished.set()

    async def _run_once(self) -> int:
        try:
            process = await self._run(self.spec, self._log)
        except OSError as exc:  # no room for the log, no process to be had: later there may be
            say(f"  {self.spec.name} cannot be started: {exc.strerror or exc}.")
            return 1
        self.pid = process.pid
        self._changed()
        if self._stopping.is_set():
            signal_group(process.pid, signal.SIGTERM)
        code = await process.wait()
        signal_group(process.pid, signal.SIGKILL)
        self.pid = None
        self._changed()
        return code


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        return


def _reason(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
