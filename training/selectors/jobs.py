"""What jobs are about, by name."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import F, QuerySet, Value

from training.models import Evaluation, ModelVersion, RegisteredModel, Run


def job_subjects(ids: Mapping[str, Collection[uuid.UUID]]) -> list[QuerySet[Any, Any]]:
    """Rows of runs, models, their versions and reports (`STUDIO_JOB_SUBJECTS`). Nothing of it is ever gone."""
    parts: list[QuerySet[Any, Any]] = []
    if runs := ids.get("run"):
        parts.append(_named(Run.objects.filter(pk__in=runs), "run"))
    if models := ids.get("model"):
        parts.append(_named(RegisteredModel.objects.filter(pk__in=models), "model"))
    if versions := ids.get("version"):
        parts.append(_versions(ModelVersion.objects.filter(pk__in=versions), "model_version", ""))
    if evaluations := ids.get("evaluation"):
        parts.append(_versions(Evaluation.objects.filter(pk__in=evaluations), "report", "model_version__"))
    return parts


def _named(rows: QuerySet[Any, Any], kind: str) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(
        F("pk"), Value(kind), F("pk"), F("pk"), F("project_id"), F("name"), Value(0), Value(False)
    )


def _versions(rows: QuerySet[Any, Any], kind: str, prefix: str) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(
        F("pk"),
        Value(kind),
        F(f"{prefix}pk"),
        F(f"{prefix}model_id"),
        F(f"{prefix}model__project_id"),
        F(f"{prefix}model__name"),
        F(f"{prefix}number"),
        Value(False),
    )
