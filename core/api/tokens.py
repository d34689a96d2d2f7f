"""The caller's own bearer tokens."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core import selectors
from core.api import forms, shapes
from core.api.pages import page, paged
from core.api.rules import RULES
from core.api.views import StudioViewSet
from core.services import tokens


class TokenViewSet(StudioViewSet):
    """`/tokens/`."""

    resource = "tokens"
    rules = RULES
    secret_actions = frozenset(("create",))

    @extend_schema(responses=paged(shapes.TokenShape))
    def list(self, request: Request) -> Response:
        """The caller's tokens, newest first."""
        mine = selectors.tokens_of(self.user)
        return page(request, mine, render=lambda rows: [shapes.token_render(token) for token in rows])

    @extend_schema(request=forms.TokenForm, responses={201: shapes.TokenCreatedShape})
    def create(self, request: Request) -> Response:
        """A new token; its secret is in this answer and nowhere else."""
        sent = forms.accepted(forms.TokenForm, request.data)
        token, secret = tokens.token_create(
            self.user, name=sent["name"], scopes=sent.get("scopes"), expires_at=sent.get("expires_at")
        )
        return self.created({**shapes.token_render(token), "secret": secret})

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """Revoke a token."""
        tokens.token_revoke(self.user, pk)
        return self.no_content()
