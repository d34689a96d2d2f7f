"""Start, watch the table, stop. Pure.

The process needs nothing but its folder: with the control plane, the database and the broker all dead it
serves what the last good table says, also after its own kill -9.
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
import uvloop

from serving.dataplane.app import App
from serving.dataplane.auth import Gate
from serving.dataplane.fleet import Fleet
from serving.dataplane.http import Connections, HttpProtocol
from serving.dataplane.journal import Journal
from serving.dataplane.stats import Stats, write_bytes, write_file
from serving.dataplane.table import BadTable, Table, parse_table

POLL_S = 0.2
TICK_S = 1.0
DRAIN_S = 25.0
LEFTOVER_S = 60.0
STATS_KEPT_S = 86_400.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to listen and where the table lies."""

    host: str
    port: int
    folder: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """STUDIO_SERVE_HOST (else STUDIO_HOST), STUDIO_SERVE_PORT, STUDIO_DATA_DIR."""
        return cls(
            host=environment.get("STUDIO_SERVE_HOST") or environment.get("STUDIO_HOST") or "127.0.0.1",
            port=int(environment.get("STUDIO_SERVE_PORT", "8001")),
            folder=Path(environment.get("STUDIO_DATA_DIR", "var")).resolve() / "serving",
        )


def _table_or_none(path: Path) -> Table | None:
    try:
        return parse_table(path.read_bytes())
    except (BadTable, OSError):
        return None


def _drop_leftovers(folder: Path) -> None:
    """Temporary files of processes that were killed while they wrote, and what processes long gone counted."""
    ages = {LEFTOVER_S: ("*.tmp", "*/*.tmp"), STATS_KEPT_S: ("stats/*.json",)}
    for age_s, patterns in ages.items():
        for path in (path for pattern in patterns for path in folder.glob(pattern)):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > age_s:
                    path.unlink()


class Server:
    """Everything one data plane process holds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.folder
        self._stats_path = self._folder / "stats" / f"{socket.gethostname()[:20]}-{settings.port}.json"
        self._boot = f"{socket.gethostname()[:20]}-{settings.port}-{os.urandom(4).hex()}"
        self._stats, self._gate = Stats(), Gate(self._look)
        self._fleet = Fleet(self._folder)
        self._seen: tuple[int, int] | None = None
        self._waiting: Table | None = None
        self._stop = asyncio.Event()

    async def run(self, ready: asyncio.Event | None = None) -> None:
        """Serve until told to stop, then drain."""
        loop = asyncio.get_running_loop()
        for name in ("models", "stats", "journal"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        _drop_leftovers(self._folder)
        self._take_up_stats()
        journal = Journal(self._folder / "journal", self._boot)
        app = App(self._fleet, self._gate, self._stats, journal, loop.time)
        connections = Connections(app.handle)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        server = await loop.create_server(
            lambda: HttpProtocol(connections, loop), self._settings.host, self._settings.port, backlog=1024
        )
        logger.info("data plane listens", extra={"port": self._settings.port})
        watcher = asyncio.create_task(self._watch())
        ticker = asyncio.create_task(self._tick(connections))
        gc.freeze()
        if ready is not None:
            ready.set()
        await self._stop.wait()
        server.close()
        connections.closing = True
        await self._drain(connections)
        for task in (watcher, ticker):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._write_stats()
        journal.close()

    async def _watch(self) -> None:
        """Look at the table's inode and time. Rights apply at once; models load one table at a time."""
        loading: asyncio.Task[None] | None = None
        while True:
            self._look()
            if self._waiting is not None and (loading is None or loading.done()):
                loading = asyncio.create_task(self._load(self._waiting))
                self._waiting = None
            await asyncio.sleep(POLL_S)

    def _look(self) -> bool:
        """Take up the rights of a table that is new, leave its models to `_watch`; whether there was one."""
        table = self._changed_table(self._folder / "table.json")
        if table is None:
            return False
        self._gate.use(table)
        self._fleet.apply_rights(table)
        self._waiting = table
        return True

    async def _load(self, table: Table) -> None:
        try:
            await self._fleet.apply_models(table)
        except Exception:
            logger.exception("applying the endpoint table failed")
        await self._write_stats()

    def _changed_table(self, path: Path) -> Table | None:
        good = path.with_name("table.good.json")
        try:
            status = path.stat()
        except OSError:
            self._fleet.settled = True
            return None
        mark = (status.st_ino, status.st_mtime_ns)
        if mark == self._seen:
            return None
        first, self._seen = self._seen is None, mark
        try:
            text = path.read_bytes()
            table = parse_table(text)
        except (BadTable, OSError):
            logger.exception("the endpoint table cannot be used; the last good one stays")
            return _table_or_none(good) if first else None
        write_bytes(good, text)
        return table

    async def _tick(self, connections: Connections) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._stats.tick()
            connections.sweep(loop.time())
            await self._write_stats()
            await asyncio.sleep(TICK_S)

    def _take_up_stats(self) -> None:
        """What was counted in the last hour, up to a second before this process was ended or killed."""
        try:
            self._stats.restore(orjson.loads(self._stats_path.read_bytes())["endpoints"])
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            logger.warning("the statistics of the process before cannot be read; they begin anew")

    async def _write_stats(self) -> None:
        content = {
            "boot": self._boot,
            "table_version": self._fleet.table_version,
            "endpoints": self._stats.snapshot(),
            "keys": self._stats.used,
            "live": {
                name: [one.route.model_version for one in live.deployments]
                for name, live in self._fleet.live.items()
            },
            "unhealthy": [
                name
                for name, live in self._fleet.live.items()
                if not all(one.batcher.healthy for one in live.deployments)
            ],
            "problems": self._fleet.problems,
        }
        try:
            write_file(self._stats_path, content)
        except OSError:
            logger.exception("statistics cannot be written")

    async def _drain(self, connections: Connections) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + DRAIN_S
        while connections.open and loop.time() < end:
            connections.sweep(loop.time())
            await asyncio.sleep(0.05)


def main() -> None:
    """The entry point of `python -m serving.dataplane`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = Settings.from_environment(os.environ)
    try:
        uvloop.run(_serve(settings))
    except OSError as problem:
        logger.error("cannot start: %s", problem.strerror or "the port or the folder cannot be used")
        raise SystemExit(1) from problem


async def _serve(settings: Settings) -> None:
    await Server(settings).run()
