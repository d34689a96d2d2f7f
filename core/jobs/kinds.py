"""The kinds of job that exist, each with its handler; filled by the apps' `tasks` modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from core.jobs.context import JobContext

Queue = Literal["short", "import", "train", "hooks"]
Handler = Callable[["JobContext"], "dict[str, Any] | None"]


@dataclass(frozen=True, slots=True)
class JobKind:
    """How jobs of one kind are run."""

    kind: str
    queue: Queue
    handler: Handler


JOB_KINDS: dict[str, JobKind] = {}


def job_kind(kind: str, *, queue: Queue) -> Callable[[Handler], Handler]:
    """Declare the handler of a kind. It must be safe to run again after dying anywhere.

    The handler gets a `JobContext` and returns the job's result (JSON) or None.
    """

    def register(handler: Handler) -> Handler:
        if kind in JOB_KINDS:
            raise RuntimeError(f"duplicate job kind {kind}")
        JOB_KINDS[kind] = JobKind(kind, queue, handler)
        return handler

    return register
