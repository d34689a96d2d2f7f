"""How a process of the studio comes to run: as a new program, or forked from one that has loaded the studio."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from studio.supervisor.processes import WORKER_ENV, ProcessSpec

LAUNCHER = Path(__file__).with_name("launch.py")
LOADED_WITHIN_S = 120.0


class Running(Protocol):
    """A started process, which leads a group of its own."""

    @property
    def pid(self) -> int:
        """Its pid."""

    async def wait(self) -> int:
        """Its exit status, negative for a signal."""


class Runner(Protocol):
    """Starts what a spec names, both outputs at the end of `log`; it dies with this process. Raises OSError."""

    async def __call__(self, spec: ProcessSpec, log: Path) -> Running:
        """Started."""


class Fresh:
    """Each process is a new program."""

    def __init__(self, root: Path, env: Mapping[str, str]) -> None:
        self._root, self._env = root, dict(env)

    async def __call__(
        self, spec: ProcessSpec, log: Path, pass_fds: tuple[int, ...] = ()
    ) -> asyncio.subprocess.Process:
        """Started by the launcher in a session of its own."""
        with log.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-S", "-E", str(LAUNCHER), str(os.getpid()), *spec.command),
                cwd=self._root,
                env={**self._env, **spec.env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=pass_fds,
                start_new_session=True,
            )


class Preloaded:
    """What is `preloaded` is forked from one process that has loaded the studio; all else is a new program.

    All that was forked dies with that process; the next start loads another. Where it cannot load, every process is a
    new program and says itself what is wrong. Linux only: elsewhere a fork without a new program is not safe.
    """

    def __init__(self, fresh: Fresh, log: Path) -> None:
        self._fresh, self._log = fresh, log
        self._nursery: Nursery | None = None
        self._beginning = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """That of the process that has loaded the studio, while it runs."""
        return None if self._nursery is None or self._nursery.ended else self._nursery.pid

    async def begin(self) -> None:
        """Load, beside whatever else starts. Safe to call twice."""
        async with self._beginning:
            if self.pid is None and sys.platform == "linux":
                self._nursery = await Nursery.begin(self._fresh, self._log)

    async def __call__(self, spec: ProcessSpec, log: Path) -> Running:
        """Forked when it can be."""
        if spec.preloaded:
            await self.begin()
            if self._nursery is not None and await self._nursery.is_loaded():
                return await self._nursery.fork(spec, log)
        return await self._fresh(spec, log)

    async def end(self) -> None:
        """To be called when all that was forked has ended."""
        if self._nursery is not None:
            await self._nursery.end()


class Nursery:
    """One process of `studio.supervisor.preload`, seen from here."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer
        self._loaded = asyncio.get_running_loop().create_future()
        self._forked: list[Forked] = []
        self._listens = asyncio.create_task(self._listen(), name="nursery")

    @classmethod
    async def begin(cls, fresh: Fresh, log: Path) -> "Nursery":
        """Started, not yet loaded."""
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            command = (sys.executable, "-m", "studio.supervisor.preload", str(number))
            process = await fresh(ProcessSpec("preload", command, WORKER_ENV), log, (number,))
        return cls(process, *await asyncio.open_connection(sock=ours))

    @property
    def pid(self) -> int:
        """That of the process that forks."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it is gone, and all that it had forked."""
        return self._listens.done()

    async def is_loaded(self) -> bool:
        """Once it has loaded; False when it ended before, or takes too long."""
        await asyncio.wait({self._loaded}, timeout=LOADED_WITHIN_S)
        return self._loaded.done() and bool(self._loaded.result())

    async def fork(self, spec: ProcessSpec, log: Path) -> "Forked":
        """A new process of the loaded program. Raises ProcessLookupError when that has just ended."""
        if self.ended:
            raise ProcessLookupError("the process that forks has ended")
        forked = Forked()
        asked = {"name": spec.name, "command": spec.command, "env": dict(spec.env), "log": str(log)}
        self._forked.append(forked)
        self._writer.write(json.dumps({"number": len(self._forked) - 1, **asked}).encode() + b"\n")
        await forked.begin()
        return forked

    async def end(self) -> None:
        """Ask it to end, and wait."""
        self._writer.close()
        await self._listens

    async def _listen(self) -> None:
        """Hear of what was forked until the process is gone; what it had forked is gone then, too."""
        while line := await self._reader.readline():
            answer = json.loads(line)
            if "pid" in answer:
                self._forked[answer["number"]].begun.set_result(answer["pid"])
            elif "code" in answer:
                self._forked[answer["number"]].code.set_result(answer["code"])
            else:
                self._loaded.set_result(True)
        self._writer.close()
        await self._process.wait()
        if not self._loaded.done():
            self._loaded.set_result(False)
        for forked in self._forked:
            forked.lost()


class Forked:
    """A process that another one has forked for us."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[int] = loop.create_future()
        self.code: asyncio.Future[int] = loop.create_future()

    @property
    def pid(self) -> int:
        """Its pid."""
        return self.begun.result()

    async def begin(self) -> None:
        """Until it runs. Raises ProcessLookupError when it never will."""
        if await self.begun < 0:
            raise ProcessLookupError("the process that forks has ended")

    async def wait(self) -> int:
        """Its exit status, negative for a signal."""
        return await asyncio.shield(self.code)

    def lost(self) -> None:
        """Whoever would have told its end is gone, so it is told to end itself."""
        for future in (self.begun, self.code):
            if not future.done():
                future.set_result(-signal.SIGTERM)
