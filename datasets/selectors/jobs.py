"""What jobs are about, by name."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet, Value

from datasets.models import Dataset, DatasetVersion


def job_subjects(ids: Mapping[str, Collection[uuid.UUID]]) -> list[QuerySet[Any, Any]]:
    """Rows of data sets and versions (`STUDIO_JOB_SUBJECTS`)."""
    parts: list[QuerySet[Any, Any]] = []
    if versions := ids.get("version"):
        parts.append(
            DatasetVersion.objects.filter(pk__in=versions)
            .order_by()
            .values_list(
                F("pk"),
                Value("version"),
                F("pk"),
                F("dataset_id"),
                F("dataset__project_id"),
                F("dataset__name"),
                F("number"),
                _is_gone("dataset__"),
            )
        )
    if datasets := ids.get("dataset"):
        parts.append(
            Dataset.objects.filter(pk__in=datasets)
            .order_by()
            .values_list(
                F("pk"),
                Value("dataset"),
                F("pk"),
                F("pk"),
                F("project_id"),
                F("name"),
                Value(0),
                _is_gone(""),
            )
        )
    return parts


def _is_gone(prefix: str) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(Q(**{f"{prefix}deleted_at__isnull": False}), output_field=BooleanField())
