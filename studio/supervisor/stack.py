"""The order of a start and of an end, and what happens in between."""

import asyncio
import json
import os
import signal
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path

from studio.supervisor import health, leftovers, logs
from studio.supervisor.broker import Broker, broker_prepare
from studio.supervisor.child import Child
from studio.supervisor.config import Config
from studio.supervisor.errors import StartRefused
from studio.supervisor.keys import secret_key
from studio.supervisor.prepare import Prepared, database_prepare
from studio.supervisor.processes import ProcessSpec, after_migration, dataplane
from studio.supervisor.running import Fresh, Preloaded, Runner
from studio.supervisor.say import say

READY_POLL_S = 0.25
READY_TIMEOUT_S = 120.0
TRIM_EVERY_S = 60.0


class Stack:
    """All children of one data folder, from the first start to the last end."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._children: dict[str, Child] = {}
        self._run: Preloaded | None = None
        self._stop = asyncio.Event()
        self._signals = 0

    async def run(self) -> None:
        """Start everything, stay until a signal, end everything. Raises StartRefused."""
        self._watch_signals()
        try:
            await self._start()
            await self._stay()
        finally:
            await self._end()

    async def _start(self) -> None:
        config = self._config
        env = self._environment()
        broker = broker_prepare(config) if config.redis_url is None else None
        if broker is not None:
            env["REDIS_URL"] = broker.url
        logs.rotate(self._log_of("preload"))
        run = self._run = Preloaded(Fresh(config.root, env), self._log_of("preload"))
        await run.begin()
        if broker is not None:
            self._spawn(broker.spec, run)
            await self._broker_up(broker)
        self._spawn(dataplane(config), run)
        prepared = await self._unless_stopped(database_prepare(config, run))
        if prepared is None:
            return
        later = after_migration(config)
        for spec in (spec for spec in later if not spec.once):
            self._spawn(spec, run)
        if await self._web_up():
            self._announce(prepared)
            for spec in (spec for spec in later if spec.once):
                self._spawn(spec, run)

    async def _stay(self) -> None:
        while not self._stop.is_set():
            for child in self._children.values():
                logs.trim(self._log_of(child.spec.name))
            try:
                async with asyncio.timeout(TRIM_EVERY_S):
                    await self._stop.wait()
            except TimeoutError:
                continue

    async def _end(self) -> None:
        """Everybody else first, the broker last; then whatever escaped its group."""
        self._stop.set()
        if self._children:
            say("Stopping ...")
        others = [child for name, child in self._children.items() if name != "broker"]
        await asyncio.gather(*(child.stop() for child in others))
        if "broker" in self._children:
            await self._children["broker"].stop()
        if self._run is not None:
            await self._run.end()
        await asyncio.to_thread(leftovers.end, self._config.data_dir, 3.0)
        (self._config.run_dir / "children.json").unlink(missing_ok=True)
        if self._children:
            say("Stopped.")

    async def _broker_up(self, broker: Broker) -> None:
        for _ in range(100):
            if await health.port_open("127.0.0.1", broker.port):
                return
            await asyncio.sleep(0.05)
        log = self._log_of("broker")
        raise StartRefused(f"The embedded broker does not start; {log} ends with:\n{logs.tail(log)}")

    async def _web_up(self) -> bool:
        host, port = self._config.local_host, self._config.port
        deadline = asyncio.get_running_loop().time() + READY_TIMEOUT_S
        while not self._stop.is_set():
            if await health.http_status(host, port, "/healthz") == 200:
                return True
            if asyncio.get_running_loop().time() > deadline:
                log = self._log_of("web")
                raise StartRefused(f"The web process does not answer; {log} ends with:\n{logs.tail(log)}")
            await asyncio.sleep(READY_POLL_S)
        return False

    async def _unless_stopped(self, work: Coroutine[None, None, Prepared]) -> Prepared | None:
        """The result of `work`, or None when a signal came first."""
        task = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if task.done():
            return task.result()
        task.cancel()
        return None

    def _spawn(self, spec: ProcessSpec, run: Runner) -> None:
        child = Child(spec, run=run, log=self._log_of(spec.name), changed=self._write_children)
        self._children[spec.name] = child
        child.start()

    def _write_children(self) -> None:
        """Who runs under which pid, for `--status` and for people."""
        path = self._config.run_dir / "children.json"
        pids = {name: child.pid for name, child in self._children.items()}
        pids["preload"] = None if self._run is None else self._run.pid
        temporary = path.with_suffix(".tmp")
        with suppress(OSError):  # on a full disk the list is old; what runs is kept alive all the same
            temporary.write_text(json.dumps({name: pid for name, pid in pids.items() if pid}), "utf-8")
            temporary.replace(path)

    def _environment(self) -> dict[str, str]:
        config = self._config
        return {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "studio.settings"),
            "STUDIO_DATA_DIR": str(config.data_dir),
            "STUDIO_HOST": config.host,
            "STUDIO_PORT": str(config.port),
            "STUDIO_SERVE_PORT": str(config.serve_port),
            "STUDIO_SECRET_KEY": config.secret_key or secret_key(config.data_dir),
            leftovers.MARKER: leftovers.marker_value(config.data_dir),
        }

    def _announce(self, prepared: Prepared) -> None:
        say()
        say(f"  The studio is ready:  {self._config.address}")
        say(f"  Model server:         {self._config.serve_address}")
        if prepared.password:
            say(f"  Sign in as {prepared.username} with the password {prepared.password}")
            say("  (shown this once; change it under your name, top right)")
        else:
            say(f"  Sign in as {prepared.username} with your password.")
        say(f"  Logs: {self._config.logs_dir}    Stop: Ctrl-C")
        say()

    def _log_of(self, name: str) -> Path:
        return self._config.logs_dir / f"{name}.log"

    def _watch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._signaled)

    def _signaled(self) -> None:
        """The first signal asks, the second does not."""
        self._signals += 1
        self._stop.set()
        if self._signals > 1:
            for child in self._children.values():
                child.kill()
