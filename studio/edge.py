"""What stands between the sockets and the threads: slow senders wait here and hold nobody else up.

A request gets a thread when its body is there. Only bodies too large for memory are read by the
thread itself, and those may take half of the threads; the addresses that strangers may use take none.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

SMALL_BYTES = 1 << 20
LARGE_BYTES = 66 << 20
API, FOR_STRANGERS = "/api/v1/", "/api/v1/auth/"


class BodyTooSlow(Exception):
    """Fewer bytes a second than anybody's line carries."""


class BodyTooLarge(Exception):
    """More than this address takes."""


class SenderGone(Exception):
    """The connection ended before the body did."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How slowly a body may come: `patience_s` of waiting, and one second more for every `bytes_a_s`."""

    patience_s: float = 10.0
    bytes_a_s: int = 1024


class BodyGate:
    """An ASGI application in front of `app`; `large_at_once` large bodies pass at a time."""

    def __init__(self, app: App, *, large_at_once: int, pace: Pace = Pace()) -> None:
        self._app, self._pace = app, pace
        self._large = asyncio.Semaphore(large_at_once)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 408 or 413 in its place."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        paced = _Paced(receive, self._pace)
        try:
            await self._pass(scope, paced, send)
        except BodyTooSlow:
            await _refuse(send, 408, "request_timeout", "the body comes too slowly; send it again")
        except BodyTooLarge:
            await _refuse(send, 413, "payload_too_large", "the request is too large; use a resumable upload")
        except SenderGone:
            return

    async def _pass(self, scope: dict[str, Any], paced: "_Paced", send: Send) -> None:
        length = _length(scope)
        if length == 0:
            await self._app(scope, paced.receive, send)
        elif length is None or length <= SMALL_BYTES:
            body = await paced.whole(SMALL_BYTES)
            await self._app(_with_length(scope, len(body)), _Replay(body, paced.receive), send)
        elif length > LARGE_BYTES or not _takes_large(scope["path"]):
            await paced.discard()
            raise BodyTooLarge
        else:
            async with self._large:
                await self._app(scope, paced.or_disconnect, send)


class _Paced:
    """The body of one request; only the time spent waiting for the sender counts."""

    def __init__(self, receive: Receive, pace: Pace) -> None:
        self.receive, self._pace = receive, pace
        self._waited_s, self._bytes = 0.0, 0

    async def next(self) -> dict[str, Any]:
        """The next message. Raises BodyTooSlow."""
        left_s = self._pace.patience_s + self._bytes / self._pace.bytes_a_s - self._waited_s
        began = time.monotonic()
        try:
            async with asyncio.timeout(max(left_s, 0.0)):
                message = await self.receive()
        except TimeoutError as exc:
            raise BodyTooSlow from exc
        self._waited_s += time.monotonic() - began
        self._bytes += len(message.get("body", b""))
        return message

    async def or_disconnect(self) -> dict[str, Any]:
        """The next message; a sender that is too slow is as good as gone."""
        try:
            return await self.next()
        except BodyTooSlow:
            return {"type": "http.disconnect"}

    async def whole(self, most_bytes: int) -> bytes:
        """All of it. Raises BodyTooSlow, BodyTooLarge, SenderGone."""
        body = bytearray()
        while True:
            message = await self.next()
            if message["type"] == "http.disconnect":
                raise SenderGone
            body += message.get("body", b"")
            if len(body) > most_bytes:
                raise BodyTooLarge
            if not message.get("more_body", False):
                return bytes(body)

    async def discard(self) -> None:
        """Read on for a while, as most senders look for an answer only when they have said everything."""
        try:
            async with asyncio.timeout(self._pace.patience_s):
                while (await self.next()).get("more_body", False):
                    continue
        except (TimeoutError, BodyTooSlow):
            return


class _Replay:
    """Gives the collected body once, then whatever comes after it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> dict[str, Any]:
        """One ASGI message."""
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _length(scope: dict[str, Any]) -> int | None:
    """Bytes of the body as declared; None when it comes in chunks of unknown number."""
    length: int | None = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length" and value.isdigit():
            length = int(value[:18])
    return length


def _with_length(scope: dict[str, Any], length: int) -> dict[str, Any]:
    """As if the sender had counted; WSGI knows no chunks."""
    rest = [pair for pair in scope["headers"] if pair[0] not in (b"content-length", b"transfer-encoding")]
    return {**scope, "headers": [*rest, (b"content-length", str(length).encode())]}


def _takes_large(path: str) -> bool:
    """Views that take large bodies ask who sends them before they read."""
    return path.startswith(API) and not path.startswith(FOR_STRANGERS)


async def _refuse(send: Send, status: int, code: str, detail: str) -> None:
    body = orjson.dumps({"code": code, "detail": detail, "params": {}, "request_id": ""})
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
