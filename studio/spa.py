"""The browser app: one page for every address that nothing else answers."""

import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from studio.middleware import CSP

NONCE_MARK = "__CSP_NONCE__"
_NOT_BUILT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Studio</title>"
    "<p>The browser app is not built yet: run <code>make up</code>, or <code>npm run build</code> in "
    "<code>frontend/</code>.</p></html>"
)


@require_safe
@ensure_csrf_cookie
def index(request: HttpRequest, path: str = "") -> HttpResponse:
    """The app's page; 404 for files that are not there, 503 while the app is not built."""
    if path.startswith(("assets/", "static/", "media/")) or path.rsplit("/", 1)[-1].endswith(
        (".js", ".css", ".map")
    ):
        return HttpResponseNotFound("not found", content_type="text/plain")
    page = Path(settings.UI_DIR) / "index.html"
    try:
        text = _read(page, page.stat().st_mtime_ns)
    except FileNotFoundError:
        return HttpResponse(_NOT_BUILT, status=503, headers={"Retry-After": "30"})
    response = HttpResponse(headers={"Cache-Control": "no-cache"})
    if NONCE_MARK in text:
        nonce = secrets.token_urlsafe(16)
        text = text.replace(NONCE_MARK, nonce)
        response["Content-Security-Policy"] = CSP.replace(
            "style-src 'self'", f"style-src 'self' 'nonce-{nonce}'"
        )
    response.content = text.encode()
    return response


@lru_cache(maxsize=2)
def _read(page: Path, modified_ns: int) -> str:
    return page.read_text("utf-8")
