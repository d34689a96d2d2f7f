"""`/datasets/`, their statistics, findings and checks."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import etag_of, revision_expected
from core.api.forms import accepted
from core.api.pages import ordering_of, page, paged
from core.api.queries import choices_of, uuid_of
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from core.selectors import project_for
from datasets.api import forms, shapes
from datasets.api.rules import RULES
from datasets.formats.registry import MODALITIES, importers_of, writers_of
from datasets.models import Dataset, Modality, Task
from datasets.models.dataset import TABLE_TASKS
from datasets.selectors import datasets as selectors
from datasets.selectors.check_age import changed_since
from datasets.selectors.counters import counts_of
from datasets.selectors.statistics import dataset_statistics, finding_render
from datasets.services import datasets as services
from datasets.services import quality
from datasets.tables.files import FORMATS as TABLE_FORMATS
from datasets.tables.writers import EXPORTS as TABLE_EXPORTS
from datasets.tables.writers import TSV

_PROJECT = OpenApiParameter("project", uuid.UUID, description="Only data sets of this project")


class DatasetViewSet(StudioViewSet):
    """`/datasets/`."""

    resource = "datasets"
    rules = RULES

    @extend_schema(responses=paged(shapes.DatasetBriefShape), parameters=[_PROJECT])
    def list(self, request: Request) -> Response:
        """Data sets the caller may view, newest first. Filters: `project`, `task`, `text`."""
        visible = selectors.datasets_visible_to(self.user)
        if project := uuid_of(request, "project"):
            visible = visible.filter(project_id=project)
        if tasks := choices_of(request, "task", Task.values):
            visible = visible.filter(task__in=tasks)
        if text := request.query_params.get("text"):
            visible = visible.filter(name__icontains=text)
        ordering = ordering_of(request, ("created_at", "name"), "-created_at")
        return page(request, visible, render=_rendered, ordering=ordering)

    @extend_schema(request=forms.DatasetForm, responses={201: shapes.DatasetShape})
    def create(self, request: Request) -> Response:
        """Begin an empty data set."""
        sent = accepted(forms.DatasetForm, request.data)
        project = project_for(self.user, sent["project"])
        self.allow(project)
        dataset = services.dataset_create(
            actor=self.user,
            project=project,
            name=sent["name"],
            description=sent.get("description", ""),
            modality=sent["modality"],
            task=sent["task"],
            classes=sent.get("label_schema", {}).get("classes"),
            relations=sent.get("label_schema", {}).get("relations"),
        )
        return self.created(selectors.dataset_render(dataset), f"/api/v1/datasets/{dataset.pk}/")

    @extend_schema(responses=shapes.DatasetShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One data set; its `ETag` is the revision of the label schema."""
        dataset = selectors.dataset_for(self.user, pk)
        self.allow(dataset.project_id)
        return _answer(dataset)

    @extend_schema(request=forms.DatasetChangeForm, responses=shapes.DatasetShape)
    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Rename, describe, or replace the label schema, all or nothing; `If-Match` or `revision` guards it."""
        dataset = selectors.dataset_for(self.user, pk)
        self.allow(dataset.project_id)
        sent = accepted(forms.DatasetChangeForm, request.data, partial=True)
        changed = sent.get("label_schema", {})
        dataset = services.dataset_update(
            actor=self.user,
            dataset_id=pk,
            name=sent.get("name"),
            description=sent.get("description"),
            classes=changed.get("classes", []) if "label_schema" in sent else None,
            relations=changed.get("relations"),
            revision=changed.get("revision", revision_expected(request)),
        )
        return _answer(dataset)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """Hide the data set from everybody."""
        dataset = selectors.dataset_for(self.user, pk)
        self.allow(dataset.project_id)
        services.dataset_delete(actor=self.user, dataset_id=pk)
        return self.no_content()

    @extend_schema(responses=shapes.StatisticsShape)
    def statistics(self, request: Request, pk: uuid.UUID) -> Response:
        """How many of what, and how large."""
        dataset = selectors.dataset_browsed(self.user, pk)
        self.allow(dataset.project_id, held=dataset.held)
        return Response(dataset_statistics(pk))


class FindingViewSet(StudioViewSet):
    """`/datasets/{id}/findings/`."""

    resource = "findings"
    rules = RULES

    @extend_schema(responses=shapes.FindingsShape)
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """What the last checks found, worst first; what the labels alone say is always fresh."""
        dataset = selectors.dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        fresh = {row.code: row for row in quality.findings_now(dataset)}
        rows = [finding_render(row) for row in selectors.findings_of(dataset_id) if row.code not in fresh]
        rows = [_fresh(row) for row in fresh.values() if row.count] + rows
        rank = {"error": 0, "warning": 1, "info": 2}
        rows.sort(key=lambda row: (rank[row["severity"]], row["code"]))
        checked_at = selectors.checked_at(dataset_id)
        is_old = checked_at is not None and changed_since(dataset, checked_at)
        return Response(
            {
                "results": rows,
                "next": None,
                "previous": None,
                "count": len(rows),
                "checked_at": checked_at,
                "changed_since": is_old,
            }
        )


class QualityCheckViewSet(StudioViewSet):
    """`/datasets/{id}/quality-checks/`."""

    resource = "quality_checks"
    rules = RULES

    @extend_schema(request=forms.QualityCheckForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Run the checks. A table is compared with the version `against`, or with its newest one."""
        dataset = selectors.dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        against = accepted(forms.QualityCheckForm, request.data)["against"]
        return self.accepted(quality.quality_submit(actor=self.user, dataset=dataset, against=against))


class FormatViewSet(StudioViewSet):
    """`/dataset-formats/`."""

    resource = "dataset_formats"
    rules = RULES

    @extend_schema(responses=shapes.FormatShape(many=True))
    def list(self, request: Request) -> Response:
        """Formats that are read or written."""
        self.scoped()
        of_samples = [row for modality in MODALITIES for row in _formats_of(modality)]
        return Response([*of_samples, *_table_formats()])


def _formats_of(modality: str) -> list[dict[str, Any]]:
    read, written = importers_of(modality), writers_of(modality)
    titles = {key: row.title for key, row in written.items()} | {key: row.title for key, row in read.items()}
    return [
        {
            "key": key,
            "title": title,
            "modality": modality,
            "imports": key in read,
            "exports": key in written,
            "export_tasks": sorted(written[key].tasks) if key in written else [],
        }
        for key, title in sorted(titles.items())
    ]


def _table_formats() -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "title": title,
            "modality": Modality.TABULAR.value,
            "imports": key in TABLE_FORMATS,
            "exports": key in TABLE_EXPORTS,
            "export_tasks": sorted(TABLE_TASKS) if key in TABLE_EXPORTS else [],
        }
        for key, title in {**TABLE_FORMATS, **TSV}.items()
    ]


def _rendered(rows: "list[Dataset]") -> "list[dict[str, Any]]":
    counts = counts_of([row.pk for row in rows])
    return [selectors.dataset_brief(row, counts[row.pk]) for row in rows]


def _answer(dataset: Dataset) -> Response:
    return Response(selectors.dataset_render(dataset), headers={"ETag": etag_of(dataset.schema_revision)})


def _fresh(row: Any) -> dict[str, Any]:
    fields = ("code", "severity", "count", "remedy", "params")
    return {**{name: getattr(row, name) for name in fields}, "checked_at": None, "samples_url": None}
