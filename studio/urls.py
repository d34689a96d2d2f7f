"""All addresses of the control plane."""

from django.contrib import admin
from django.urls import include, path, re_path

from core.api.media import original, thumbnail
from studio.health import healthz, readyz
from studio.spa import index

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("api/v1/", include("studio.api.router")),
    path("admin/", admin.site.urls),
    re_path(r"^media/t/(?P<sha256>[0-9a-f]{64})$", thumbnail),
    re_path(r"^media/b/(?P<sha256>[0-9a-f]{64})$", original),
    re_path(r"^(?!api/|admin/)(?P<path>.*)$", index),
]

handler400 = "studio.refusals.bad_request"
handler404 = "studio.refusals.not_found"
handler500 = "studio.refusals.server_error"
