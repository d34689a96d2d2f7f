"""Is everything there? Used by the probes and the system page."""

from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from core.clock import utc_now
from core.errors import DomainError
from core.models import Job
from core.services.storage import container_store

BROKER_TIMEOUT_S = 2.0
INSPECT_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class Check:
    """One part; `detail` is a sentence without addresses."""

    name: str
    is_ok: bool
    detail: str = ""


def checks() -> list[Check]:
    """Database, broker and storage, each asked now."""
    return [_database(), _broker(), _storage()]


def workers() -> list[dict[str, Any]]:
    """Worker processes that answer within a second, with their queues and present work."""
    inspect = current_app.control.inspect(timeout=INSPECT_TIMEOUT_S)
    try:
        answers: list[dict[str, Any]] = [
            inspect.active_queues() or {},
            inspect.stats() or {},
            inspect.active() or {},
        ]
    except (OperationalError, OSError, RedisError):
        return []
    queues, stats, active = answers
    return [
        {
            "name": name,
            "queues": sorted(queue["name"] for queue in queues.get(name, ())),
            "processes": stats.get(name, {}).get("pool", {}).get("max-concurrency", 0),
            "active": len(active.get(name, ())),
        }
        for name in sorted(queues.keys() | stats.keys())
    ]


def leases() -> list[dict[str, Any]]:
    """Jobs that somebody works on, with the worker's latest sign of life; the oldest first."""
    running = Job.objects.filter(state=Job.State.RUNNING).order_by("started_at", "id")[:200]
    now = utc_now()
    return [
        {
            "job": job.pk,
            "kind": job.kind,
            "queue": job.queue,
            "worker": job.worker,
            "attempt": job.attempt,
            "started_at": job.started_at,
            "lease_left_s": round((job.lease_until - now).total_seconds(), 1) if job.lease_until else None,
        }
        for job in running
    ]


def queue_lengths() -> dict[str, int]:
    """Jobs that wait, by queue."""
    waiting = Job.objects.filter(state=Job.State.QUEUED).order_by()
    return dict(waiting.values_list("queue").annotate(Count("pk")))


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Check("database", is_ok=False, detail="the database does not answer")
    return Check("database", is_ok=True)


def _broker() -> Check:
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=BROKER_TIMEOUT_S, socket_connect_timeout=BROKER_TIMEOUT_S
        ) as broker:
            broker.ping()
    except (RedisError, OSError):
        return Check("broker", is_ok=False, detail="the broker does not answer; jobs wait until it does")
    return Check("broker", is_ok=True)


def _storage() -> Check:
    try:
        container_store().check()
    except DomainError as error:
        return Check("storage", is_ok=False, detail=error.detail)
    return Check("storage", is_ok=True)
