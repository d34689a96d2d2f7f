"""HTTP/1.1 on an asyncio protocol: httptools parses, this class keeps the limits. Pure.

Every limit is a constant below; every breach has one answer and then the connection ends. Requests on one
connection are answered in order, one at a time; what a client sends ahead waits, bounded.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import httptools

from serving.dataplane.messages import Request, Response

MAX_BODY_BYTES: Final = 64 << 20
MAX_HEADER_BYTES: Final = 16 << 10
MAX_HEADERS: Final = 100
MAX_TARGET_BYTES: Final = 4 << 10
MAX_AHEAD: Final = 16
MAX_CONNECTIONS: Final = 2_000
HEADER_TIME_S: Final = 10.0
IDLE_TIME_S: Final = 75.0
BODY_GRACE_S: Final = 10.0
LEAST_BODY_BYTES_PER_S: Final = 1_000
WRITE_TIME_S: Final = 30.0
LINGER_S: Final = 1.0
_READ: Final = frozenset(
    (b"authorization", b"x-api-key", b"x-request-id", b"x-sticky-key", b"content-type", b"content-encoding",
     b"inference-header-content-length")
)  # fmt: skip
_CODES: Final = {
    408: b"request_timeout",
    413: b"payload_too_large",
    431: b"header_too_large",
    503: b"too_many_connections",
}


class Connections:
    """All open connections, for the time limits and for an orderly end."""

    def __init__(self, handle: Callable[[Request], None]) -> None:
        self.handle = handle
        self.open: set[HttpProtocol] = set()
        self.closing = False

    def sweep(self, now: float) -> None:
        """End whoever is over a time limit; called every second."""
        for connection in list(self.open):
            connection.check_time(now)


class HttpProtocol(asyncio.Protocol):
    """One connection."""

    def __init__(self, connections: Connections, loop: asyncio.AbstractEventLoop) -> None:
        self._all, self._loop = connections, loop
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._peer = ""
        self._ahead: deque[Request] = deque()
        self._busy = False
        self._write_paused_at: float | None = None
        self._keep_alive = True
        self._refused = False
        self._completed = False
        self._reset(loop.time())

    def _reset(self, now: float) -> None:
        self._target = b""
        self._headers: dict[bytes, bytes] = {}
        self._header_count = 0
        self._header_bytes = 0
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._reading = "idle"
        self._since = now

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the newcomer; one too many is told so and let go."""
        if not isinstance(transport, asyncio.Transport) and not hasattr(transport, "write"):
            raise TypeError("a stream transport is needed")
        self._transport = transport  # type: ignore[assignment]
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if peer else ""
        self._all.open.add(self)
        if len(self._all.open) > MAX_CONNECTIONS:
            self._refuse(503)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it; answers that come later go nowhere."""
        self._all.open.discard(self)
        self._transport = None
        self._ahead.clear()

    def data_received(self, data: bytes) -> None:
        """Feed the parser; whatever it cannot read is a 400 and the end."""
        if self._refused:
            return
        if self._reading == "idle":
            self._reading, self._since = "header", self._loop.time()
        self._completed = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refused = True  # an upgrade is not offered, and what follows is no HTTP
        except httptools.HttpParserError:
            self._refuse(400)
        if self._reading == "header" and not self._completed:
            self._header_bytes += len(data)
            if self._header_bytes > MAX_HEADER_BYTES:
                self._refuse(431)

    def eof_received(self) -> bool:
        """A client that has stopped sending may still wait for its answer."""
        return self._busy

    def pause_writing(self) -> None:
        """The client does not read; stop working for it."""
        self._write_paused_at = self._loop.time()

    def resume_writing(self) -> None:
        """It reads again."""
        self._write_paused_at = None
        self._next()

    # httptools callbacks

    def on_message_begin(self) -> None:
        """A new request starts, perhaps in the middle of a packet."""
        self._reset(self._loop.time())
        self._reading = "header"

    def on_url(self, url: bytes) -> None:
        """The target, in pieces."""
        self._target += url
        if len(self._target) > MAX_TARGET_BYTES:
            self._refuse(431)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep what is read, count the rest."""
        self._header_count += 1
        if self._header_count > MAX_HEADERS:
            self._refuse(431)
            return
        name = name.lower()
        if name in _READ:
            self._headers[name] = value
        elif name == b"content-length" and value.isdigit() and int(value[:20]) > MAX_BODY_BYTES:
            self._refuse(413)
        elif name == b"expect" and value.lower() == b"100-continue":
            self._headers[b"expect"] = value

    def on_headers_complete(self) -> None:
        """The body follows."""
        self._reading, self._since = "body", self._loop.time()
        if self._headers.pop(b"expect", None) and self._transport is not None and not self._refused:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Gather, within the limit."""
        self._body_bytes += len(body)
        if self._body_bytes > MAX_BODY_BYTES:
            self._body.clear()
            self._refuse(413)
        elif not self._refused:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """Hand the whole request over, or let it wait for its turn."""
        if self._refused or self._transport is None:
            return
        self._completed = True
        now = self._loop.time()
        target, _, query = self._target.partition(b"?")
        request = Request(
            method=self._parser.get_method(),
            target=target.decode("latin-1"),
            query=query.decode("latin-1"),
            headers=self._headers,
            body=self._body[0] if len(self._body) == 1 else b"".join(self._body),
            peer=self._peer,
            received=time.perf_counter(),
            reply=self._reply,
        )
        self._keep_alive = (
            self._parser.should_keep_alive() and not self._parser.should_upgrade() and not self._all.closing
        )
        self._reset(now)
        self._ahead.append(request)
        if len(self._ahead) >= MAX_AHEAD:
            self._transport.pause_reading()
        self._next()

    # answering

    def _next(self) -> None:
        if self._busy or not self._ahead or self._write_paused_at is not None:
            return
        self._busy = True
        request = self._ahead.popleft()
        if self._transport is not None and len(self._ahead) == MAX_AHEAD - 1:
            self._transport.resume_reading()
        self._all.handle(request)

    def _reply(self, response: Response) -> None:
        self._busy = False
        if self._transport is None:
            return
        keep_alive = (self._keep_alive or bool(self._ahead)) and not self._all.closing
        self._transport.write(response.wire(keep_alive=keep_alive))
        if not keep_alive:
            self._transport.close()
        elif self._ahead:
            self._loop.call_soon(self._next)

    def _refuse(self, status: int) -> None:
        if self._refused or self._transport is None:
            return
        self._refused = True
        code = _CODES.get(status, b"bad_request")
        text = code.replace(b"_", b" ")
        body = b'{"code":"%b","detail":"%b","error":"%b","params":{}}' % (code, text, text)
        extra = b"Retry-After: 1\r\n" if status == 503 else b""
        self._transport.write(Response(status, body, headers=extra).wire(keep_alive=False))
        # Closing at once while the client still sends would reset the connection and lose the answer.
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._loop.call_later(LINGER_S, self._transport.close)

    def check_time(self, now: float) -> None:
        """Called every second: slow senders, slow readers and sleepers go."""
        if self._transport is None:
            return
        spent = now - self._since
        if self._write_paused_at is not None and now - self._write_paused_at > WRITE_TIME_S:
            self._transport.abort()
        elif self._is_slow(spent):
            self._refuse(408)
        elif self._reading == "idle" and not self._busy and (spent > IDLE_TIME_S or self._all.closing):
            self._transport.close()

    def _is_slow(self, spent_s: float) -> bool:
        if self._reading == "header":
            return spent_s > HEADER_TIME_S
        return (
            self._reading == "body"
            and spent_s > BODY_GRACE_S
            and self._body_bytes < spent_s * LEAST_BODY_BYTES_PER_S
        )
