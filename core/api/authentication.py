"""How a request says who sends it."""

import hashlib
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from core.errors import Unauthorized
from core.models import ApiToken, User


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; cookies are not looked at when it is there."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Raises Unauthorized for a token that is unknown, expired or revoked."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        digest = hashlib.sha256(secret.strip().encode()).hexdigest()
        live = Q(expires_at__isnull=True) | Q(expires_at__gt=Now())
        token = (
            ApiToken.objects.select_related("user")
            .filter(live, secret_sha256=digest, revoked_at__isnull=True, user__is_active=True)
            .first()
        )
        if token is None:
            raise Unauthorized("this token is unknown, expired or revoked")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes DRF answer 401, not 403."""
        return 'Bearer realm="studio"'


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the scheme is written in the OpenAPI document."""

    target_class = "core.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """HTTP bearer."""
        return {"type": "http", "scheme": "bearer"}
