"""Routes of serving below /api/v1/."""

from django.urls import path
from django.urls.resolvers import URLPattern

from serving.api.views import EndpointKeyViewSet, EndpointViewSet, FeedbackViewSet, TryViewSet

_ENDPOINT = "endpoints/<uuid:pk>"
_KEYS = "endpoints/<uuid:endpoint_id>/keys"

urlpatterns: list[URLPattern] = [
    path("endpoints/", EndpointViewSet.as_view({"get": "list", "post": "create"})),
    path(
        f"{_ENDPOINT}/",
        EndpointViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path(f"{_ENDPOINT}/rollback/", EndpointViewSet.as_view({"post": "rollback"})),
    path(f"{_ENDPOINT}/revisions/", EndpointViewSet.as_view({"get": "revisions"})),
    path(f"{_ENDPOINT}/metrics/", EndpointViewSet.as_view({"get": "metrics"})),
    path(f"{_ENDPOINT}/journal/", EndpointViewSet.as_view({"get": "journal"})),
    path(f"{_ENDPOINT}/try/", TryViewSet.as_view({"post": "try_it"})),
    path(f"{_KEYS}/", EndpointKeyViewSet.as_view({"get": "list", "post": "create"})),
    path(f"{_KEYS}/<uuid:pk>/", EndpointKeyViewSet.as_view({"delete": "destroy"})),
    path("feedback/", FeedbackViewSet.as_view({"post": "create"})),
]
