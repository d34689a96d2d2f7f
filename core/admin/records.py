"""Jobs, stored files and the audit trail in the administration pages: to be read, not to be written."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin.base import ScopedAdmin
from core.errors import DomainError
from core.jobs.dispatch import job_cancel
from core.models import AuditEvent, Blob, Job, User


@admin.register(Job)
class JobAdmin(ScopedAdmin):
    """Background work of the projects the person manages."""

    list_display = (
        "kind",
        "project",
        "state",
        "progress",
        "attempt",
        "error_code",
        "created_at",
        "finished_at",
    )
    list_filter = ("state", "queue")
    search_fields = ("id", "kind", "error_code")
    list_select_related = ("project",)
    ordering = ("-created_at", "-id")
    actions = ("cancel",)

    @admin.display(description=_("Progress"))
    def progress(self, job: Job) -> str:
        """Done of total."""
        return (
            f"{job.progress_done} / {job.progress_total} {job.progress_unit}" if job.progress_total else "–"
        )

    @admin.action(description=_("Cancel the selected jobs"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Ask each to stop; those that have ended already are named."""
        cancelled = 0
        for job in queryset:
            try:
                job_cancel(actor=cast(User, request.user), job=job)
                cancelled += 1
            except DomainError as error:
                self.refused(request, error)
        text = ngettext("%d job asked to stop", "%d jobs asked to stop", cancelled) % cancelled
        self.message_user(request, text, messages.SUCCESS if cancelled else messages.WARNING)


@admin.register(Blob)
class BlobAdmin(ScopedAdmin):
    """Stored files, for site administrators: a file belongs to no single project."""

    list_display = ("sha256", "media_type", "size", "container", "created_at")
    list_filter = ("media_type",)
    search_fields = ("sha256",)
    ordering = ("-created_at", "sha256")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Site administrators only."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Site administrators only."""
        return super().has_view_permission(request, obj) and bool(request.user.is_superuser)

    @admin.display(description=_("Size"), ordering="size_bytes")
    def size(self, blob: Blob) -> str:
        """In words."""
        return filesizeformat(blob.size_bytes)


@admin.register(AuditEvent)
class AuditEventAdmin(ScopedAdmin):
    """The audit trail. Nobody changes it here, and the database lets nobody change it at all."""

    list_display = ("at", "actor_name", "operation", "object_type", "object_id", "outcome", "address")
    list_filter = ("outcome", "object_type")
    search_fields = ("actor_name", "operation", "object_id", "request_id")
    ordering = ("-seq",)
