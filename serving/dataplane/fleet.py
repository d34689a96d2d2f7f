"""The live endpoints, and how a new table takes their place without a failed request. Pure.

A new version is tried in a child process, loaded and warmed beside the old one; then one pointer flips and
the old version ends when its last request is answered. A version that fails any of that never goes live:
the endpoint keeps what it had, and the reason is reported. Keys, limits and stops take effect at once and
never wait for a slow model.
"""

import asyncio
import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from serving.dataplane.stats import write_file
from serving.dataplane.table import EndpointEntry, Limits, Route, Table
from serving.runtime.batcher import Batcher, LightBatcher, ThreadBatcher
from serving.runtime.card import BadCard
from serving.runtime.measure import Profile, trial
from serving.runtime.session import ModelSession, ModelUnusable, run_errors

logger = logging.getLogger(__name__)


class Deployment:
    """One model version in service: session, queue, and the number of requests that hold it."""

    def __init__(self, route: Route, session: ModelSession, profile: Profile, limits: Limits) -> None:
        self.route, self.session, self.profile, self.limits = route, session, profile, limits
        best_rows = min(profile.best_rows, limits.max_rows or profile.best_rows)
        self.batcher: Batcher
        if profile.light and session.is_predictable and not session.takes_pictures:
            self.batcher = LightBatcher(
                session,
                best_rows=best_rows,
                queue_limit=limits.queue,
                single_us=profile.single_us,
                threads=limits.threads,
            )
        else:
            self.batcher = ThreadBatcher(
                session, best_rows=best_rows, queue_limit=limits.queue, threads=limits.threads
            )
        self.headers = b"X-Model-Version: %b\r\nX-Model-Version-Number: %d\r\n" % (
            route.model_version.encode(),
            route.number,
        )

    def retire(self) -> None:
        """No new requests come: end the threads once the queue is empty (they finish what was taken)."""
        self.batcher.close()


@dataclass(frozen=True, slots=True)
class Live:
    """An endpoint as requests see it; replaced whole, never changed."""

    entry: EndpointEntry
    deployments: tuple[Deployment, ...]
    bounds: tuple[float, ...]
    shadow: Deployment | None

    def choose(self, sticky: str) -> Deployment:
        """By weight; the same `sticky` text always meets the same version."""
        if len(self.deployments) == 1:
            return self.deployments[0]
        point = int.from_bytes(hashlib.blake2b(sticky.encode(), digest_size=8).digest(), "big") / 2**64
        for deployment, bound in zip(self.deployments, self.bounds, strict=True):
            if point < bound:
                return deployment
        return self.deployments[-1]

    def by_version(self, wanted: str) -> Deployment | None:
        """A version in service by its number or id."""
        for deployment in self.deployments:
            if wanted in (str(deployment.route.number), deployment.route.model_version):
                return deployment
        return None


def live_from(entry: EndpointEntry, deployments: tuple[Deployment, ...], shadow: Deployment | None) -> Live:
    """Weights to cumulative bounds in [0, 1]."""
    total = sum(deployment.route.weight for deployment in deployments) or 1.0
    bounds, at = [], 0.0
    for deployment in deployments:
        at += deployment.route.weight / total
        bounds.append(at)
    return Live(entry, deployments, tuple(bounds), shadow)


