"""Projects and memberships in the administration pages; every write goes through its service."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Count, Model, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin.base import ScopedAdmin, is_manager, managed_ids
from core.errors import DomainError
from core.models import Membership, Project, User
from core.selectors import project_storage
from core.services import members, projects


@admin.register(Project)
class ProjectAdmin(ScopedAdmin):
    """Projects the person manages."""

    project_path = "pk"
    list_display = ("name", "template", "people", "created_at", "is_deleted")
    list_filter = ("is_demo",)
    search_fields = ("name",)
    ordering = ("-created_at", "-id")
    fields = ("name", "description", "template", "created_by", "created_at", "storage")
    readonly_fields = ("created_by", "created_at", "storage")
    actions = ("restore",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever manages it, while it is not deleted."""
        return is_manager(request) and (obj is None or cast(Project, obj).deleted_at is None)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the number of people."""
        active = Q(memberships__user__is_active=True)
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(_people=Count("memberships", filter=active))
        return counted

    @admin.display(description=_("Members"), ordering="_people")
    def people(self, project: Any) -> int:
        """How many belong to it."""
        return int(project._people)

    @admin.display(description=_("Deleted"), boolean=True)
    def is_deleted(self, project: Project) -> bool:
        """Whether it is hidden."""
        return project.deleted_at is not None

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Who manages a project sees it no more once it is deleted: site administrators bring it back."""
        found: dict[str, Any] = super().get_actions(request)
        if not request.user.is_superuser:
            found.pop("restore", None)
        return found

    @admin.action(description=_("Bring the selected deleted projects back"))
    def restore(self, request: HttpRequest, queryset: QuerySet[Project]) -> None:
        """Everybody who belonged to them sees them again."""
        actor, count = cast(User, request.user), 0
        for project in queryset:
            try:
                count += projects.project_restore(actor=actor, project=project)
            except DomainError as error:
                self.refused(request, error)
        text = ngettext("%d project is back", "%d projects are back", count) % count
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)

    @admin.display(description=_("Storage"))
    def storage(self, project: Project) -> str:
        """Bytes by part, added up by the database."""
        names = {
            "samples": _("Samples and tables"),
            "thumbnails": _("Thumbnails"),
            "versions": _("Versions"),
            "exports": _("Exports"),
            "models": _("Models"),
            "bin": _("Bin"),
            "outside": _("In buckets"),
        }
        parts = project_storage(project.pk)
        return " · ".join(f"{names.get(part, part)} {filesizeformat(size)}" for part, size in parts.items())

    def save_model(self, request: HttpRequest, obj: Project, form: ModelForm[Project], change: bool) -> None:
        """Through the service."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            projects.project_update(actor=cast(User, request.user), project=obj, **changes)
        except DomainError as error:
            self.refused(request, error)


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """Who belongs where. Nobody can give a role that holds more than they do."""

    list_display = ("user", "project", "role", "created_at")
    list_filter = ("role",)
    search_fields = ("user__username", "project__name")
    list_select_related = ("user", "project")
    autocomplete_fields = ()
    fields = ("user", "project", "role")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Managers; the service says to what."""
        return is_manager(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Managers; the service says to what."""
        return is_manager(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Managers; the service says whom."""
        return is_manager(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """A membership stays with its person and project."""
        return ("user", "project") if obj is not None else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only active people and projects that the person manages."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_active=True).order_by("username")
        if db_field.name == "project":
            live = Project.objects.filter(deleted_at__isnull=True, pk__in=managed_ids(request))
            kwargs["queryset"] = live.order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Membership, form: ModelForm[Membership], change: bool
    ) -> None:
        """Through the service; what it refuses stays as it was."""
        try:
            saved = members.member_set(
                actor=cast(User, request.user), project=obj.project, username=obj.user.username, role=obj.role
            )
            obj.pk = saved.pk
        except DomainError as error:
            self.refused(request, error)
            setattr(request, "_refused", True)  # noqa: B010  the request is Django's

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        """Through the service."""
        actor = cast(User, request.user)
        try:
            members.member_remove(actor=actor, project=obj.project, username=obj.user.username)
        except DomainError as error:
            self.refused(request, error)
            setattr(request, "_refused", True)  # noqa: B010

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """One by one through the service."""
        for member in queryset.select_related("user", "project"):
            self.delete_model(request, member)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Django's own log says nothing of what was refused."""
        return None if hasattr(request, "_refused") else super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Django's own log says nothing of what was refused."""
        return None if hasattr(request, "_refused") else super().log_change(request, obj, message)

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: str | None = None) -> Any:
        """Back to the list; a refused one has no page of its own."""
        if hasattr(request, "_refused"):
            return self.response_post_save_add(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Model) -> Any:
        """Back to the list without a word of success for what was refused."""
        if hasattr(request, "_refused"):
            return self.response_post_save_change(request, obj)
        return super().response_change(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> Any:
        """The same after a removal."""
        if hasattr(request, "_refused"):
            return self.response_post_save_change(request, None)
        return super().response_delete(request, obj_display, obj_id)
