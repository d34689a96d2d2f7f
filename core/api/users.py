"""Accounts, for site administrators."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core import selectors
from core.api import forms, shapes
from core.api.pages import page, paged
from core.api.rules import RULES
from core.api.views import StudioViewSet
from core.services import accounts


class UserViewSet(StudioViewSet):
    """`/users/`."""

    resource = "users"
    rules = RULES

    @extend_schema(responses=paged(shapes.UserShape))
    def list(self, request: Request) -> Response:
        """Every account, by name; `?text=` looks into the names."""
        users = selectors.users_all()
        if text := request.query_params.get("text"):
            users = users.filter(username__icontains=text) | users.filter(display_name__icontains=text)
        return page(
            request,
            users,
            ordering=("username",),
            render=lambda rows: [shapes.user_render(user) for user in rows],
        )

    @extend_schema(request=forms.UserForm, responses={201: shapes.UserShape})
    def create(self, request: Request) -> Response:
        """A new account."""
        sent = forms.accepted(forms.UserForm, request.data)
        user = accounts.user_create(actor=self.user, **sent)
        return self.created(shapes.user_render(user), f"/api/v1/users/{user.pk}/")

    @extend_schema(responses=shapes.UserShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One account."""
        return Response(shapes.user_render(selectors.user_by_id(pk)))

    @extend_schema(request=forms.UserChangeForm, responses=shapes.UserShape)
    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Rename, close, reopen, promote, demote, or set a new password."""
        changes = forms.accepted(forms.UserChangeForm, request.data, partial=True)
        user = accounts.user_update(actor=self.user, user=selectors.user_by_id(pk), **changes)
        return Response(shapes.user_render(user))
