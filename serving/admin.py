"""Endpoints in the administration pages: to be read; changes go through the API, which publishes them."""

from django.contrib import admin

from core.admin.base import ScopedAdmin
from serving.models import Endpoint, EndpointKey, JournalEntry


@admin.register(Endpoint)
class EndpointAdmin(ScopedAdmin):
    """Endpoints of the projects the person manages."""

    list_display = ("name", "project", "state", "revision", "created_by", "updated_at")
    list_filter = ("state",)
    search_fields = ("id", "name")
    list_select_related = ("project", "created_by")
    ordering = ("-created_at", "-id")


@admin.register(EndpointKey)
class EndpointKeyAdmin(ScopedAdmin):
    """Keys, without what could open anything."""

    project_path = "endpoint__project_id"
    list_display = ("prefix", "name", "endpoint", "created_by", "created_at", "expires_at", "revoked_at")
    search_fields = ("prefix", "name", "endpoint__name")
    list_select_related = ("endpoint", "created_by")
    exclude = ("digest",)
    ordering = ("-created_at", "-id")


@admin.register(JournalEntry)
class JournalEntryAdmin(ScopedAdmin):
    """Journaled calls, in the order in which they were taken in."""

    project_path = "endpoint__project_id"
    list_display = ("at", "endpoint", "request_id", "label", "score", "latency_ms")
    list_filter = ("kind",)
    search_fields = ("request_id",)
    list_select_related = ("endpoint",)
    ordering = ("-id",)
