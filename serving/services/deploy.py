"""Endpoints: made, changed, rolled back, deleted. The data plane learns of it from the table, on commit."""

import logging
import re
import uuid
from typing import Any

from django.db import IntegrityError, transaction

from core.clock import utc_now
from core.errors import Conflict, InvalidInput, StaleRevision
from core.models import Project, User
from core.services import audit
from serving.models import Endpoint, EndpointRevision
from serving.services.publish import table_publish
from serving.services.versions import version_to_serve

CONFIG = ("routes", "shadow", "replicas", "batching", "limits", "journal", "thresholds", "state")
DEFAULTS: dict[str, Any] = {
    "shadow": None,
    "replicas": 1,
    "batching": {"max_rows": None, "max_wait_ms": 0},
    "limits": {"queue": 64, "timeout_ms": 10_000, "rate_per_key": None},
    "journal": {"sample_rate": 1.0, "keep_days": 30, "consent": True},
    "thresholds": {},
    "state": Endpoint.State.LIVE,
}
_NAME = re.compile(r"[a-z0-9-]{1,63}")
logger = logging.getLogger(__name__)


class NameTaken(Conflict):
    """Another endpoint answers under this name."""

    code = "endpoint_name_taken"


class NothingToRollBack(Conflict):
    """There is no earlier revision, or not the one asked for."""

    code = "nothing_to_roll_back"


def endpoint_create(*, actor: User, project: Project, name: str, **config: Any) -> Endpoint:
    """Deploy. Raises InvalidInput, NameTaken, or what the registry has against a version."""
    if not _NAME.fullmatch(name):
        raise InvalidInput("a name has 1 to 63 of a-z, 0-9 and -", field="name")
    wanted = _filled(DEFAULTS, config)
    _check_config(project.pk, wanted, actor)
    try:
        with transaction.atomic():
            endpoint = Endpoint.objects.create(project=project, name=name, created_by=actor, **wanted)
            _remember(endpoint, actor)
            audit.record(actor, "serving.endpoint.created", endpoint, project=project, name=name)
            publish_on_commit()
    except IntegrityError as exc:
        raise NameTaken("another endpoint has this name", name=name) from exc
    return endpoint


def endpoint_patch(
    *, actor: User, endpoint: Endpoint, expected_revision: int | None = None, **changes: Any
) -> Endpoint:
    """Change the configuration. Raises InvalidInput, StaleRevision or the registry's refusal."""
    with transaction.atomic():
        locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        if expected_revision is not None and locked.revision != expected_revision:
            raise StaleRevision("somebody else changed this endpoint first", current=locked.revision)
        wanted = _filled(_config_of(locked), changes)
        _check_config(locked.project_id, wanted, actor)
        _apply(locked, wanted, actor)
        audit.record(
            actor, "serving.endpoint.changed", locked, project=locked.project_id, changed=sorted(changes)
        )
        publish_on_commit()
    return locked


def endpoint_rollback(*, actor: User, endpoint: Endpoint, to_revision: int | None = None) -> Endpoint:
    """Apply an earlier revision again, as a new one. Raises NothingToRollBack or the registry's refusal."""
    with transaction.atomic():
        locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        earlier = EndpointRevision.objects.filter(endpoint=locked, number__lt=locked.revision)
        if to_revision is not None:
            earlier = earlier.filter(number=to_revision)
        found = earlier.order_by("-number").first()
        if found is None:
            raise NothingToRollBack("there is no such earlier revision")
        _check_config(locked.project_id, found.config, actor)
        _apply(locked, found.config, actor)
        audit.record(
            actor, "serving.endpoint.rolled_back", locked, project=locked.project_id, to_revision=found.number
        )
        publish_on_commit()
    return locked


def endpoint_delete(*, actor: User, endpoint: Endpoint) -> None:
    """End it; the name is free again."""
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(deleted_at=utc_now())
        audit.record(
            actor, "serving.endpoint.deleted", endpoint, project=endpoint.project_id, name=endpoint.name
        )
        publish_on_commit()


def project_ended(project_id: uuid.UUID) -> None:
    """The project's endpoints end with it, and their names are free again.

    They carry the project's own time of deletion: whoever restores it knows which ones ended with it.
    """
    live = Endpoint.objects.filter(project_id=project_id, deleted_at__isnull=True)
    if live.update(deleted_at=Project.objects.get(pk=project_id).deleted_at):
        publish_on_commit()


def publish_on_commit() -> None:
    """Write the table once the rows are committed. A failure there is made good by the periodic task."""
    transaction.on_commit(_publish_quietly)


def _publish_quietly() -> None:
    try:
        table_publish()
    except OSError:
        logger.exception("the endpoint table could not be written; the periodic task tries again")


def _config_of(endpoint: Endpoint) -> dict[str, Any]:
    return {name: getattr(endpoint, name) for name in CONFIG}


def _filled(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` over `base`; inside batching, limits and journal, what is not named stays."""
    merged = dict(base)
    for name, value in changes.items():
        if name in ("batching", "limits", "journal"):
            merged[name] = {**DEFAULTS[name], **(base.get(name) or {}), **(value or {})}
        else:
            merged[name] = value
    return merged


def _apply(endpoint: Endpoint, config: dict[str, Any], actor: User) -> None:
    for name in CONFIG:
        setattr(endpoint, name, config[name])
    endpoint.revision += 1
    endpoint.save()
    _remember(endpoint, actor)


def _remember(endpoint: Endpoint, actor: User) -> None:
    EndpointRevision.objects.create(
        endpoint=endpoint, number=endpoint.revision, config=_config_of(endpoint), created_by=actor
    )


def _check_config(project_id: uuid.UUID, config: dict[str, Any], actor: User) -> None:
    """Routes must name deployable versions of this project, all for one task. Raises InvalidInput."""
    routes = config.get("routes") or []
    if not routes:
        raise InvalidInput("name at least one model version", field="routes")
    ids = [str(route["model_version"]) for route in routes]
    if len(set(ids)) != len(ids):
        raise InvalidInput("each model version once", field="routes")
    if sum(route["weight"] for route in routes) <= 0:
        raise InvalidInput("the weights must not all be 0", field="routes")
    shadow = config.get("shadow")
    asked = [*ids, str(shadow["model_version"])] if shadow else ids
    tasks = {version_to_serve(version_id, project_id, actor).task for version_id in asked}
    if len(tasks) > 1:
        raise InvalidInput("all model versions of an endpoint must solve one task", field="routes")
