"""The administration's ways to a session: the same gate as the API's, with its limits and its audit rows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm

from core.errors import DomainError, TooManyRequests
from core.origin import origin
from core.services import accounts

OWN_ACCOUNT = "/me"


class SignInForm(AuthenticationForm):  # type: ignore[misc]
    """Name and password, checked by `accounts.credentials_check`."""

    def clean(self) -> dict[str, Any]:
        """Refuse as the API does: a wrong pair, too many attempts, nobody who could count them."""
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username and password:
            try:
                user = accounts.credentials_check(username, password, address=origin.get().address)
            except accounts.BadCredentials as exc:
                raise self.get_invalid_login_error() from exc
            except TooManyRequests as exc:
                raise ValidationError(_("Too many attempts; wait a minute.")) from exc
            except DomainError as exc:
                raise ValidationError(exc.detail) from exc
            self.user_cache = user
            self.confirm_login_allowed(user)
        return dict(self.cleaned_data)


def password_change(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """People change their own password in the studio, where attempts are counted and sessions end."""
    return HttpResponseRedirect(OWN_ACCOUNT)


admin.site.login_form = SignInForm
admin.site.password_change = password_change  # type: ignore[method-assign,assignment]
