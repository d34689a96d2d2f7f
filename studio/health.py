"""Probes of an operator: alive, and ready for work."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from core.services import system


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nobody else."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, broker and storage answer; 503 names the part that does not."""
    checks = system.checks()
    is_ready = all(check.is_ok for check in checks)
    body = {
        "status": "ok" if is_ready else "not_ready",
        "checks": {check.name: check.is_ok for check in checks},
    }
    return JsonResponse(
        body, status=200 if is_ready else 503, headers={} if is_ready else {"Retry-After": "5"}
    )
