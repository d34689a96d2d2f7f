"""Accounts in the administration pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from core.models import User
from core.services import audit
from core.services.tokens import password_tokens_revoke

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]
    """Accounts. Only site administrators: an account's password and flags are more than any project gives.

    Groups and single permissions are not offered: rights come from roles in projects.
    """

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "display_name", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("username", "display_name")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "language", "theme")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "password1", "password2")}),)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Site administrators only."""
        return _is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Site administrators only."""
        return _is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Site administrators only."""
        return _is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Site administrators only."""
        return _is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody: an account is closed, so that the trail keeps its names."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody takes their own rights away by mistake."""
        own = (
            ("is_active", "is_staff", "is_superuser") if obj is not None and obj.pk == request.user.pk else ()
        )
        return (*self.readonly_fields, *own)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Save with its audit row."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            actor = request.user if isinstance(request.user, User) else None
            fields = sorted(form.changed_data)
            audit.record(actor, "core.user.changed" if change else "core.user.created", obj, fields=fields)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Another person's new password and its audit row, which Django's own page does not write."""
        target = self.get_object(request, unquote(id))
        with transaction.atomic():
            answer: HttpResponse = super().user_change_password(request, id, form_url)
            is_changed = target is not None and target.password != User.objects.get(pk=target.pk).password
            if is_changed and target is not None and isinstance(request.user, User):
                password_tokens_revoke(target)
                audit.record(request.user, "core.user.changed", target, fields=["password"])
        return answer


def _is_administrator(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.is_active and user.is_staff and user.is_superuser)
