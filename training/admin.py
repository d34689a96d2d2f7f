"""Training in the administration pages: to be read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin.base import ScopedAdmin
from training.models import Alias, ModelVersion, RegisteredModel, Run


@admin.register(Run)
class RunAdmin(ScopedAdmin):
    """Training runs of the projects the person manages."""

    list_display = ("name", "project", "state", "stage", "algorithm", "profile", "created_by", "created_at")
    list_filter = ("job__state", "algorithm", "profile")
    search_fields = ("id", "name")
    list_select_related = ("project", "job", "created_by")
    ordering = ("-created_at", "-id")

    @admin.display(description=_("State"))
    def state(self, run: Run) -> str:
        """Of the job."""
        return run.job.state


@admin.register(RegisteredModel)
class RegisteredModelAdmin(ScopedAdmin):
    """Models of the projects the person manages."""

    list_display = ("name", "project", "task", "created_by", "created_at")
    list_filter = ("task",)
    search_fields = ("id", "name")
    list_select_related = ("project", "created_by")
    ordering = ("-created_at", "-id")


@admin.register(ModelVersion)
class ModelVersionAdmin(ScopedAdmin):
    """Versions, which never change."""

    project_path = "model__project_id"
    list_display = ("model", "number", "parity_ok", "accuracy", "size_bytes", "created_at")
    list_filter = ("parity_ok", "task")
    search_fields = ("id", "sha256", "model__name")
    list_select_related = ("model",)
    ordering = ("-created_at", "-id")

    @admin.display(description=_("Accuracy"))
    def accuracy(self, version: ModelVersion) -> str:
        """On the test part, else on the validation part."""
        figures = version.metrics.get("test") or version.metrics.get("val") or {}
        return f"{figures['accuracy']['value']:.3f}" if "accuracy" in figures else "–"


@admin.register(Alias)
class AliasAdmin(ScopedAdmin):
    """Names of versions."""

    project_path = "model__project_id"
    list_display = ("model", "name", "version", "set_by", "set_at")
    list_select_related = ("model", "version", "set_by")
