"""What is answered where no view was reached: an address nobody has, a host name that is not ours, a bug."""

from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from core.api.problems import problem_response
from core.errors import BadRequest, InternalError, NotFound

_FOR_PROGRAMS = ("/api/", "/media/")
_HOST = (
    "this studio does not answer under the host name of this address; open it as 127.0.0.1, "
    "or have the operator add the name to STUDIO_ALLOWED_HOSTS"
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: a host name that is not ours, too many fields, a suspicious path."""
    is_host = isinstance(exception, DisallowedHost)
    error = BadRequest(_HOST if is_host else "the request cannot be understood")
    if request.path_info.startswith(_FOR_PROGRAMS):
        return problem_response(request, error)
    return HttpResponse(f"{error.detail}\n", status=400, content_type="text/plain; charset=utf-8")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404: the browser app has every other address, so this is the API's or the administration's."""
    if request.path_info.startswith(_FOR_PROGRAMS):
        return problem_response(request, NotFound())
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest, *_: Any) -> HttpResponse:
    """handler500: a bug outside the API framework."""
    if request.path_info.startswith(_FOR_PROGRAMS):
        return problem_response(request, InternalError())
    return defaults.server_error(request)
