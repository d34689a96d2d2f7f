"""`/datasets/{id}/versions/`, `/versions/{id}/`, their exports and the downloads."""

import uuid
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.media import blob_response
from core.api.pages import page, paged
from core.api.queries import ids_of
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from core.services.blobs import blob_row
from datasets.api import forms, shapes
from datasets.api.rules import RULES
from datasets.models import DatasetVersion, VersionExport
from datasets.selectors.datasets import dataset_for, export_for, version_for
from datasets.selectors.versions import export_render, exports_of, version_render, versions_of
from datasets.services.exports import export_submit
from datasets.services.table_restore import key_of
from datasets.services.version_diff import version_diff
from datasets.services.version_restore import restore_submit
from datasets.services.versions import version_submit
from datasets.splits import SplitSpec


class VersionViewSet(StudioViewSet):
    """Versions."""

    resource = "versions"
    rules = RULES

    @extend_schema(responses=paged(shapes.VersionShape))
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Versions of the data set, newest first."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return page(request, versions_of(dataset_id), render=_versions)

    @extend_schema(request=forms.VersionForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Freeze and split; the job's result is the version.

        `filter` takes the filters of the sample list; without `state` labeled and reviewed samples are
        taken, `state: all` takes every one.
        """
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        sent = accepted(forms.VersionForm, request.data)
        spec = SplitSpec(**sent["split"]) if "split" in sent else SplitSpec()
        job = version_submit(
            actor=self.user,
            dataset=dataset,
            name=sent["name"],
            spec=spec,
            conditions=sent.get("filter", {}),
            outside=sent["outside"],
        )
        return self.accepted(job)

    @extend_schema(responses=shapes.VersionShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One version."""
        version = version_for(self.user, pk)
        self.allow(version.dataset.project_id)
        return Response(version_render(version))

    @extend_schema(
        responses=shapes.VersionDiffShape,
        parameters=[
            OpenApiParameter("against", uuid.UUID, required=True),
            OpenApiParameter("key", int, description="Tables: the number of the column that names a row"),
        ],
    )
    def diff(self, request: Request, pk: uuid.UUID) -> Response:
        """What changed since the version named by `against`.

        Rows of tables are told apart by what they say, or by the column `key`; `table` has the rows themselves.
        """
        version = version_for(self.user, pk)
        self.allow(version.dataset.project_id)
        against = ids_of(request, "against", most=1)[0]
        key = key_of(request.query_params.get("key", ""))
        return Response(version_diff(version, version_for(self.user, against), key=key))

    @extend_schema(request=forms.RestoreForm, responses={202: JobAcceptedSerializer})
    def restore(self, request: Request, pk: uuid.UUID) -> Response:
        """Bring the data set's samples and labels back to what the version holds.

        With `preview` the job only counts. Its result has `returned` (out of the bin), `contents` (those that get back
        what a cleaning changed), `relabeled`, `unchanged`, `gone_purged`, `gone_bytes`, `gone_class` and `gone_cleaned`
        (what cannot come back, and why; of the last, another sample of the version has what it became), `in_work` (what
        waits in an open campaign), `others` (samples that the version does not have; `others_since` of them came later)
        and, once done, the `edit`, which can be undone.
        """
        version = version_for(self.user, pk)
        self.allow(version.dataset.project_id)
        sent = accepted(forms.RestoreForm, request.data)
        _, job = restore_submit(actor=self.user, version=version, **sent)
        return self.accepted(job)


class VersionExportViewSet(StudioViewSet):
    """`/versions/{id}/exports/`."""

    resource = "version_exports"
    rules = RULES

    @extend_schema(responses=paged(shapes.ExportShape))
    def list(self, request: Request, version_id: uuid.UUID) -> Response:
        """Finished exports of the version, newest first."""
        version = version_for(self.user, version_id)
        self.allow(version.dataset.project_id)
        return page(request, exports_of(version_id), render=_exports)

    @extend_schema(request=forms.ExportForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, version_id: uuid.UUID) -> Response:
        """Make an archive; the job's result is `{download_url, sha256, bytes}`."""
        version = version_for(self.user, version_id)
        self.allow(version.dataset.project_id)
        sent = accepted(forms.ExportForm, request.data)
        return self.accepted(export_submit(actor=self.user, version=version, **sent))


class ExportViewSet(StudioViewSet):
    """`/exports/{id}/`."""

    resource = "exports"
    rules = RULES

    @extend_schema(responses=shapes.ExportShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One finished export."""
        export = export_for(self.user, pk)
        self.allow(export.version.dataset.project_id)
        return Response(export_render(export))

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def download(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """The archive, for whoever may view the project at this moment."""
        export = export_for(self.user, pk)
        self.allow(export.version.dataset.project_id)
        name = f"{export.version.dataset.name}-v{export.version.number}-{export.format}.zip"
        return blob_response(request._request, blob_row(export.sha256), filename=name, immutable=False)


def _versions(rows: "list[DatasetVersion]") -> "list[dict[str, Any]]":
    return [version_render(row) for row in rows]


def _exports(rows: "list[VersionExport]") -> "list[dict[str, Any]]":
    return [export_render(row) for row in rows]
