"""Telling others: written with the state that causes it, delivered at least once afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from core.clock import utc_now
from core.errors import DomainError
from core.models import OutboxEvent, Project

Sink = Callable[[OutboxEvent], None]

BATCH = 50
MAX_ATTEMPTS = 12
_FIRST_WAIT_S = 10
_LONGEST_WAIT_S = 6 * 3600
_KEEP = timedelta(days=30)
# While one process is busy with an event no other one takes it; a dead one's come back.
_CLAIMED_FOR = timedelta(minutes=5)


def outbox_add(topic: str, *, project: Project | UUID | None, **payload: Any) -> OutboxEvent:
    """Write an event in the caller's transaction; its id is the same however often it is delivered."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("outbox_add belongs into the transaction of the action")
    project_id = project.pk if isinstance(project, Project) else project
    return OutboxEvent.objects.create(topic=topic, project_id=project_id, payload=payload, due_at=utc_now())


def outbox_deliver() -> int:
    """Deliver what is due; how many events were delivered.

    `settings.STUDIO_OUTBOX_SINKS` lists, by dotted path, functions that take an event and raise
    DomainError when it did not arrive. After twelve attempts an event is left to people.
    """
    sinks = [import_string(path) for path in settings.STUDIO_OUTBOX_SINKS]
    return sum(_deliver(event, sinks) for event in _claim())


def outbox_trim() -> int:
    """Forget what was delivered long ago."""
    return OutboxEvent.objects.filter(delivered_at__lt=utc_now() - _KEEP).delete()[0]


def _claim() -> list[OutboxEvent]:
    now = utc_now()
    with transaction.atomic():
        due = OutboxEvent.objects.filter(due_at__lte=now, delivered_at__isnull=True, dead_at__isnull=True)
        locked = due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        events = list(locked.order_by("due_at", "id")[:BATCH])
        OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(due_at=now + _CLAIMED_FOR)
    return events


def _deliver(event: OutboxEvent, sinks: list[Sink]) -> int:
    mine = OutboxEvent.objects.filter(pk=event.pk)
    try:
        for sink in sinks:
            sink(event)
    except DomainError as error:
        attempts = event.attempts + 1
        wait_s = min(_FIRST_WAIT_S * 2**event.attempts, _LONGEST_WAIT_S)
        dead_at = utc_now() if attempts >= MAX_ATTEMPTS else None
        due_at = utc_now() + timedelta(seconds=wait_s)
        mine.update(attempts=attempts, due_at=due_at, dead_at=dead_at, last_error=error.detail[:200])
        return 0
    return mine.update(attempts=event.attempts + 1, delivered_at=utc_now(), last_error="")
