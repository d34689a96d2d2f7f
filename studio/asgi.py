"""ASGI entry point of the control plane.

Event streams run asynchronously; every other request runs in a pool of threads as plain WSGI.
Django's own bridge hops between the loop and a thread at every middleware, which costs 3 ms of
CPU a request; this way it is a tenth of that (docs/decisions: streams on the loop).
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
os.environ.setdefault("STUDIO_DB_KEEP_S", "60")

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from studio.startup import startup_check

THREADS = 16

_streams = get_asgi_application()
startup_check()
_requests = cast(Any, WSGIMiddleware)(get_wsgi_application(), workers=THREADS)


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> None:
    """Send event streams to the loop and everything else to the threads."""
    if scope["type"] == "http" and not scope["path"].rstrip("/").endswith("/events"):
        await _requests(scope, receive, send)
    elif scope["type"] == "http":
        await _streams(scope, receive, send)
