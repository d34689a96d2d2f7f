"""Micro-batching by rows, work-conserving: nobody ever waits for company. Pure.

While one run is on, the next requests gather; whatever is there when it ends goes together, as far as
shapes agree and the measured best batch allows. Light models run on the event loop with everything one
turn of the loop brought; heavy ones, and whatever must first be decoded, run on a thread of their own so
that they never delay a light one. All methods are called on the loop; only `_work` runs elsewhere.
"""

import asyncio
import contextlib
import logging
import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from core.errors import DomainError, InternalError, NotReady
from serving.runtime.session import Array, ModelSession, run_errors, run_options

Outcome = list[Array] | DomainError
STUCK_AFTER_S = 2.0
_HEAVY_NICE = 5
_MOST_INLINE_US = 2_000.0
logger = logging.getLogger(__name__)


class QueueFull(NotReady):
    """More work is waiting than the endpoint takes; come back."""

    code = "queue_full"

    def __init__(self) -> None:
        super().__init__("the queue of this endpoint is full; try again shortly", retry_after_s=1)


class DeadlinePassed(DomainError):
    """The answer would have come too late."""

    code, status = "deadline_passed", 504

    def __init__(self) -> None:
        super().__init__("the prediction did not finish within this endpoint's time limit")


class RunFailed(DomainError):
    """The model itself failed on this input."""

    code, status = "model_failed", 422

    def __init__(self) -> None:
        super().__init__("the model could not process this input; check the sizes against its signature")


class Unhealthy(NotReady):
    """A run does not come back even when told to stop."""

    code = "endpoint_unhealthy"

    def __init__(self) -> None:
        super().__init__("this endpoint is unhealthy: its model does not answer", retry_after_s=10)


class Work:
    """One request's share of a run: ready inputs, or a function that makes them on the worker's thread."""

    __slots__ = ("answered", "deadline", "done", "feeds", "prepare", "rows", "timer")

    def __init__(
        self,
        *,
        rows: int,
        deadline: float,
        done: Callable[[Outcome], None],
        feeds: dict[str, Array] | None = None,
        prepare: Callable[[], dict[str, Array]] | None = None,
    ) -> None:
        """`deadline` is in the loop's own time; `done` is called exactly once, on the loop."""
        self.rows, self.deadline, self.done = rows, deadline, done
        self.feeds, self.prepare = feeds, prepare
        self.answered = False
        self.timer: asyncio.TimerHandle | None = None

    def answer(self, outcome: Outcome) -> None:
        """Give the outcome, once."""
        if self.answered:
            return
        self.answered = True
        if self.timer is not None:
            self.timer.cancel()
        self.done(outcome)


class Batcher(Protocol):
    """What the server knows of a model's queue."""

    @property
    def pending(self) -> int:
        """Requests waiting or running."""

    @property
    def healthy(self) -> bool:
        """False while a run does not come back."""

    def submit(self, works: Sequence[Work]) -> None:
        """Take all or none. Raises QueueFull or Unhealthy."""

    def close(self) -> None:
        """Finish what was taken, then free the thread."""


def run_group(session: ModelSession, works: Sequence[Work], options: Any | None = None) -> list[Outcome]:
    """One run for works of equal shape; an outcome for each."""
    try:
        if len(works) == 1:
            return [session.run(works[0].feeds or {}, options)]
        feeds = {
            spec.name: np.concatenate([(work.feeds or {})[spec.name] for work in works])
            for spec in session.inputs
        }
        outputs = session.run(feeds, options)
    except run_errors():
        if len(works) == 1:
            return [RunFailed()]
        return [
            DeadlinePassed() if work.answered else run_group(session, [work], options)[0] for work in works
        ]
    outcomes: list[Outcome] = []
    at = 0
    for work in works:
        outcomes.append([output[at : at + work.rows] for output in outputs])
        at += work.rows
    return outcomes


def groups_of(session: ModelSession, works: Sequence[Work], best_rows: int) -> list[list[Work]]:
    """Works that may share a run: same shape behind the first axis, at most `best_rows` together."""
    if len(works) == 1:
        return [list(works)]
    if not session.batchable:
        return [[work] for work in works]
    open_groups: dict[tuple[tuple[int, ...], ...], list[Work]] = {}
    ready: list[list[Work]] = []
    rows: dict[tuple[tuple[int, ...], ...], int] = {}
    for work in works:
        key = tuple((work.feeds or {})[spec.name].shape[1:] for spec in session.inputs)
        group = open_groups.get(key)
        if group is None or rows[key] + work.rows > best_rows:
            group = open_groups[key] = []
            rows[key] = 0
            ready.append(group)
        group.append(work)
        rows[key] += work.rows
    return ready


