"""Routes of training below /api/v1/."""

from typing import Any

from django.urls import path
from django.urls.resolvers import URLPattern

from training.api.evaluations import EvaluationViewSet
from training.api.models import ModelAliasViewSet, ModelExportViewSet, ModelVersionViewSet, ModelViewSet
from training.api.runs import AlgorithmViewSet, RunViewSet

_MANY: dict[str, Any] = {"get": "list", "post": "create"}
_READ: dict[str, Any] = {"get": "retrieve"}
_VERSION = "model-versions/<uuid:version_id>"

urlpatterns: list[URLPattern] = [
    path("algorithms/", AlgorithmViewSet.as_view({"get": "list"})),
    path("runs/", RunViewSet.as_view(_MANY)),
    path("runs/compare/", RunViewSet.as_view({"get": "compare"})),
    path("runs/<uuid:pk>/", RunViewSet.as_view(_READ)),
    path("runs/<uuid:pk>/metrics/", RunViewSet.as_view({"get": "metrics"})),
    path("runs/<uuid:pk>/logs/", RunViewSet.as_view({"get": "logs"})),
    *(
        path(f"runs/<uuid:pk>/{verb}/", RunViewSet.as_view({"post": verb}))
        for verb in ("cancel", "resume", "clone", "reproduce")
    ),
    path("models/", ModelViewSet.as_view(_MANY)),
    path("models/<uuid:pk>/", ModelViewSet.as_view({**_READ, "patch": "partial_update"})),
    path("models/<uuid:pk>/import/", ModelViewSet.as_view({"post": "import_"})),
    path("models/<uuid:model_id>/versions/", ModelVersionViewSet.as_view({"get": "list"})),
    path(
        "models/<uuid:model_id>/aliases/<slug:alias>/",
        ModelAliasViewSet.as_view({"put": "update", "delete": "destroy"}),
    ),
    path("model-versions/<uuid:pk>/", ModelVersionViewSet.as_view(_READ)),
    path("model-versions/<uuid:pk>/download/", ModelVersionViewSet.as_view({"get": "download"})),
    path(f"{_VERSION}/evaluations/", EvaluationViewSet.as_view(_MANY)),
    path(f"{_VERSION}/exports/", ModelExportViewSet.as_view({"post": "create"})),
    path("model-exports/<uuid:pk>/download/", ModelExportViewSet.as_view({"get": "download"})),
    path("evaluations/compare/", EvaluationViewSet.as_view({"get": "compare"})),
    path("evaluations/<uuid:pk>/", EvaluationViewSet.as_view(_READ)),
    path("evaluations/<uuid:pk>/samples/", EvaluationViewSet.as_view({"get": "samples"})),
]
