"""Data sets, versions and imports in the administration pages: to be read, not to be written."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin.base import ScopedAdmin
from datasets.models import Counter, Dataset, DatasetVersion, ImportBatch
from datasets.selectors.counters import LABELED_STATES


@admin.register(Dataset)
class DatasetAdmin(ScopedAdmin):
    """Data sets and how far they are labeled."""

    list_display = ("name", "project", "task", "samples", "labeled", "created_by", "created_at", "deleted_at")
    list_filter = ("task", "modality")
    search_fields = ("id", "name", "project__name")
    list_select_related = ("project", "created_by")
    ordering = ("-created_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With totals from the counters, in the same statement."""
        counted: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(sample_total=_total("samples", ("",)), labeled_total=_total("state", LABELED_STATES))
        )
        return counted

    @admin.display(description=_("Samples"))
    def samples(self, dataset: Any) -> int:
        """How many there are."""
        return int(dataset.sample_total or 0)

    @admin.display(description=_("Labeled"))
    def labeled(self, dataset: Any) -> str:
        """How many are labeled, and the share."""
        total, done = dataset.sample_total or 0, dataset.labeled_total or 0
        return f"{done} ({100 * done // total} %)" if total else "–"


@admin.register(DatasetVersion)
class DatasetVersionAdmin(ScopedAdmin):
    """Frozen states."""

    project_path = "dataset__project_id"
    list_display = ("name", "number", "dataset", "samples", "created_by", "created_at")
    search_fields = ("id", "name", "dataset__name", "content_hash")
    list_select_related = ("dataset", "created_by")
    ordering = ("-created_at", "-id")

    @admin.display(description=_("Samples"))
    def samples(self, version: DatasetVersion) -> str:
        """All, and how they are split."""
        counts = version.counts
        return f"{counts['samples']} ({counts['train']} / {counts['val']} / {counts['test']})"


@admin.register(ImportBatch)
class ImportBatchAdmin(ScopedAdmin):
    """Imports and what they met."""

    project_path = "dataset__project_id"
    list_display = ("source_name", "dataset", "format", "outcome", "created_by", "created_at", "finished_at")
    list_filter = ("format",)
    search_fields = ("id", "source_name", "dataset__name")
    list_select_related = ("dataset", "created_by")
    ordering = ("-created_at", "-id")

    @admin.display(description=_("Created, duplicates, skipped"))
    def outcome(self, batch: ImportBatch) -> str:
        """The three counts that matter."""
        return " / ".join(str(batch.counts.get(name, 0)) for name in ("created", "duplicates", "skipped"))


def _total(kind: str, keys: tuple[str, ...]) -> Subquery:
    parts = Counter.objects.filter(dataset_id=OuterRef("pk"), kind=kind, key__in=keys).order_by()
    return Subquery(parts.values("dataset_id").annotate(total=Sum("value")).values("total"))