class Fleet:
    """All endpoints of this process. Methods run on the loop; models load on a thread."""

    def __init__(self, folder: Path) -> None:
        self._models, self._checked = folder / "models", folder / "checked"
        self._applied = folder / "applied.json"
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="loader")
        self.live: dict[str, Live] = {}
        self.known: dict[str, EndpointEntry] = {}
        self.problems: dict[str, str] = {}
        self.table_version = 0
        self.settled = False

    def apply_rights(self, table: Table) -> None:
        """What must not wait for models: keys, limits of rate and time, stops, removals."""
        self.known = dict(table.endpoints)
        for name in list(self.live):
            entry = table.endpoints.get(name)
            if entry is None or entry.state == "stopped":
                self._flip(name, None)
            else:
                self.live[name] = replace(self.live[name], entry=entry)

    async def apply_models(self, table: Table) -> None:
        """Load what is new, flip, retire what is old."""
        for name, entry in table.endpoints.items():
            if entry.state != "stopped":
                await self._apply_endpoint(name, entry)
        for name in set(self.problems) - set(table.endpoints):
            del self.problems[name]
        self.table_version, self.settled = table.version, True
        self._remember()

    async def _apply_endpoint(self, name: str, entry: EndpointEntry) -> None:
        try:
            fresh = await self._deployed(name, entry)
            self.problems.pop(name, None)
        except (ModelUnusable, BadCard, OSError) as problem:
            logger.warning("a version did not go live", extra={"endpoint": name, "reason": str(problem)})
            reason = str(problem) if not isinstance(problem, OSError) else "the model file cannot be read"
            self.problems[name] = reason
            if name in self.live:
                return
            fallback = await self._last_good(name, entry)
            if fallback is None:
                return
            fresh = fallback
        self._flip(name, fresh)

    async def _deployed(self, name: str, entry: EndpointEntry) -> Live:
        current = self.live.get(name)
        kept: dict[Route, Deployment] = {}
        if current is not None:
            everyone = (*current.deployments, *((current.shadow,) if current.shadow else ()))
            kept = {_identity(one.route): one for one in everyone if _same_queue(one.limits, entry.limits)}
        made: list[Deployment] = []
        for route in (*entry.routes, *((entry.shadow,) if entry.shadow else ())):
            reused = kept.get(_identity(route))
            made.append(_with_route(reused, route) if reused else await self._load(route, entry.limits))
        if not entry.routes:
            raise ModelUnusable("the endpoint has no routes")
        count = len(entry.routes)
        return live_from(entry, tuple(made[:count]), made[count] if entry.shadow else None)

    async def _load(self, route: Route, limits: Limits) -> Deployment:
        loop = asyncio.get_running_loop()
        session, profile = await loop.run_in_executor(self._loader, self._open, route.sha256)
        return Deployment(route, session, profile, limits)

    def _open(self, sha256: str) -> tuple[ModelSession, Profile]:
        """On the loader's thread: check the file, try it in a child once, load, warm."""
        path = self._models / f"{sha256}.onnx"
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            raise ModelUnusable("the model file is not the one that was published")
        profile = self._profile(sha256, path)
        session = ModelSession(path)
        try:
            session.run(session.zeros(1))
        except run_errors() as problem:
            raise ModelUnusable("the model fails on a trial input") from problem
        return session, profile

    def _profile(self, sha256: str, path: Path) -> Profile:
        checked = self._checked / f"{sha256}.json"
        try:
            return Profile(**orjson.loads(checked.read_bytes()))
        except (OSError, ValueError, TypeError):
            profile = trial(path)
        self._checked.mkdir(parents=True, exist_ok=True)
        content = {"single_us": profile.single_us, "best_rows": profile.best_rows, "peak_mb": profile.peak_mb}
        write_file(checked, content)
        return profile

    async def _last_good(self, name: str, entry: EndpointEntry) -> Live | None:
        """After a restart with a bad version in the table: what was live before."""
        try:
            routes = [Route(**item) for item in orjson.loads(self._applied.read_bytes())[name]]
            return await self._deployed(name, replace(entry, routes=tuple(routes), shadow=None))
        except (OSError, ValueError, KeyError, TypeError, ModelUnusable, BadCard):
            return None

    def _flip(self, name: str, fresh: Live | None) -> None:
        old = self.live.pop(name, None)
        entry = self.known.get(name)
        if fresh is not None and entry is not None and entry.state != "stopped":
            self.live[name] = replace(fresh, entry=entry)
        if old is not None:
            used = {id(one.batcher) for one in (*fresh.deployments, fresh.shadow) if one} if fresh else set()
            for one in (*old.deployments, *((old.shadow,) if old.shadow else ())):
                if id(one.batcher) not in used:
                    one.retire()

    def _remember(self) -> None:
        content: dict[str, Any] = {
            name: [_as_dict(one.route) for one in live.deployments] for name, live in self.live.items()
        }
        try:
            write_file(self._applied, content)
        except OSError:
            logger.exception("the state of the endpoints cannot be written")


def _identity(route: Route) -> Route:
    return replace(route, weight=0.0, model_name="")


def _same_queue(a: Limits, b: Limits) -> bool:
    return (a.queue, a.max_rows, a.threads) == (b.queue, b.max_rows, b.threads)


def _with_route(deployment: Deployment, route: Route) -> Deployment:
    """The same session and queue under a changed weight."""
    changed = object.__new__(Deployment)
    vars(changed).update(vars(deployment))
    changed.route = route
    return changed


def _as_dict(route: Route) -> dict[str, Any]:
    return {name: getattr(route, name) for name in Route.__slots__}
