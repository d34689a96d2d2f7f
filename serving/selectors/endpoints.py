"""Who sees which endpoint."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet, Value

from core.errors import NotFound
from core.models import User
from core.selectors import project_ids_with
from serving.models import Endpoint, EndpointKey, EndpointRevision, JournalInput


def endpoints_visible_to(user: User) -> QuerySet[Endpoint]:
    """Endpoints of the projects whose data `user` may view."""
    projects = project_ids_with(user, "view_project")
    return Endpoint.objects.filter(deleted_at__isnull=True, project_id__in=projects)


def endpoint_for(user: User, endpoint_id: uuid.UUID) -> Endpoint:
    """The endpoint, if `user` may see it. Raises NotFound."""
    endpoint = endpoints_visible_to(user).filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def revisions_of(endpoint: Endpoint) -> QuerySet[EndpointRevision]:
    """The endpoint's history."""
    return EndpointRevision.objects.filter(endpoint=endpoint).select_related("created_by")


def keys_of(endpoint: Endpoint) -> QuerySet[EndpointKey]:
    """The endpoint's keys, revoked ones too."""
    return EndpointKey.objects.filter(endpoint=endpoint)


def key_for(endpoint: Endpoint, key_id: uuid.UUID) -> EndpointKey:
    """One key of the endpoint. Raises NotFound."""
    key = keys_of(endpoint).filter(pk=key_id).first()
    if key is None:
        raise NotFound
    return key


def endpoint_counts(project_ids: Sequence[uuid.UUID]) -> list[QuerySet[Endpoint, Any]]:
    """Rows of (project, "endpoints", count), for the project list."""
    mine = Endpoint.objects.filter(project_id__in=project_ids, deleted_at__isnull=True).order_by()
    return [mine.values_list("project_id", Value("endpoints"), Count("pk"))]


def may_read_media(user: User, sha256: str, sample_id: uuid.UUID | None) -> bool:
    """Whether the bytes are the input of a journaled call that `user` may see."""
    visible = project_ids_with(user, "view_project")
    return JournalInput.objects.filter(sha256=sha256, entry__endpoint__project_id__in=visible).exists()
