"""What the administration pages have in common: rights come from projects, writes go through services."""

from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from core.errors import DomainError
from core.models import Membership, Project, User
from core.selectors import project_ids_with

MANAGED = "managed_projects"


class ScopedAdmin(ModelAdmin):  # type: ignore[misc]
    """Rows of the projects the person manages; everything for a site administrator.

    Django's model permissions play no part, so nothing can be granted by ticking boxes.
    """

    project_path = "project_id"
    compressed_fields = True
    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Staff who manage something, and site administrators."""
        return is_manager(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The same; the queryset says which rows."""
        return is_manager(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not unless a page says so."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Not unless a page says so."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Not unless a page says so."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Narrowed to what the person manages."""
        rows: QuerySet[Any] = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(**{f"{self.project_path}__in": managed_ids(request)})

    def refused(self, request: HttpRequest, error: DomainError) -> None:
        """Say why a service refused; nothing was changed."""
        self.message_user(request, error.detail, messages.ERROR)


def is_manager(request: HttpRequest) -> bool:
    """Site administrators, and staff who manage a live project; asked once a request."""
    user = request.user
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return False
    if user.is_superuser:
        return True
    known: bool | None = getattr(request, MANAGED, None)
    if known is None:
        mine = Membership.objects.filter(user=user, role="manager", project__deleted_at__isnull=True)
        known = mine.exists()
        setattr(request, MANAGED, known)
    return known


def managed_ids(request: HttpRequest) -> QuerySet[Project, Any]:
    """Ids of the projects the person manages."""
    user = request.user
    return project_ids_with(user, "manage_project") if isinstance(user, User) else Project.objects.none()
