"""Runs as others see them, and their curves."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Count, F, QuerySet, Value

from core.errors import NotFound
from core.models import JobEvent, User
from core.selectors import job_render, project_ids_with
from training.models import MetricPoint, RegisteredModel, Run
from training.selectors.curves import Point, downsampled

MAX_POINTS: Final = 2000
LOG_LINES: Final = 500
_JOINED: Final = ("job", "created_by", "dataset_version__dataset", "model_version")


def runs_visible_to(user: User) -> QuerySet[Run]:
    """Runs of the projects whose data `user` may view."""
    return Run.objects.filter(project_id__in=project_ids_with(user, "view_project")).select_related(*_JOINED)


def run_for(user: User, run_id: uuid.UUID) -> Run:
    """The run, if `user` belongs to its project. Raises NotFound."""
    rows = Run.objects.filter(project_id__in=project_ids_with(user, "access_project"))
    run = rows.select_related(*_JOINED, "project").filter(pk=run_id).first()
    if run is None:
        raise NotFound
    return run


def run_render(run: Run) -> dict[str, Any]:
    """One run."""
    job, version = job_render(run.job), getattr(run, "model_version", None)
    return {
        "id": run.pk,
        "project": run.project_id,
        "name": run.name,
        "state": run.job.state,
        "stage": run.stage,
        "progress": job["progress"],
        "eta_s": run.job.progress_eta_s if not run.job.has_ended else None,
        "job": job,
        "error": job["error"],
        "task": run.task,
        "algorithm": run.algorithm,
        "profile": run.profile,
        "params": run.params,
        "recipe": run.recipe,
        "seed": run.seed,
        "device": run.resources.get("device", run.device),
        "resources": run.resources,
        "dataset": run.dataset_version.dataset_id,
        "dataset_version": run.dataset_version_id,
        "parent": run.parent_id,
        "model": version.model_id if version else None,
        "model_version": version.pk if version else None,
        "metrics": version.metrics if version else {},
        "parity": version.parity if version else None,
        "created_by": run.created_by.username,
        "created_at": run.created_at,
        "started_at": run.job.started_at,
        "finished_at": run.job.finished_at,
    }


def metric_series(run: Run, keys: Sequence[str], points: int) -> dict[str, list[list[Any]]]:
    """Curves as [step, value, time], at most `points` of each, no peak left out; all keys when none are named."""
    rows = MetricPoint.objects.filter(run=run).order_by("key", "step")
    if keys:
        rows = rows.filter(key__in=keys)
    curves: dict[str, list[Point]] = defaultdict(list)
    for key, step, value, at in rows.values_list("key", "step", "value", "at").iterator(5_000):
        curves[key].append((step, value, at))
    return {
        key: [[step, value, at.isoformat()] for step, value, at in downsampled(curve, points)]
        for key, curve in curves.items()
    }


def run_log(run: Run, after: int) -> list[dict[str, Any]]:
    """Lines of the run's log behind the number `after`, oldest first."""
    rows = JobEvent.objects.filter(job_id=run.job_id, type="log", pk__gt=after).order_by("pk")[:LOG_LINES]
    return [{"id": row.pk, "at": row.at, "text": row.payload.get("text", "")} for row in rows]


def project_counters(project_ids: Sequence[uuid.UUID]) -> list[QuerySet[Any, Any]]:
    """Rows (project, name, count) of what training holds in these projects (`STUDIO_PROJECT_COUNTERS`)."""
    runs = Run.objects.filter(project_id__in=project_ids).order_by()
    models = RegisteredModel.objects.filter(project_id__in=project_ids).order_by()
    return [
        runs.values_list(F("project_id"), Value("runs"), Count("pk")),
        models.values_list(F("project_id"), Value("models"), Count("pk")),
    ]
