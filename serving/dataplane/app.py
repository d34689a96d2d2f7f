"""The routes of the data plane and what happens to a request. Pure.

Everything runs on the event loop and ends in exactly one `reply`; heavy work is in the batchers' threads.
"""

import itertools
import logging
import os
import re
import time
from collections.abc import Callable
from typing import Final

from core.errors import DomainError, Forbidden, InternalError, NotFound, NotReady
from serving.dataplane import v2
from serving.dataplane.auth import INTERNAL, Gate
from serving.dataplane.calls import Call, infer, predict
from serving.dataplane.fleet import Deployment, Fleet, Live
from serving.dataplane.journal import Journal
from serving.dataplane.messages import Request, Response, json_response, problem_response
from serving.dataplane.stats import Stats
from serving.dataplane.table import Key

NAME: Final = "studio"
VERSION: Final = "1"
_REQUEST_ID = re.compile(rb"[A-Za-z0-9_.:-]{1,128}")
_LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1", "")
logger = logging.getLogger(__name__)


class MethodNotAllowed(DomainError):
    """The address exists, the verb does not."""

    code, status = "method_not_allowed", 405


class UnsupportedEncoding(DomainError):
    """A compressed body."""

    code, status = "unsupported_encoding", 415


class App:
    """One per process."""

    def __init__(
        self, fleet: Fleet, gate: Gate, stats: Stats, journal: Journal, loop_time: Callable[[], float]
    ) -> None:
        self.fleet, self.gate, self.stats, self.journal = fleet, gate, stats, journal
        self.loop_time = loop_time
        self._ids = itertools.count(1)
        self._id_prefix = os.urandom(8).hex()
        self._metrics_token = os.environ.get("STUDIO_METRICS_TOKEN", "").encode()

    @staticmethod
    def wall_time() -> float:
        """Seconds since 1970, for the journal."""
        return time.time()

    def handle(self, request: Request) -> None:
        """Answer, now or later. A bug is a 500 with a trace in the log, never a dead connection."""
        sent = request.headers.get(b"x-request-id")
        if sent is not None and _REQUEST_ID.fullmatch(sent):
            request.request_id = sent.decode()
        else:
            request.request_id = f"{self._id_prefix}{next(self._ids):012x}"
        try:
            self._route(request)
        except DomainError as refusal:
            self.refuse(request, refusal)
        except Exception:
            logger.exception("request failed", extra={"request_id": request.request_id})
            self.refuse(request, InternalError())

    def refuse(self, request: Request, error: DomainError, headers: bytes = b"") -> None:
        """Reply with a problem."""
        request.reply(problem_response(error, request.request_id, headers + self._id_line(request)))

    def send(self, request: Request, content: object) -> None:
        """Reply 200 with JSON."""
        request.reply(json_response(200, content, self._id_line(request)))

    @staticmethod
    def _id_line(request: Request) -> bytes:
        return b"X-Request-Id: %b\r\n" % request.request_id.encode()

    def _route(self, request: Request) -> None:
        if b"content-encoding" in request.headers and request.headers[b"content-encoding"] != b"identity":
            raise UnsupportedEncoding("send the body uncompressed")
        parts = request.target.strip("/").split("/")
        match parts:
            case ["v2", "models", name, "infer"]:
                self._infer(request, name, None)
            case ["v2", "models", name, "versions", version, "infer"]:
                self._infer(request, name, version)
            case ["predict", name]:
                self._predict(request, name)
            case ["v2", *rest]:
                self._describe(request, rest)
            case ["metrics"]:
                self._metrics(request)
            case _:
                raise NotFound("no such address; see /v2 and /predict/{endpoint}")

    def _infer(self, request: Request, name: str, version: str | None) -> None:
        _need(request, b"POST")
        infer(self._call(request, name, version))

    def _predict(self, request: Request, name: str) -> None:
        _need(request, b"POST")
        predict(self._call(request, name, None))

    def _call(self, request: Request, name: str, version: str | None) -> Call:
        live, key = self._admitted(request, name)
        self.gate.spend(key, live.entry.limits.rate_per_key, request.received)
        deployment = self._deployment(request, live, version)
        return Call(self, request, live, deployment, key)

    def _admitted(self, request: Request, name: str) -> tuple[Live, Key]:
        key, key_name = self.gate.admit(request.headers, request.peer, request.received)
        if key is not INTERNAL and key_name != name:
            raise NotFound("this key opens no endpoint of that name")
        live = self.fleet.live.get(name)
        if live is not None:
            return live, key
        entry = self.fleet.known.get(name)
        if entry is None:
            raise NotFound("this key opens no endpoint of that name")
        if entry.state == "stopped":
            raise NotReady("this endpoint is stopped", retry_after_s=60)
        reason = self.fleet.problems.get(name)
        if reason:
            raise NotReady(f"this endpoint is unhealthy: {reason}", retry_after_s=30)
        raise NotReady("this endpoint is starting", retry_after_s=2)

    def _deployment(self, request: Request, live: Live, version: str | None) -> Deployment:
        if version is not None:
            found = live.by_version(version)
            if found is None:
                raise NotFound("this endpoint does not serve that version")
            return found
        if len(live.deployments) == 1:
            return live.deployments[0]
        sticky = request.headers.get(b"x-sticky-key")
        return live.choose(sticky.decode("latin-1") if sticky else request.request_id)

    def _describe(self, request: Request, rest: list[str]) -> None:
        _need(request, b"GET")
        match rest:
            case []:
                self.send(request, {"name": NAME, "version": VERSION, "extensions": ["binary_tensor_data"]})
            case ["health", "live"]:
                self.send(request, {"live": True})
            case ["health", "ready"]:
                if not self.fleet.settled:
                    raise NotReady("the endpoint table is still being loaded", retry_after_s=1)
                self.send(request, {"ready": True})
            case ["models", name, "ready"] | ["models", name, "versions", _, "ready"]:
                live, _key = self._admitted(request, name)
                self._deployment(request, live, rest[3] if len(rest) == 5 else None)
                self.send(request, {"name": name, "ready": True})
            case ["models", name] | ["models", name, "versions", _]:
                live, _key = self._admitted(request, name)
                deployment = self._deployment(request, live, rest[3] if len(rest) == 4 else None)
                versions = [str(one.route.number) for one in live.deployments]
                self.send(request, v2.metadata(deployment.session, name, versions))
            case _:
                raise NotFound("no such address; see /v2 and /predict/{endpoint}")

    def _metrics(self, request: Request) -> None:
        _need(request, b"GET")
        token = request.headers.get(b"authorization", b"").removeprefix(b"Bearer ")
        if request.peer not in _LOOPBACK and not (self._metrics_token and token == self._metrics_token):
            raise Forbidden("metrics are for this machine, or for the bearer of STUDIO_METRICS_TOKEN")
        queues = {
            name: float(sum(one.batcher.pending for one in live.deployments))
            for name, live in self.fleet.live.items()
        }
        totals = {
            "studio_journal_written_total": float(self.journal.written),
            "studio_journal_dropped_total": float(self.journal.dropped),
            "studio_table_version": float(self.fleet.table_version),
            "process_cpu_seconds_total": time.process_time(),
        }
        text = self.stats.prometheus({"studio_queue_requests": queues}, totals)
        request.reply(Response(200, text, b"text/plain; version=0.0.4", self._id_line(request)))


def _need(request: Request, method: bytes) -> None:
    if request.method != method:
        raise MethodNotAllowed(f"use {method.decode()}", allowed=[method.decode()])
