"""Projects and who belongs to them."""

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core import selectors
from core.api import forms, shapes
from core.api.pages import page, paged
from core.api.rules import RULES
from core.api.views import StudioViewSet
from core.errors import InvalidInput
from core.models import OUTSIDE, AuditEvent, Project, User
from core.services import invitations, members, projects


class ProjectViewSet(StudioViewSet):
    """`/projects/`."""

    resource = "projects"
    rules = RULES

    @extend_schema(responses=paged(shapes.ProjectShape))
    def list(self, request: Request) -> Response:
        """The caller's projects, newest first."""
        visible = selectors.projects_visible_to(self.user)
        if text := request.query_params.get("text"):
            visible = visible.filter(name__icontains=text)
        return page(request, visible, render=partial(_render, self.user))

    @extend_schema(request=forms.ProjectForm, responses={201: shapes.ProjectShape})
    def create(self, request: Request) -> Response:
        """Begin a project and be its manager."""
        sent = forms.accepted(forms.ProjectForm, request.data)
        project = projects.project_create(actor=self.user, **sent)
        return self.created(_render(self.user, [project])[0], f"/api/v1/projects/{project.pk}/")

    @extend_schema(responses=shapes.ProjectShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One project."""
        project = selectors.project_for(self.user, pk)
        self.allow(project)
        return Response(_render(self.user, [project])[0])

    @extend_schema(request=forms.ProjectForm, responses=shapes.ProjectShape)
    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Rename or describe."""
        project = selectors.project_for(self.user, pk)
        self.allow(project)
        changes = forms.accepted(forms.ProjectForm, request.data, partial=True)
        project = projects.project_update(actor=self.user, project=project, **changes)
        return Response(_render(self.user, [project])[0])

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """Hide the project from everybody."""
        project = selectors.project_for(self.user, pk)
        self.allow(project)
        projects.project_delete(actor=self.user, project=project)
        return self.no_content()


class MemberViewSet(StudioViewSet):
    """`/projects/{id}/members/`."""

    resource = "members"
    rules = RULES

    @extend_schema(responses=paged(shapes.MemberShape))
    def list(self, request: Request, project_id: uuid.UUID) -> Response:
        """Who belongs to the project."""
        project = selectors.project_for(self.user, project_id)
        self.allow(project)
        return page(
            request,
            selectors.project_members(project),
            ordering=("created_at", "id"),
            render=lambda rows: [shapes.member_render(member) for member in rows],
        )

    @extend_schema(request=forms.MemberForm, responses=shapes.MemberShape)
    def update(self, request: Request, project_id: uuid.UUID, username: str) -> Response:
        """Give a person a role."""
        project = selectors.project_for(self.user, project_id)
        self.allow(project)
        sent = forms.accepted(forms.MemberForm, request.data)
        member = members.member_set(actor=self.user, project=project, username=username, role=sent["role"])
        return Response(shapes.member_render(member))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, project_id: uuid.UUID, username: str) -> Response:
        """End a membership."""
        project = selectors.project_for(self.user, project_id)
        self.allow(project)
        members.member_remove(actor=self.user, project=project, username=username)
        return self.no_content()


class InvitationViewSet(StudioViewSet):
    """`/projects/{id}/invitations/`."""

    resource = "invitations"
    rules = RULES
    secret_actions = frozenset(("create",))

    @extend_schema(request=forms.InvitationForm, responses={201: shapes.InvitedShape(many=True)})
    def create(self, request: Request, project_id: uuid.UUID) -> Response:
        """Invite people; the links are in this answer and nowhere else."""
        project = selectors.project_for(self.user, project_id)
        self.allow(project)
        sent = forms.accepted(forms.InvitationForm, request.data)
        invited = invitations.invitations_create(actor=self.user, project=project, people=sent["people"])
        return Response([shapes.invited_render(one) for one in invited], status=201)


class ActivityViewSet(StudioViewSet):
    """`/projects/{id}/activity/`."""

    resource = "activity"
    rules = RULES

    @extend_schema(responses=paged(shapes.ActivityShape))
    def list(self, request: Request, project_id: uuid.UUID) -> Response:
        """The audit trail of the project, newest first.

        Filters: `actor` (user name), `operation` (exact, or a beginning that ends with a dot),
        `object_type`, `object_id`.
        """
        project = selectors.project_for(self.user, project_id)
        self.allow(project)
        events = _filtered(selectors.project_activity(project), request)
        return page(
            request,
            events,
            ordering=("-seq",),
            render=lambda rows: [shapes.activity_render(row) for row in rows],
        )


class StorageViewSet(StudioViewSet):
    """`/projects/{id}/storage/`."""

    resource = "storage"
    rules = RULES

    @extend_schema(responses=shapes.StorageShape)
    def retrieve(self, request: Request, project_id: uuid.UUID) -> Response:
        """How many bytes the project keeps, by part; what two parts share is counted in both."""
        project = selectors.project_for(self.user, project_id)
        self.allow(project)
        parts = selectors.project_storage(project.pk)
        outside = parts.pop(OUTSIDE, 0)
        return Response(
            {
                "parts": parts,
                "total_bytes": sum(parts.values()),
                "outside_bytes": outside,
                "bin_days": settings.STUDIO_BIN_DAYS,
            }
        )


def _render(user: User, rows: Sequence[Project]) -> list[dict[str, Any]]:
    ids = [project.pk for project in rows]
    roles, counts = selectors.project_roles(user, ids), selectors.project_counts(ids)
    return [shapes.project_render(row, user, roles.get(row.pk), counts[row.pk]) for row in rows]


def _filtered(events: QuerySet[AuditEvent], request: Request) -> QuerySet[AuditEvent]:
    asked = request.query_params
    exact = {"actor": "actor_name", "object_type": "object_type", "object_id": "object_id"}
    for name, column in exact.items():
        if value := asked.get(name):
            events = events.filter(**{column: value})
    if operation := asked.get("operation"):
        if len(operation) > 100:
            raise InvalidInput("no operation has such a name", field="operation")
        is_beginning = operation.endswith(".")
        events = events.filter(**{"operation__startswith" if is_beginning else "operation": operation})
    return events
