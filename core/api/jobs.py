"""Background work, as the people who wait for it see it."""

import uuid

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core import selectors
from core.api.pages import page, paged
from core.api.queries import choices_of, uuid_of
from core.api.rules import RULES
from core.api.serializers import JobSerializer
from core.api.views import StudioViewSet
from core.errors import Forbidden
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
        return page(request, jobs, render=selectors.jobs_render)

    @extend_schema(responses=JobSerializer)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One job."""
        return Response(selectors.jobs_render([selectors.job_for(self.user, pk)])[0])

    @extend_schema(request=None, responses=JobSerializer)
    def cancel(self, request: Request, pk: uuid.UUID) -> Response:
        """Ask a job to stop; a running one stops within five seconds."""
        job = selectors.job_for(self.user, pk)
        if job.created_by_id != self.user.pk and not _manages(self, job):
            raise Forbidden("only whoever started a job or manages the project may cancel it")
        return Response(selectors.job_render(job_cancel(actor=self.user, job=job)))


def _manages(view: JobViewSet, job: Job) -> bool:
    if view.user.is_superuser:
        return True
    return job.project_id is not None and "manage_project" in selectors.project_permissions(
        view.user, job.project_id
    )


def _filtered(jobs: QuerySet[Job], request: Request) -> QuerySet[Job]:
    if project := uuid_of(request, "project"):
        jobs = jobs.filter(project_id=project)
    if states := choices_of(request, "state", Job.State.values):
        jobs = jobs.filter(state__in=states)
    if kind := request.query_params.get("kind"):
        jobs = jobs.filter(kind=kind[:60])
    return jobs
