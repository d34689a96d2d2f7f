"""The audit trail: one row an action, in the caller's transaction, chained by hash."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import models, transaction

from core.clock import utc_now
from core.models import AuditEvent, AuditHead, Project, User
from core.origin import origin

GENESIS = "0" * 64


def record(
    actor: User | None,
    operation: str,
    obj: models.Model | None = None,
    *,
    project: Project | UUID | None = None,
    outcome: str = "done",
    **params: Any,
) -> AuditEvent:
    """Append one row. Call it inside the transaction of the action it describes.

    An object that lies in a data set has the data set's id among its parameters as `dataset`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record belongs into the transaction of the action")
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1, defaults={"hash": GENESIS})
    come_from = origin.get()
    if (dataset := getattr(obj, "dataset_id", None)) is not None:
        params.setdefault("dataset", dataset)
    event = AuditEvent(
        at=utc_now(),
        actor_id=actor.pk if actor else None,
        actor_name=actor.username if actor else "",
        token_prefix=come_from.token_prefix,
        address=come_from.address,
        operation=operation,
        project_id=project.pk if isinstance(project, Project) else project,
        object_type=(obj._meta.model_name or "") if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        outcome=outcome,
        params=json.loads(json.dumps(params, default=str)),
        request_id=come_from.request_id,
        previous_hash=head.hash,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    AuditHead.objects.filter(pk=1).update(hash=event.hash)
    return event


def event_hash(event: AuditEvent) -> str:
    """SHA-256 over the row's content and the hash before it."""
    content = [
        event.previous_hash,
        event.at.isoformat(timespec="microseconds"),
        str(event.actor_id or ""),
        event.actor_name,
        event.token_prefix,
        event.address,
        event.operation,
        str(event.project_id or ""),
        event.object_type,
        event.object_id,
        event.outcome,
        event.request_id,
        event.params,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
