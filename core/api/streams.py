"""Server-sent events: what jobs say while they run.

Asynchronous from end to end: a stream that waits holds no thread and no database connection.
All streams of a process share one look at the newest event; only when there is one do they read.
"""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import orjson
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotAllowed

from core.api.authentication import user_of
from core.api.problems import problem_response
from core.errors import DomainError, InvalidInput, Unauthorized
from core.jobs import feed
from core.models import User
from core.selectors import job_render

P = ParamSpec("P")
T = TypeVar("T")

HEARTBEAT_S = 15.0
RECHECK_S = 4.0


async def job_event_stream(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """`state`, `progress`, `log`, `metric` of one job; ends with the job."""
    return await _open(request, feed.Topics(jobs=frozenset({pk})), ends=True)


async def event_stream(request: HttpRequest) -> HttpResponseBase:
    """`?topics=job:<id>,project:<id>`: the same of several jobs, and state and progress of a project's."""
    try:
        topics = feed.topics_from_text(request.GET.get("topics", ""))
    except InvalidInput as error:
        return problem_response(request, error)
    return await _open(request, topics, ends=False)


async def _open(request: HttpRequest, topics: feed.Topics, *, ends: bool) -> HttpResponseBase:
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    last_seen = request.headers.get("Last-Event-ID") or request.GET.get("last_event_id", "")
    try:
        user = await _in_thread(_admitted)(request, topics)
        position = (
            int(last_seen) if last_seen.isascii() and last_seen.isdigit() and len(last_seen) < 19 else None
        )
        if position is None:
            position = 0 if ends else await _in_thread(feed.newest_id)()
    except DomainError as error:
        return problem_response(request, error)
    response = StreamingHttpResponse(
        _events(user, topics, position, ends=ends), content_type="text/event-stream; charset=utf-8"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(user: User, topics: feed.Topics, position: int, *, ends: bool) -> AsyncIterator[bytes]:
    """Until the job has ended (`ends`), the right to see is gone, or the client is."""
    yield b"retry: 2000\n\n"
    reader = feed.Reader(topics, position, job_render)
    checked_at = said_at = time.monotonic()
    seen_newest = -1
    while True:
        newest = await _newest.get()
        now = time.monotonic()
        if now - checked_at >= RECHECK_S:
            checked_at = now
            seen_newest = -1
            if not await _in_thread(feed.may_follow)(user.pk, topics):
                return
        if newest != seen_newest:
            seen_newest = newest
            rows, is_over = await _in_thread(reader.read)()
            for row in rows:
                yield _frame(row)
                said_at = now
            if is_over and ends:
                return
            if rows:
                seen_newest = -1  # there may be more than one batch
                continue
        if now - said_at >= HEARTBEAT_S:
            said_at = now
            yield b": heartbeat\n\n"
        await asyncio.sleep(feed.POLL_S)


def _frame(row: feed.Row) -> bytes:
    identity = f"id: {row.id}\n".encode() if row.id else b""
    return identity + f"event: {row.type}\ndata: ".encode() + orjson.dumps(row.data) + b"\n\n"


def _admitted(request: HttpRequest, topics: feed.Topics) -> User:
    """Who asks, if they may follow every topic. Raises Unauthorized, NotFound."""
    user = user_of(request)
    if user is None:
        raise Unauthorized("sign in first")
    feed.check_topics(user, topics)
    return user


def _in_thread(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run in a pool thread whose database connection is handed back at once."""

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return sync_to_async(run, thread_sensitive=False)


class _Newest:
    """The newest event's id, asked at most once per interval however many streams there are."""

    def __init__(self) -> None:
        self._at = 0.0
        self._value = 0
        self._asking: asyncio.Task[int] | None = None

    async def get(self) -> int:
        """The id, at most POLL_S old."""
        if time.monotonic() - self._at < feed.POLL_S * 0.9:
            return self._value
        if (
            self._asking is None
            or self._asking.done()
            or self._asking.get_loop() is not asyncio.get_running_loop()
        ):
            self._asking = asyncio.ensure_future(_in_thread(feed.newest_id)())
        self._value = await asyncio.shield(self._asking)
        self._at = time.monotonic()
        return self._value


_newest = _Newest()