class InlineBatcher:
    """For models of microseconds: one run per turn of the loop, on the loop."""

    def __init__(self, session: ModelSession, *, best_rows: int, queue_limit: int) -> None:
        self.healthy = True
        self._session, self._best_rows, self._limit = session, best_rows, queue_limit
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Work] = []
        self.pending = 0

    def submit(self, works: Sequence[Work]) -> None:
        """Take all or none. Raises QueueFull."""
        if self.pending + len(works) > self._limit:
            raise QueueFull
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.extend(works)
        self.pending += len(works)

    def close(self) -> None:
        """Nothing to free: what was taken is answered in this turn of the loop."""

    def _flush(self) -> None:
        works, self._waiting = self._waiting, []
        for group in groups_of(self._session, works, self._best_rows):
            for work, outcome in zip(group, run_group(self._session, group), strict=True):
                work.answer(outcome)
        self.pending -= len(works)


class ThreadBatcher:
    """For everything else: a queue with threads of its own."""

    def __init__(self, session: ModelSession, *, best_rows: int, queue_limit: int, threads: int = 1) -> None:
        self._session, self._best_rows, self._limit = session, best_rows, queue_limit
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._running: dict[int, tuple[Any, list[Work]]] = {}
        self.pending = 0
        self.healthy = True
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True, name="model")
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, works: Sequence[Work]) -> None:
        """Take all or none. Raises QueueFull or Unhealthy."""
        if not self.healthy:
            raise Unhealthy
        if self.pending + len(works) > self._limit:
            raise QueueFull
        self.pending += len(works)
        for work in works:
            work.timer = self._loop.call_at(work.deadline, self._expire, work)
            self._queue.put(work)

    def close(self) -> None:
        """The threads end after what was taken before."""
        for _ in self._threads:
            self._queue.put(None)

    def _expire(self, work: Work) -> None:
        work.answer(DeadlinePassed())
        for options, works in self._running.values():
            if work in works and all(other.answered for other in works):
                options.terminate = True
                self._loop.call_later(STUCK_AFTER_S, self._check_stopped, works)

    def _check_stopped(self, works: list[Work]) -> None:
        if any(running is works for _options, running in self._running.values()):
            self.healthy = False

    def _finish(self, number: int, works: list[Work], outcomes: list[Outcome]) -> None:
        if number in self._running and self._running[number][1] is works:
            del self._running[number]
            self.healthy = True
        for work, outcome in zip(works, outcomes, strict=True):
            work.answer(outcome)
        self.pending -= len(works)

    def _tell(self, number: int, works: list[Work], outcomes: list[Outcome]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for the answer
            self._loop.call_soon_threadsafe(self._finish, number, works, outcomes)

    def _work(self, number: int) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _HEAVY_NICE)
        while (first := self._queue.get()) is not None:
            works, rows, last = [first], first.rows, False
            while rows < self._best_rows:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    last = True
                    break
                works.append(following)
                rows += following.rows
            self._run(number, works)
            if last:
                return

    def _run(self, number: int, works: list[Work]) -> None:
        ready: list[Work] = []
        for work in works:
            outcome = _prepared(work)
            if outcome is None:
                ready.append(work)
            else:
                self._tell(number, [work], [outcome])
        for group in groups_of(self._session, ready, self._best_rows) if ready else ():
            options = run_options()
            self._running[number] = (options, group)
            outcomes = run_group(self._session, group, options)
            self._tell(number, group, outcomes)


class LightBatcher:
    """For light models: on the loop, but a request of so many rows that others would feel it on a thread."""

    def __init__(
        self, session: ModelSession, *, best_rows: int, queue_limit: int, single_us: float, threads: int = 1
    ) -> None:
        self._inline = InlineBatcher(session, best_rows=best_rows, queue_limit=queue_limit)
        self._most_rows = max(1, int(_MOST_INLINE_US / max(single_us, 0.1)))
        self._session, self._best_rows, self._limit = session, best_rows, queue_limit
        self._thread: ThreadBatcher | None = None
        self._threads = threads

    @property
    def pending(self) -> int:
        """Requests waiting or running."""
        return self._inline.pending + (self._thread.pending if self._thread else 0)

    @property
    def healthy(self) -> bool:
        """As its thread is."""
        return self._thread is None or self._thread.healthy

    def submit(self, works: Sequence[Work]) -> None:
        """Take all or none. Raises QueueFull or Unhealthy."""
        if len(works) == 1 and works[0].rows <= self._most_rows:
            self._inline.submit(works)
            return
        if self._thread is None:
            self._thread = ThreadBatcher(
                self._session, best_rows=self._best_rows, queue_limit=self._limit, threads=self._threads
            )
        self._thread.submit(works)

    def close(self) -> None:
        """Finish what was taken."""
        if self._thread is not None:
            self._thread.close()


def _prepared(work: Work) -> Outcome | None:
    """None when the inputs are ready, else how the request ends without a run."""
    if work.answered:
        return DeadlinePassed()
    if work.prepare is not None:
        try:
            work.feeds = work.prepare()
        except DomainError as refusal:
            return refusal
        except MemoryError:
            return RunFailed()
        except Exception:
            logger.exception("preparing an input failed")
            return InternalError()
        work.prepare = None
    return None
