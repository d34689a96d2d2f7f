"""ASGI entry point of the control plane.

Event streams run asynchronously; every other request runs in a pool of threads as plain WSGI.
Django's own bridge hops between the loop and a thread at every middleware, which costs 3 ms of
CPU a request; this way it is a tenth of that (docs/decisions: streams on the loop).
"""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from studio.edge import BodyGate, Receive, Send
from studio.settings.web import web_settings
from studio.startup import startup_check

THREADS = 16

_streams = get_asgi_application()
web_settings()
startup_check()
_requests = cast(Any, WSGIMiddleware)(get_wsgi_application(), workers=THREADS)


async def _route(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Send event streams to the loop and everything else to the threads."""
    if scope["type"] == "http" and not scope["path"].rstrip("/").endswith("/events"):
        await _requests(scope, receive, send)
    elif scope["type"] == "http":
        await _streams(scope, receive, send)


application = BodyGate(_route, large_at_once=THREADS // 2)
