"""What every request and answer carries: an id, its origin for the audit trail, the security headers."""

import re
import secrets
from collections.abc import Awaitable, Callable
from contextvars import Token

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import translation

from core.origin import RequestOrigin, origin

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_ADMIN = "/admin/"

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
# Alpine, on which the admin's theme is built, evaluates the expressions of its own templates
# (docs/decisions: what the admin may execute). Only staff can open these pages.
ADMIN_CSP = CSP.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class RequestContextMiddleware:
    """Outermost: also what a static file or an error page is answered with passes here."""

    async_capable = True
    sync_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Frame one request."""
        if self._is_async:
            return self._asynchronously(request)
        token = _begin(request)
        try:
            response = self.get_response(request)
        finally:
            origin.reset(token)
        return _finished(request, response)  # type: ignore[arg-type]

    async def _asynchronously(self, request: HttpRequest) -> HttpResponseBase:
        token = _begin(request)
        try:
            response = await self.get_response(request)  # type: ignore[misc]
        finally:
            origin.reset(token)
        return _finished(request, response)


class AdminLanguageMiddleware:
    """The administration speaks the language its reader has chosen for the studio."""

    async_capable = True
    sync_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Only for the administration; the browser app words its own texts."""
        if not request.path_info.startswith(_ADMIN) or not request.user.is_authenticated:
            return self.get_response(request)
        with translation.override(request.user.language.lower()):
            response = self.get_response(request)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            return response


def _begin(request: HttpRequest) -> Token[RequestOrigin]:
    sent = request.headers.get("X-Request-ID", "")
    request_id = sent if _REQUEST_ID.fullmatch(sent) else secrets.token_hex(12)
    request.request_id = request_id  # type: ignore[attr-defined]
    return origin.set(RequestOrigin(request_id, str(request.META.get("REMOTE_ADDR", ""))[:45]))


def _finished(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    policy = ADMIN_CSP if request.path_info.startswith(_ADMIN) else CSP
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
    if request.path_info.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
