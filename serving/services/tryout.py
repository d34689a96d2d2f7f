"""Trying an endpoint from the browser, through the very data plane that serves everybody."""

from urllib.parse import urlencode

from django.conf import settings

from core.errors import DomainError, NotReady
from core.outgoing import Fetched, FetchLimits, OutgoingPolicy, fetch
from serving.models import Endpoint
from serving.services.publish import internal_secret

_WILDCARDS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  compared with, not bound to


def plane_address() -> tuple[str, int]:
    """Host and port of the data plane as seen from here."""
    host = settings.STUDIO_SERVE_HOST
    return ("127.0.0.1" if host in _WILDCARDS else host), settings.STUDIO_SERVE_PORT


def endpoint_try(endpoint: Endpoint, body: bytes, content_type: str, query: dict[str, str]) -> Fetched:
    """Status and body of the data plane's own answer. Raises NotReady when it does not answer."""
    host, port = plane_address()
    url = f"http://{host}:{port}/predict/{endpoint.name}"
    if query:
        url += "?" + urlencode(query)
    try:
        return fetch(
            "POST",
            url,
            policy=OutgoingPolicy(frozenset({(host, port)})),
            headers={"X-API-Key": internal_secret(), "Content-Type": content_type},
            body=body,
            limits=FetchLimits(max_bytes=4 << 20, connect_s=3, total_s=60, redirects=0),
        )
    except DomainError as exc:
        raise NotReady("the model server does not answer; is it running?", retry_after_s=5) from exc
