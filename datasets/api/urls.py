"""Routes of datasets below /api/v1/."""

from typing import Any

from django.urls import path
from django.urls.resolvers import URLPattern

from datasets.api.augmentations import AugmentationViewSet, AugmentedVersionViewSet, RecipeViewSet
from datasets.api.balances import VersionBalanceViewSet
from datasets.api.bin import BinViewSet
from datasets.api.browse import BulkEditViewSet, SavedViewViewSet
from datasets.api.cards import VersionCardViewSet
from datasets.api.cleanings import CleaningOperatorViewSet, CleaningViewSet
from datasets.api.datasets import DatasetViewSet, FindingViewSet, FormatViewSet, QualityCheckViewSet
from datasets.api.embeddings import (
    DistributionViewSet,
    EmbeddingMapViewSet,
    EmbeddingViewSet,
    LabelSuspicionViewSet,
)
from datasets.api.imports import ImportViewSet
from datasets.api.merges import MergeViewSet, VersionBranchViewSet
from datasets.api.references import BucketSourceViewSet, ReferenceViewSet, VersionReferenceViewSet
from datasets.api.samples import SampleAnnotationViewSet, SampleViewSet
from datasets.api.syncs import SyncViewSet
from datasets.api.tables import TableColumnViewSet, TableViewSet
from datasets.api.versions import ExportViewSet, VersionExportViewSet, VersionViewSet

_ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
_MANY: dict[str, Any] = {"get": "list", "post": "create"}
_DATASET = "datasets/<uuid:dataset_id>"

