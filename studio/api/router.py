"""All routes of the API, in one list."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("core.api.urls")),
    path("", include("datasets.api.urls")),
    path("", include("training.api.urls")),
    path("", include("serving.api.urls")),
    path("", include("labeling.api.urls")),
    path("", include("applications.api.urls")),
]
