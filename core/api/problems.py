"""Problem details for views outside the API framework."""

import orjson
from django.http import HttpRequest, HttpResponse

from core.errors import DomainError


def problem_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The same body the API answers errors with."""
    body = {
        "code": error.code,
        "detail": error.detail,
        "params": error.params,
        "request_id": getattr(request, "request_id", ""),
    }
    response = HttpResponse(orjson.dumps(body), status=error.status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    if "retry_after_s" in error.params:
        response["Retry-After"] = str(error.params["retry_after_s"])
    return response
