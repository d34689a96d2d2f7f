"""Background work, as the people who wait for it see it."""

import uuid
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core import selectors
from core.api.pages import page, paged
from core.api.rules import RULES
from core.api.serializers import JobSerializer, job_render
from core.api.views import StudioViewSet
from core.errors import Forbidden, InvalidInput
from core.jobs.dispatch import job_cancel
from core.models import Job


class JobViewSet(StudioViewSet):
    """`/jobs/`."""

    resource = "jobs"
    rules = RULES

    @extend_schema(responses=paged(JobSerializer))
    def list(self, request: Request) -> Response:
        """Jobs the caller may see, newest first. Filters: `project`, `state`, `kind`."""
        jobs = _filtered(selectors.jobs_visible_to(self.user), request)
        return page(request, jobs, render=lambda rows: [job_render(job) for job in rows])

    @extend_schema(responses=JobSerializer)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One job."""
        return Response(job_render(selectors.job_for(self.user, pk)))

    @extend_schema(request=None, responses=JobSerializer)
    def cancel(self, request: Request, pk: uuid.UUID) -> Response:
        """Ask a job to stop; a running one stops within five seconds."""
        job = selectors.job_for(self.user, pk)
        if job.created_by_id != self.user.pk and not _manages(self, job):
            raise Forbidden("only whoever started a job or manages the project may cancel it")
        return Response(job_render(job_cancel(actor=self.user, job=job)))


def _manages(view: JobViewSet, job: Job) -> bool:
    if view.user.is_superuser:
        return True
    return job.project_id is not None and "manage_project" in selectors.project_permissions(
        view.user, job.project_id
    )


def _filtered(jobs: QuerySet[Job], request: Request) -> QuerySet[Job]:
    asked = request.query_params
    wanted: dict[str, Any] = {}
    if text := asked.get("project"):
        try:
            wanted["project_id"] = uuid.UUID(text)
        except ValueError as exc:
            raise InvalidInput("project is an id", field="project") from exc
    if text := asked.get("state"):
        states = text.split(",")
        if not set(states) <= set(Job.State.values):
            raise InvalidInput("unknown state", field="state", allowed=Job.State.values)
        wanted["state__in"] = states
    if text := asked.get("kind"):
        wanted["kind"] = text[:60]
    return jobs.filter(**wanted)
