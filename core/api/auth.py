"""Signing in and out, and what people may do with their own account."""

from django.contrib.auth import login, logout, update_session_auth_hash
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from core import selectors
from core.api import forms, shapes
from core.api.rules import RULES
from core.api.views import StudioViewSet
from core.clock import utc_now
from core.models import User
from core.origin import origin
from core.services import accounts, invitations, projects, tokens

BACKEND = "django.contrib.auth.backends.ModelBackend"


class AuthViewSet(StudioViewSet):
    """`/auth/…`."""

    resource = "auth"
    rules = RULES
    secret_actions = frozenset(("token",))

    @extend_schema(responses=shapes.SessionShape)
    def session(self, request: Request) -> Response:
        """Sets the CSRF cookie; says whether the browser is signed in."""
        get_token(request._request)
        return Response({"authenticated": bool(request.user.is_authenticated)})

    @extend_schema(request=forms.CredentialsForm, responses=shapes.MeShape)
    def login(self, request: Request) -> Response:
        """Begin a session under a new id."""
        SessionAuthentication().enforce_csrf(request)
        sent = forms.accepted(forms.CredentialsForm, request.data)
        user = accounts.credentials_check(sent["username"], sent["password"], address=address_of(request))
        request._request.session.cycle_key()
        login(request._request, user, backend=BACKEND)
        return Response(_me(user))

    @extend_schema(request=None, responses={204: None})
    def logout(self, request: Request) -> Response:
        """End the session; harmless without one."""
        logout(request._request)
        return self.no_content()

    @extend_schema(request=forms.CredentialsForm, responses=shapes.SecretShape)
    def token(self, request: Request) -> Response:
        """A bearer token for scripts, valid for 90 days."""
        sent = forms.accepted(forms.CredentialsForm, request.data)
        user = accounts.credentials_check(sent["username"], sent["password"], address=address_of(request))
        _, secret = tokens.token_create(
            user, name=tokens.PASSWORD_TOKEN_NAME, expires_at=utc_now() + tokens.PASSWORD_TOKEN_LIFETIME
        )
        return Response({"token": secret})

    @extend_schema(responses=shapes.MeShape)
    def me(self, request: Request) -> Response:
        """The caller and their memberships."""
        return Response(_me(self.user))

    @extend_schema(request=forms.ProfileForm, responses=shapes.MeShape)
    def me_update(self, request: Request) -> Response:
        """Change one's own display name, language, theme or preferences."""
        changes = forms.accepted(forms.ProfileForm, request.data, partial=True)
        return Response(_me(accounts.profile_update(self.user, **changes)))

    @extend_schema(request=forms.PasswordForm, responses={204: None})
    def password(self, request: Request) -> Response:
        """Change one's own password; every other session ends."""
        sent = forms.accepted(forms.PasswordForm, request.data)
        user = accounts.password_change(
            self.user, old=sent["old"], new=sent["new"], address=address_of(request)
        )
        update_session_auth_hash(request._request, user)
        return self.no_content()

    @extend_schema(responses=shapes.InvitationShape)
    def invitation(self, request: Request, token: str) -> Response:
        """What an invitation link offers."""
        found = invitations.invitation_for(token)
        return Response(
            {
                "project_name": found.project.name,
                "username": found.username,
                "display_name": found.display_name,
                "role": found.role,
                "expires_at": found.expires_at,
            }
        )

    @extend_schema(request=forms.InvitationAcceptForm, responses={201: shapes.MeShape})
    def invitation_accept(self, request: Request, token: str) -> Response:
        """Make the account, join the project, begin a session."""
        SessionAuthentication().enforce_csrf(request)
        sent = forms.accepted(forms.InvitationAcceptForm, request.data)
        user = invitations.invitation_accept(token, password=sent["password"])
        login(request._request, user, backend=BACKEND)
        return self.created(_me(user))


def address_of(request: Request) -> str:
    """The address the connection came from, as the middleware has established it."""
    return origin.get().address or str(request.META.get("REMOTE_ADDR", ""))


def _me(user: User) -> dict[str, object]:
    may_create = projects.may_create_projects(user)
    return shapes.me_render(user, selectors.memberships_of(user), may_create_projects=may_create)
