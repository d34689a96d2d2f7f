"""`/models/`, `/model-versions/`, aliases and exports."""

import uuid
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.media import blob_response
from core.api.pages import page, paged
from core.api.queries import uuid_of
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from core.errors import InvalidInput
from core.models import Job
from core.selectors import project_for
from core.services.blobs import blob_row
from core.services.uploads import upload_take
from training.api import forms, shapes
from training.api.rules import RULES
from training.models import ModelVersion, RegisteredModel
from training.selectors.models import (
    export_for,
    model_for,
    model_render,
    model_version_for,
    model_version_render,
    models_visible_to,
    versions_of,
)
from training.services.exports import export_submit
from training.services.imports import import_submit
from training.services.registry import alias_remove, alias_set, model_create, model_update


class ModelViewSet(StudioViewSet):
    """`/models/`."""

    resource = "models"
    rules = RULES

    @extend_schema(responses=paged(shapes.ModelShape), parameters=[OpenApiParameter("project", uuid.UUID)])
    def list(self, request: Request) -> Response:
        """Models the caller may see, newest first."""
        self.scoped()
        rows = models_visible_to(self.user)
        if project := uuid_of(request, "project"):
            rows = rows.filter(project_id=project)
        return page(request, rows, render=_models)

    @extend_schema(request=forms.ModelForm, responses={201: shapes.ModelShape})
    def create(self, request: Request) -> Response:
        """A model without versions, to import into."""
        sent = accepted(forms.ModelForm, request.data)
        project = project_for(self.user, sent.pop("project"))
        self.allow(project)
        model = model_create(actor=self.user, project=project, **sent)
        return self.created(model_render(model_for(self.user, model.pk)), f"/api/v1/models/{model.pk}/")

    @extend_schema(responses=shapes.ModelShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One model."""
        return Response(model_render(self._model(pk)))

    @extend_schema(request=forms.ModelChangeForm, responses=shapes.ModelShape)
    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Change name or description."""
        model = self._model(pk)
        model_update(actor=self.user, model=model, changes=accepted(forms.ModelChangeForm, request.data))
        return Response(model_render(model_for(self.user, pk)))

    @extend_schema(
        request={"multipart/form-data": forms.ModelImportForm, "application/json": forms.ModelImportForm},
        responses={202: JobAcceptedSerializer},
        operation_id="models_import",
    )
    def import_(self, request: Request, pk: uuid.UUID) -> Response:
        """An ONNX file as the next version. It is examined by the job; what is wrong with it fails the job."""
        model = self._model(pk)
        sent = accepted(forms.ModelImportForm, request.data)
        if ("file" in sent) == ("upload_id" in sent):
            raise InvalidInput("send either file or upload_id", field="file")
        return self.accepted(self._imported(model, sent))

    @property
    def operation(self) -> str:
        """`import` is no name for a method."""
        return "models_import" if self.action == "import_" else super().operation

    def _imported(self, model: RegisteredModel, sent: dict[str, Any]) -> Job:
        if "upload_id" in sent:
            path = upload_take(self.user, sent["upload_id"])
            return import_submit(actor=self.user, model=model, path=path, licence=sent["licence"])
        with NamedTemporaryFile(suffix=".onnx") as aside:
            for chunk in sent["file"].chunks():
                aside.write(chunk)
            aside.flush()
            return import_submit(actor=self.user, model=model, path=Path(aside.name), licence=sent["licence"])

    def _model(self, pk: uuid.UUID) -> RegisteredModel:
        model = model_for(self.user, pk)
        self.allow(model.project_id)
        return model


class ModelVersionViewSet(StudioViewSet):
    """`/models/{id}/versions/` and `/model-versions/{id}/`."""

    resource = "model_versions"
    rules = RULES

    @extend_schema(responses=paged(shapes.ModelVersionShape))
    def list(self, request: Request, model_id: uuid.UUID) -> Response:
        """Versions of the model, newest first."""
        self.allow(model_for(self.user, model_id).project_id)
        return page(request, versions_of(model_id), render=_versions)

    @extend_schema(responses=shapes.ModelVersionShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One version."""
        version = model_version_for(self.user, pk)
        self.allow(version.model.project_id)
        return Response(model_version_render(version))

    @extend_schema(responses={(200, "application/x-onnx"): OpenApiTypes.BINARY})
    def download(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """The ONNX file."""
        version = model_version_for(self.user, pk)
        self.allow(version.model.project_id)
        name = f"{version.model.name}-v{version.number}.onnx"
        return blob_response(request._request, blob_row(version.sha256), filename=name, immutable=False)


class ModelAliasViewSet(StudioViewSet):
    """`/models/{id}/aliases/{alias}/`."""

    resource = "model_aliases"
    rules = RULES

    @extend_schema(request=forms.AliasForm, responses=shapes.ModelShape)
    def update(self, request: Request, model_id: uuid.UUID, alias: str) -> Response:
        """Point `champion` or `challenger` at a version that passed parity."""
        model = self._model(model_id)
        sent = accepted(forms.AliasForm, request.data)
        version = model_version_for(self.user, sent["version"])
        alias_set(actor=self.user, model=model, name=alias, version=version)
        return Response(model_render(model_for(self.user, model_id)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, model_id: uuid.UUID, alias: str) -> Response:
        """Take the name away."""
        alias_remove(actor=self.user, model=self._model(model_id), name=alias)
        return self.no_content()

    def _model(self, model_id: uuid.UUID) -> RegisteredModel:
        model = model_for(self.user, model_id)
        self.allow(model.project_id)
        return model


class ModelExportViewSet(StudioViewSet):
    """`/model-versions/{id}/exports/` and `/model-exports/{id}/download/`."""

    resource = "model_exports"
    rules = RULES

    @extend_schema(request=forms.ModelExportForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, version_id: uuid.UUID) -> Response:
        """Make a file to take away; the job's result is `{download_url, sha256, bytes, target, metrics}`."""
        version = model_version_for(self.user, version_id)
        self.allow(version.model.project_id)
        sent = accepted(forms.ModelExportForm, request.data)
        return self.accepted(export_submit(actor=self.user, version=version, target=sent["target"]))

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def download(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """The file."""
        export = export_for(self.user, pk)
        version = export.model_version
        self.allow(version.model.project_id)
        name = f"{version.model.name}-v{version.number}-{export.target}.zip"
        return blob_response(request._request, blob_row(export.sha256), filename=name, immutable=False)


def _models(rows: "list[RegisteredModel]") -> "list[dict[str, Any]]":
    return [model_render(row) for row in rows]


def _versions(rows: "list[ModelVersion]") -> "list[dict[str, Any]]":
    return [model_version_render(row) for row in rows]
