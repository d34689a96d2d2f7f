"""The first page of the administration: progress, jobs, failures, storage."""

import json
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.template.defaultfilters import date, filesizeformat
from django.utils.translation import gettext as _

from core.admin.base import is_manager, managed_ids
from core.clock import utc_now
from core.models import OUTSIDE, Blob, Job, Project
from core.selectors import project_counts

DAYS = 14
PROJECTS = 12
FAILURES = 8
_COLORS = {"succeeded": "#1f9d68", "failed": "#d64545", "cancelled": "#8a94a6"}


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK: what the page shows, narrowed to what the person manages."""
    if not is_manager(request):
        return context
    projects = _projects(request)
    jobs = Job.objects.all()
    if not request.user.is_superuser:
        jobs = jobs.filter(project_id__in=managed_ids(request))
    counts = project_counts([project.pk for project in projects])
    rows = [(project, counts[project.pk]) for project in projects]
    context |= {
        "figures": _figures(request, jobs, rows),
        "progress_chart": json.dumps(_progress(rows)),
        "jobs_chart": json.dumps(_jobs_by_day(jobs)),
        "chart_options": json.dumps(
            {"plugins": {"legend": {"display": True}}, "scales": {"y": {"beginAtZero": True}}}
        ),
        "projects_table": _projects_table(rows),
        "failures_table": _failures_table(jobs),
    }
    return context


def _projects(request: HttpRequest) -> list[Project]:
    live = Project.objects.filter(deleted_at__isnull=True, pk__in=managed_ids(request))
    return list(live.order_by("-created_at", "-id")[:PROJECTS])


def _figures(
    request: HttpRequest, jobs: QuerySet[Job], rows: list[tuple[Project, dict[str, int]]]
) -> list[dict[str, Any]]:
    states = dict(jobs.filter(finished_at__isnull=True).order_by().values_list("state").annotate(Count("pk")))
    figures: list[dict[str, Any]] = [
        {"title": _("Projects"), "value": len(rows)},
        {"title": _("Samples"), "value": sum(counts["samples"] for _project, counts in rows)},
        {"title": _("Labeled"), "value": sum(counts["labeled"] for _project, counts in rows)},
        {"title": _("Jobs running"), "value": states.get("running", 0)},
        {"title": _("Jobs waiting"), "value": states.get("queued", 0)},
    ]
    if request.user.is_superuser:
        stored = Blob.objects.exclude(container=OUTSIDE).aggregate(total=Sum("size_bytes"))["total"] or 0
        figures.append({"title": _("Storage used"), "value": filesizeformat(stored)})
    return figures


def _progress(rows: list[tuple[Project, dict[str, int]]]) -> dict[str, Any]:
    return {
        "labels": [project.name for project, _counts in rows],
        "datasets": [
            {"label": _("Labeled"), "data": [c["labeled"] for _p, c in rows], "backgroundColor": "#2f6fed"},
            {"label": _("Samples"), "data": [c["samples"] for _p, c in rows], "backgroundColor": "#c9d3e3"},
        ],
    }


def _jobs_by_day(jobs: QuerySet[Job]) -> dict[str, Any]:
    today = utc_now().date()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    ended = jobs.filter(finished_at__gte=utc_now() - timedelta(days=DAYS))
    counted = (
        ended.annotate(day=TruncDate("finished_at"))
        .order_by()
        .values_list("day", "state")
        .annotate(Count("pk"))
    )
    table = {(day, state): count for day, state, count in counted}
    names = {"succeeded": _("Succeeded"), "failed": _("Failed"), "cancelled": _("Cancelled")}
    return {
        "labels": [day.isoformat() for day in days],
        "datasets": [
            {
                "label": names[state],
                "data": [table.get((day, state), 0) for day in days],
                "backgroundColor": color,
            }
            for state, color in _COLORS.items()
        ],
    }


def _projects_table(rows: list[tuple[Project, dict[str, int]]]) -> dict[str, Any]:
    headers = [_("Project"), _("Members"), _("Samples"), _("Labeled"), _("Versions"), _("Runs"), _("Models"), _("Endpoints")]  # fmt: skip
    names = ("members", "samples", "labeled", "versions", "runs", "models", "endpoints")
    return {
        "headers": headers,
        "rows": [[project.name, *(counts[n] for n in names)] for project, counts in rows],
    }


def _failures_table(jobs: QuerySet[Job]) -> dict[str, Any]:
    failed = jobs.filter(state=Job.State.FAILED).select_related("project").order_by("-finished_at")[:FAILURES]
    return {
        "headers": [_("When"), _("Project"), _("Kind"), _("Cause")],
        "rows": [
            [
                date(job.finished_at, "Y-m-d H:i"),
                job.project.name if job.project else "–",
                job.kind,
                job.error_detail,
            ]
            for job in failed
        ],
    }
