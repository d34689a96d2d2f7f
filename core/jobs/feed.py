"""Reading job events for the streams: who may follow what, and what is new."""

import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q

from core import selectors
from core.errors import DomainError, Forbidden, InvalidInput
from core.models import Job, JobEvent, User

POLL_S = 0.5
BATCH = 500
MAX_TOPICS = 50
# On PostgreSQL a smaller id may become visible after a larger one; so far back we look again.
_LOOK_BACK = 64


@dataclass(frozen=True, slots=True)
class Topics:
    """What a stream follows."""

    jobs: frozenset[uuid.UUID] = frozenset()
    projects: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """One event on its way out."""

    id: int
    type: str
    data: dict[str, Any]


class Reader:
    """Events of the topics after a position, each once and in order.

    `render` turns a job that has ended into the value of its last event's `current`.
    """

    def __init__(self, topics: Topics, position: int, render: Callable[[Job], dict[str, Any]]) -> None:
        self._topics, self._render = topics, render
        self._floor = self._position = position
        self._has_told_end = False
        self._recent: deque[int] = deque(maxlen=BATCH + 2 * _LOOK_BACK)

    def read(self) -> tuple[list[Row], bool]:
        """What is new, at most BATCH rows, and whether every followed job has ended and been read.

        The state is asked before the events, so that nothing can come between them.
        """
        jobs = Job.objects.in_bulk(self._topics.jobs) if self._topics.jobs else {}
        events = self._fresh()
        rows = [Row(event.pk, event.type, self._data(event)) for event in events]
        for event in events:
            self._recent.append(event.pk)
            self._position = max(self._position, event.pk)
        is_over = len(events) < BATCH and all(job.has_ended for job in jobs.values())
        if is_over and jobs and not self._has_told_end:
            self._has_told_end = True
            rows += [Row(0, "state", {**self._named(job), "state": job.state}) for job in jobs.values()]
        return rows, is_over

    def _fresh(self) -> list[JobEvent]:
        wanted = Q(job_id__in=self._topics.jobs)
        if self._topics.projects:
            wanted |= Q(job__project_id__in=self._topics.projects, type__in=("state", "progress"))
        since = max(self._floor, self._position - _LOOK_BACK)
        read_already = [pk for pk in self._recent if pk > since]
        new = JobEvent.objects.filter(wanted, pk__gt=since).exclude(pk__in=read_already)
        return list(new.select_related("job").order_by("pk")[:BATCH])

    def _data(self, event: JobEvent) -> dict[str, Any]:
        data = {"job": event.job_id, "project": event.job.project_id, "at": event.at, **event.payload}
        if event.type == "state":
            data["kind"] = event.job.kind
        return data

    def _named(self, job: Job) -> dict[str, Any]:
        return {"job": job.pk, "project": job.project_id, "kind": job.kind, "current": self._render(job)}


def topics_from_text(text: str) -> Topics:
    """`job:<id>,project:<id>`. Raises InvalidInput."""
    found: dict[str, set[uuid.UUID]] = {"job": set(), "project": set()}
    for part in filter(None, text.split(",")):
        kind, _, key = part.partition(":")
        try:
            found[kind].add(uuid.UUID(key))
        except (KeyError, ValueError) as exc:
            raise InvalidInput("topics are job:<id> and project:<id>", field="topics") from exc
    if not 1 <= sum(map(len, found.values())) <= MAX_TOPICS:
        raise InvalidInput(f"1 to {MAX_TOPICS} topics", field="topics")
    return Topics(frozenset(found["job"]), frozenset(found["project"]))


def check_topics(user: User, topics: Topics) -> None:
    """Raises NotFound or Forbidden unless the user may see every job and view every project."""
    for job_id in topics.jobs:
        selectors.job_for(user, job_id)
    for project_id in topics.projects:
        held = selectors.project_permissions(user, selectors.project_for(user, project_id).pk)
        if "view_project" not in held:
            raise Forbidden("your role in this project does not allow this", needs="view_project")


def may_follow(user_id: uuid.UUID, topics: Topics) -> bool:
    """Whether the person may still see what the stream follows."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return False
    try:
        check_topics(user, topics)
    except DomainError:
        return False
    return True


def newest_id() -> int:
    """The id of the newest event of all."""
    return int(JobEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0)
