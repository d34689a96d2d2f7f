"""HTTP to an address that was checked, with every limit set. Pure."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from core.outgoing.errors import OutgoingFailed, OutgoingRefused, OutgoingTooLarge
from core.outgoing.policy import OutgoingPolicy, Resolver, system_resolver
from core.outgoing.target import Target, address_check, target_from_url

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
_OURS = frozenset({"host", "connection", "accept-encoding", "content-length", "transfer-encoding"})
_CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of one fetch, redirects included."""

    max_bytes: int = 16 << 20
    connect_s: float = 10.0
    total_s: float = 60.0
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """The last answer. `body` is empty when it went to a sink."""

    status: int
    media_type: str
    size_bytes: int
    body: bytes = b""


class _Deadline:
    """Seconds left of the whole fetch, redirects included."""

    def __init__(self, total_s: float) -> None:
        self._end = time.monotonic() + total_s

    def left_s(self) -> float:
        """Seconds left, more than zero; raises OutgoingFailed when the time is over."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise OutgoingFailed("the other side did not answer in time")
        return left


@dataclass(slots=True)
class _Fetch:
    """One fetch under way; `headers` and `body` shrink as redirects lead away."""

    method: str
    headers: dict[str, str]
    body: bytes | None
    policy: OutgoingPolicy
    limits: FetchLimits
    resolver: Resolver
    sink: Callable[[bytes], object]
    only_success: bool
    deadline: _Deadline = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = _Deadline(self.limits.total_s)

    def run(self, url: str) -> Fetched:
        """Follow redirects by hand: each hop is parsed, resolved and checked like the first."""
        target = target_from_url(url, self.policy)
        for _ in range(self.limits.redirects + 1):
            got = self._hop(target)
            if isinstance(got, Fetched):
                return got
            following = target_from_url(_absolute(target, got), self.policy)
            self.body = None
            if following.origin != target.origin:
                self.headers = {k: v for k, v in self.headers.items() if k.lower() not in _CREDENTIALS}
            target = following
        raise OutgoingRefused("too many redirects")

    def _hop(self, target: Target) -> Fetched | str:
        """The answer, or where it redirects to."""
        addresses = address_check(target.host, target.port, self.policy, self.resolver)
        connection = self._connect(target, addresses)
        # A timeout on the socket bounds one read; only this bounds them all.
        watchdog = threading.Timer(self.deadline.left_s(), _shut, [connection.sock])
        watchdog.daemon = True
        watchdog.start()
        try:
            return self._exchange(connection, target)
        except (OSError, http.client.HTTPException, ValueError) as exc:
            self.deadline.left_s()
            raise OutgoingFailed("the other side did not answer as HTTP") from exc
        finally:
            watchdog.cancel()
            connection.close()

    def _connect(self, target: Target, addresses: tuple[str, ...]) -> http.client.HTTPConnection:
        """Connect to one of the checked addresses, never to the name again."""
        connection = http.client.HTTPConnection(target.host, target.port)
        for address in addresses:
            timeout_s = min(self.limits.connect_s, self.deadline.left_s())
            try:
                plain = socket.create_connection((address, target.port), timeout=timeout_s)
            except OSError:
                continue
            try:
                connection.sock = _secured(plain, target)
            except OSError as exc:
                plain.close()
                raise OutgoingFailed("could not connect: the certificate was not accepted") from exc
            return connection
        raise OutgoingFailed("could not connect")

    def _exchange(self, connection: http.client.HTTPConnection, target: Target) -> Fetched | str:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _OURS}
        headers |= {"Host": target.host_header, "Connection": "close", "Accept-Encoding": "identity"}
        connection.request(self.method, target.path, body=self.body, headers=headers)
        with connection.getresponse() as answer:
            location = answer.headers.get("Location", "")
            if answer.status in _REDIRECTS and location and self.method in {"GET", "HEAD"}:
                return location
            if self.only_success and not 200 <= answer.status < 300:
                raise OutgoingFailed(f"HTTP {answer.status}")
            size_bytes = self._receive(answer)
            return Fetched(answer.status, answer.headers.get_content_type(), size_bytes)

    def _receive(self, answer: http.client.HTTPResponse) -> int:
        most, size_bytes = self.limits.max_bytes, 0
        if self.method != "HEAD" and (answer.length or 0) > most:
            raise OutgoingTooLarge("the other side sends more than is allowed", limit_bytes=most)
        while chunk := answer.read(min(_CHUNK_BYTES, most + 1 - size_bytes)):
            self.deadline.left_s()
            size_bytes += len(chunk)
            if size_bytes > most:
                raise OutgoingTooLarge("the other side sends more than is allowed", limit_bytes=most)
            self.sink(chunk)
        self.deadline.left_s()
        if answer.length:
            raise OutgoingFailed("the connection broke before everything had arrived")
        return size_bytes


def fetch(
    method: str,
    url: str,
    *,
    policy: OutgoingPolicy,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    limits: FetchLimits | None = None,
    resolver: Resolver = system_resolver,
) -> Fetched:
    """One request; the answer's body in memory.

    Raises OutgoingRefused, OutgoingFailed or OutgoingTooLarge; any status is an answer.
    """
    chunks: list[bytes] = []
    going = _Fetch(
        method,
        dict(headers or {}),
        body,
        policy,
        limits or FetchLimits(),
        resolver,
        chunks.append,
        only_success=False,
    )
    return replace(going.run(url), body=b"".join(chunks))


def fetch_to(
    sink: Callable[[bytes], object],
    url: str,
    *,
    policy: OutgoingPolicy,
    headers: Mapping[str, str] | None = None,
    limits: FetchLimits | None = None,
    resolver: Resolver = system_resolver,
    only_success: bool = True,
) -> Fetched:
    """GET into a sink, chunk by chunk; raises OutgoingFailed unless the answer is 2xx, if only that is wanted."""
    going = _Fetch(
        "GET", dict(headers or {}), None, policy, limits or FetchLimits(), resolver, sink, only_success
    )
    return going.run(url)


def _secured(plain: socket.socket, target: Target) -> socket.socket:
    if target.scheme == "http":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _absolute(target: Target, location: str) -> str:
    return urljoin(f"{target.scheme}://{target.host_header}{target.path}", location)
