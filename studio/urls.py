"""All addresses of the control plane."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("studio.api.router")),
    path("admin/", admin.site.urls),
]
