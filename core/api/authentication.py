"""How a request says who sends it."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from core.errors import Forbidden, Unauthorized
from core.models import ApiToken, User
from core.origin import origin
from core.services import throttle
from core.services.tokens import token_for_secret

WRONG_TOKENS_A_MINUTE = 40
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; cookies are not looked at when it is there."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Raises what `bearer_token` raises."""
        token = bearer_token(request._request)
        return None if token is None else (token.user, token)

    def authenticate_header(self, request: Request) -> str:
        """Makes DRF answer 401, not 403."""
        return 'Bearer realm="studio"'


def bearer_token(request: HttpRequest) -> ApiToken | None:
    """The token the request carries; None when it carries none.

    Raises Unauthorized for one that is unknown, expired or revoked, TooManyRequests to an address
    that keeps trying them, Forbidden for a read-only one on an unsafe method.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        token = token_for_secret(secret.strip())
    except Unauthorized:
        throttle.attempt("wrong-token", str(request.META.get("REMOTE_ADDR", "")), limit=WRONG_TOKENS_A_MINUTE)
        raise
    origin.set(replace(origin.get(), token_prefix=token.prefix))
    if request.method not in SAFE_METHODS and "write" not in token.scopes:
        raise Forbidden("this token may only read")
    return token


def user_of(request: HttpRequest) -> User | None:
    """The person behind a request to a view outside the API framework. Raises what `bearer_token` raises."""
    token = bearer_token(request)
    if token is not None:
        return token.user
    user = request.user
    return user if isinstance(user, User) and user.is_active else None


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the scheme is written in the OpenAPI document."""

    target_class = "core.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """HTTP bearer."""
        return {"type": "http", "scheme": "bearer"}
