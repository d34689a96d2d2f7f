"""`/datasets/{id}/imports/` and `/imports/{id}/`."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from core.errors import InvalidInput
from core.models import Job
from core.services.uploads import upload_for
from datasets.api import import_forms, shapes
from datasets.api.rules import RULES
from datasets.models import Dataset, ImportBatch
from datasets.selectors.datasets import dataset_for, import_for, imports_of
from datasets.selectors.statistics import import_render
from datasets.services import imports


class ImportViewSet(StudioViewSet):
    """`/datasets/{id}/imports/`."""

    resource = "imports"
    rules = RULES

    @extend_schema(responses=paged(shapes.ImportShape))
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Imports into this data set, newest first."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return page(request, imports_of(dataset_id), render=_rendered)

    @extend_schema(
        request={"multipart/form-data": import_forms.ImportForm, "application/json": import_forms.ImportForm},
        responses={202: JobAcceptedSerializer},
    )
    def create(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Import a file of at most 64 MB, a finished upload, an address, the objects of a bucket, or the rows of a query.

        The job's result is `{created, duplicates, annotated, skipped, tagged, problems, problem_samples}`;
        `tagged` were there already and got one of the `tags`.
        """
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        sent = accepted(import_forms.ImportForm, request.data)
        options = imports.ImportOptions(
            **{
                name: sent[name]
                for name in ("format", "on_problem", "dry_run", "group_by", "columns", "tags")
            }
        )
        return self.accepted(self._submitted(request, dataset, sent, options))

    @extend_schema(responses=shapes.ImportShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One import, with its counts and problems also while it runs."""
        batch = import_for(self.user, pk)
        self.allow(batch.dataset.project_id)
        return Response(import_render(batch))

    def _submitted(
        self, request: Request, dataset: Dataset, sent: dict[str, Any], options: imports.ImportOptions
    ) -> Job:
        given = [name for name in ("file", "upload_id", "url", "s3", "sql") if name in sent]
        if len(given) != 1:
            raise InvalidInput("send exactly one of file, upload_id, url, s3 and sql", field="file")
        if given == ["file"]:
            files = request.FILES.getlist("file")
            return imports.import_submit_files(actor=self.user, dataset=dataset, files=files, options=options)
        if given == ["url"]:
            return imports.import_submit_url(
                actor=self.user, dataset=dataset, url=sent["url"], options=options
            )
        if given == ["s3"]:
            return imports.import_submit_bucket(
                actor=self.user, dataset=dataset, bucket=sent["s3"], options=options
            )
        if given == ["sql"]:
            return imports.import_submit_sql(
                actor=self.user, dataset=dataset, sql=sent["sql"], options=options
            )
        name = upload_for(self.user, sent["upload_id"]).filename or "upload"
        return imports.import_submit_upload(
            actor=self.user, dataset=dataset, upload_id=sent["upload_id"], filename=name, options=options
        )


def _rendered(rows: "list[ImportBatch]") -> "list[dict[str, Any]]":
    return [import_render(row) for row in rows]
