"""Endpoints in the admin: to look at; changes go through the API, which publishes them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from serving.models import Endpoint, EndpointKey, JournalEntry


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """Nothing can be added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Endpoint)
class EndpointAdmin(ReadOnlyAdmin):
    """Endpoints of all projects."""

    list_display = ("name", "project", "state", "revision", "created_by", "updated_at")
    list_filter = ("state", "project")
    search_fields = ("name",)
    list_select_related = ("project", "created_by")


@admin.register(EndpointKey)
class EndpointKeyAdmin(ReadOnlyAdmin):
    """Keys, without what could open anything."""

    list_display = ("prefix", "name", "endpoint", "created_by", "created_at", "expires_at", "revoked_at")
    list_select_related = ("endpoint", "created_by")
    exclude = ("digest",)


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    """Journaled calls."""

    list_display = ("at", "endpoint", "request_id", "label", "score", "latency_ms")
    list_filter = ("endpoint",)
    list_select_related = ("endpoint",)
    show_full_result_count = False
