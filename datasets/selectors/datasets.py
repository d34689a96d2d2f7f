"""Data sets a person may see."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from django.db.models import Max, Model, QuerySet

from core.errors import NotFound
from core.models import User
from core.prepared import Prepared
from core.roles import PERMISSIONS
from core.selectors import project_ids_with
from datasets.models import Dataset, DatasetVersion, Finding, ImportBatch, Sample, VersionExport
from datasets.quality.kinds import FROM_VECTORS
from datasets.selectors.counters import counts_of
from datasets.selectors.lineage import origin_render
from datasets.selectors.schema import schema_render

Row = TypeVar("Row", bound=Model)


def datasets_visible_to(user: User) -> QuerySet[Dataset]:
    """Data sets of the projects whose data `user` may view."""
    return Dataset.objects.filter(
        project_id__in=project_ids_with(user, "view_project"), deleted_at__isnull=True
    )


def dataset_for(user: User, dataset_id: uuid.UUID) -> Dataset:
    """The data set, if `user` belongs to its project. Raises NotFound.

    Membership is what makes it visible; what may be done with it is the rule's question.
    """
    return of_member(user, Dataset.objects.select_related("project"), "", pk=dataset_id)


@dataclass(frozen=True, slots=True)
class Browsed:
    """What a list of samples has to know of their data set, and what the reader may do with it."""

    project_id: uuid.UUID
    task: str
    modality: str
    held: frozenset[str]


def _granted(dataset_id: uuid.UUID, user_id: uuid.UUID) -> QuerySet[Dataset, Any]:
    rows = _live(dataset_id).filter(project__projectuserpermission__user_id=user_id)
    return rows.values_list(*_BROWSED, "project__projectuserpermission__permission__codename")


def _live(dataset_id: uuid.UUID) -> QuerySet[Dataset]:
    return Dataset.objects.filter(
        pk=dataset_id, deleted_at__isnull=True, project__deleted_at__isnull=True
    ).order_by()


_BROWSED: Final = ("project_id", "task", "modality")
_GRANTED: Final = Prepared(_granted, uuid.UUID, uuid.UUID)


def dataset_browsed(user: User, dataset_id: uuid.UUID) -> Browsed:
    """The same data set as of `dataset_for`, with what `user` may do there. One statement. Raises NotFound."""
    if not user.is_active:
        raise NotFound
    if user.is_superuser:
        found = _live(dataset_id).values_list(*_BROWSED).first()
        rows = [] if found is None else [(*found, permission) for permission in PERMISSIONS]
    else:
        rows = _GRANTED.rows(dataset_id, user.pk)
    held = frozenset(row[-1] for row in rows)
    if "access_project" not in held:
        raise NotFound
    project_id, task, modality, _ = rows[0]
    return Browsed(project_id, task, modality, held)


def sample_for(user: User, sample_id: uuid.UUID) -> Sample:
    """The sample, if `user` belongs to its project. Raises NotFound."""
    return of_member(user, Sample.objects.select_related("dataset"), "dataset__", pk=sample_id)


def import_for(user: User, import_id: uuid.UUID) -> ImportBatch:
    """The import, if `user` belongs to its project. Raises NotFound."""
    return of_member(
        user, ImportBatch.objects.select_related("dataset", "created_by"), "dataset__", pk=import_id
    )


def imports_of(dataset_id: uuid.UUID) -> QuerySet[ImportBatch]:
    """Imports into a data set."""
    return ImportBatch.objects.filter(dataset_id=dataset_id).select_related("created_by")


def version_for(user: User, version_id: uuid.UUID) -> DatasetVersion:
    """The version, if `user` belongs to its project. Raises NotFound."""
    rows = DatasetVersion.objects.select_related("dataset", "created_by")
    return of_member(user, rows, "dataset__", pk=version_id)


def export_for(user: User, export_id: uuid.UUID) -> VersionExport:
    """The export, if `user` belongs to its project. Raises NotFound."""
    rows = VersionExport.objects.select_related("version__dataset")
    return of_member(user, rows, "version__dataset__", pk=export_id)


def findings_of(dataset_id: uuid.UUID) -> list[Finding]:
    """The newest answers of the checks that found something, worst first."""
    order = {Finding.Severity.ERROR: 0, Finding.Severity.WARNING: 1, Finding.Severity.INFO: 2}
    rows = Finding.objects.filter(dataset_id=dataset_id, count__gt=0)
    return sorted(rows, key=lambda row: (order[Finding.Severity(row.severity)], row.code))


def checked_at(dataset_id: uuid.UUID) -> datetime | None:
    """When the checks last ran, also if they found nothing; None if they never did."""
    rows = Finding.objects.filter(dataset_id=dataset_id).exclude(code__in=FROM_VECTORS)
    return cast("datetime | None", rows.aggregate(last=Max("checked_at"))["last"])


def dataset_render(dataset: Dataset) -> dict[str, Any]:
    """A data set with its schema, counts and origin. Three statements, one more for a branch."""
    return {
        **dataset_brief(dataset, counts_of([dataset.pk])[dataset.pk]),
        "label_schema": schema_render(dataset),
        "origin": origin_render(dataset),
    }


def dataset_brief(dataset: Dataset, counts: dict[str, int]) -> dict[str, Any]:
    """A data set in a list."""
    return {
        "id": dataset.pk,
        "project": dataset.project_id,
        "name": dataset.name,
        "description": dataset.description,
        "modality": dataset.modality,
        "task": dataset.task,
        "counts": counts,
        "created_at": dataset.created_at,
    }


def of_member(user: User, rows: QuerySet[Row], prefix: str, **wanted: Any) -> Row:
    """The one row that `wanted` names in a project `user` belongs to; `prefix` leads to the data set. Raises NotFound."""
    narrowed = {
        f"{prefix}project_id__in": project_ids_with(user, "access_project"),
        f"{prefix}deleted_at__isnull": True,
    }
    found = rows.filter(**narrowed, **wanted).first()
    if found is None:
        raise NotFound
    return found