urlpatterns: list[URLPattern] = [
    path("dataset-formats/", FormatViewSet.as_view({"get": "list"})),
    path("datasets/", DatasetViewSet.as_view(_MANY)),
    path("datasets/<uuid:pk>/", DatasetViewSet.as_view(_ONE)),
    path("datasets/<uuid:pk>/statistics/", DatasetViewSet.as_view({"get": "statistics"})),
    path(f"{_DATASET}/table/", TableViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path(f"{_DATASET}/table/rows/", TableViewSet.as_view({"get": "rows"})),
    path(
        f"{_DATASET}/table/columns/<int:index>/",
        TableColumnViewSet.as_view({"patch": "partial_update"}),
    ),
    path(f"{_DATASET}/findings/", FindingViewSet.as_view({"get": "list"})),
    path(f"{_DATASET}/quality-checks/", QualityCheckViewSet.as_view({"post": "create"})),
    path(f"{_DATASET}/embeddings/", EmbeddingViewSet.as_view(_MANY)),
    path(f"{_DATASET}/map/", EmbeddingMapViewSet.as_view({"get": "retrieve"})),
    path(f"{_DATASET}/distributions/", DistributionViewSet.as_view({"get": "list"})),
    path(f"{_DATASET}/label-suspicions/", LabelSuspicionViewSet.as_view({"get": "list"})),
    path(
        f"{_DATASET}/label-suspicions/<int:suspicion_id>/",
        LabelSuspicionViewSet.as_view({"patch": "partial_update"}),
    ),
    path(f"{_DATASET}/imports/", ImportViewSet.as_view(_MANY)),
    path("imports/<uuid:pk>/", ImportViewSet.as_view({"get": "retrieve"})),
    path(f"{_DATASET}/samples/", SampleViewSet.as_view({"get": "list"})),
    path(f"{_DATASET}/bulk-edits/", BulkEditViewSet.as_view(_MANY)),
    path(f"{_DATASET}/bulk-edits/preview/", BulkEditViewSet.as_view({"post": "preview"})),
    path("bulk-edits/<uuid:pk>/", BulkEditViewSet.as_view({"get": "retrieve"})),
    path("bulk-edits/<uuid:pk>/undo/", BulkEditViewSet.as_view({"post": "undo"})),
    path(f"{_DATASET}/views/", SavedViewViewSet.as_view(_MANY)),
    path("views/<uuid:pk>/", SavedViewViewSet.as_view({"delete": "destroy"})),
    path(f"{_DATASET}/tags/", SampleViewSet.as_view({"get": "tags"})),
    path(f"{_DATASET}/facets/", SampleViewSet.as_view({"get": "facets"})),
    path("projects/<uuid:project_id>/bin/", BinViewSet.as_view({"get": "list"})),
    path("projects/<uuid:project_id>/bin/empty/", BinViewSet.as_view({"post": "empty"})),
    path("bin/<uuid:pk>/restore/", BinViewSet.as_view({"post": "restore"})),
    path(f"{_DATASET}/syncs/", SyncViewSet.as_view(_MANY)),
    path("syncs/<uuid:pk>/", SyncViewSet.as_view({"patch": "partial_update", "delete": "destroy"})),
    path("syncs/<uuid:pk>/run/", SyncViewSet.as_view({"post": "run"})),
    path(f"{_DATASET}/references/", ReferenceViewSet.as_view({"get": "retrieve"})),
    path(f"{_DATASET}/references/check/", ReferenceViewSet.as_view({"post": "check"})),
    path("versions/<uuid:version_id>/references/check/", VersionReferenceViewSet.as_view({"post": "check"})),
    path("bucket-sources/<uuid:pk>/", BucketSourceViewSet.as_view({"patch": "partial_update"})),
    path("samples/<uuid:pk>/", SampleViewSet.as_view({"get": "retrieve"})),
    path("samples/<uuid:pk>/media/", SampleViewSet.as_view({"get": "media"})),
    path("samples/<uuid:pk>/history/", SampleViewSet.as_view({"get": "history"})),
    path(
        "samples/<uuid:sample_id>/annotation/",
        SampleAnnotationViewSet.as_view({"get": "retrieve", "put": "update"}),
    ),
    path(f"{_DATASET}/versions/", VersionViewSet.as_view(_MANY)),
    path("versions/<uuid:pk>/", VersionViewSet.as_view({"get": "retrieve"})),
    path("versions/<uuid:pk>/diff/", VersionViewSet.as_view({"get": "diff"})),
    path("versions/<uuid:pk>/restore/", VersionViewSet.as_view({"post": "restore"})),
    path("versions/<uuid:version_id>/branches/", VersionBranchViewSet.as_view({"post": "create"})),
    path(f"{_DATASET}/merges/", MergeViewSet.as_view(_MANY)),
    path(f"{_DATASET}/merges/proposal/", MergeViewSet.as_view({"get": "proposal"})),
    path("merges/<uuid:pk>/", MergeViewSet.as_view({"get": "retrieve"})),
    path("merges/<uuid:pk>/conflicts/", MergeViewSet.as_view({"get": "conflicts"})),
    path("merges/<uuid:pk>/choices/", MergeViewSet.as_view({"post": "choose"})),
    path("merges/<uuid:pk>/apply/", MergeViewSet.as_view({"post": "apply"})),
    path(
        "versions/<uuid:version_id>/card/",
        VersionCardViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
    ),
    path("versions/<uuid:version_id>/card/markdown/", VersionCardViewSet.as_view({"get": "markdown"})),
    path("versions/<uuid:version_id>/exports/", VersionExportViewSet.as_view(_MANY)),
    path("augmentations/operators/", AugmentationViewSet.as_view({"get": "operators"})),
    path("augmentations/preview/", AugmentationViewSet.as_view({"post": "preview"})),
    path("versions/<uuid:version_id>/augmentations/", AugmentedVersionViewSet.as_view({"post": "create"})),
    path(
        "versions/<uuid:version_id>/balances/",
        VersionBalanceViewSet.as_view({"get": "preview", "post": "create"}),
    ),
    path(f"{_DATASET}/cleaning-operators/", CleaningOperatorViewSet.as_view({"get": "list"})),
    path(f"{_DATASET}/cleanings/", CleaningViewSet.as_view(_MANY)),
    path(f"{_DATASET}/cleanings/preview/", CleaningViewSet.as_view({"post": "preview"})),
    path("cleanings/<uuid:pk>/", CleaningViewSet.as_view({"get": "retrieve"})),
    path("cleanings/<uuid:pk>/undo/", CleaningViewSet.as_view({"post": "undo"})),
    path("cleanings/<uuid:pk>/again/", CleaningViewSet.as_view({"post": "again"})),
    path("recipes/", RecipeViewSet.as_view(_MANY)),
    path("recipes/<uuid:pk>/", RecipeViewSet.as_view(_ONE)),
    path("exports/<uuid:pk>/", ExportViewSet.as_view({"get": "retrieve"})),
    path("exports/<uuid:pk>/download/", ExportViewSet.as_view({"get": "download"})),
]
