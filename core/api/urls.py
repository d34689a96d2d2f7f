"""Routes of core below /api/v1/."""

from django.urls import path
from django.urls.resolvers import URLPattern

from core.api.auth import AuthViewSet
from core.api.jobs import JobViewSet
from core.api.projects import (
    ActivityViewSet,
    InvitationViewSet,
    MemberViewSet,
    ProjectViewSet,
    StorageViewSet,
)
from core.api.streams import event_stream, job_event_stream
from core.api.system import SystemViewSet
from core.api.tokens import TokenViewSet
from core.api.uploads import UploadViewSet
from core.api.users import UserViewSet

_PROJECT = "projects/<uuid:project_id>"

urlpatterns: list[URLPattern] = [
    path("auth/session/", AuthViewSet.as_view({"get": "session"})),
    path("auth/login/", AuthViewSet.as_view({"post": "login"})),
    path("auth/logout/", AuthViewSet.as_view({"post": "logout"})),
    path("auth/token/", AuthViewSet.as_view({"post": "token"})),
    path("auth/me/", AuthViewSet.as_view({"get": "me", "patch": "me_update"})),
    path("auth/password/", AuthViewSet.as_view({"post": "password"})),
    path(
        "auth/invitations/<str:token>/",
        AuthViewSet.as_view({"get": "invitation", "post": "invitation_accept"}),
    ),
    path("tokens/", TokenViewSet.as_view({"get": "list", "post": "create"})),
    path("tokens/<uuid:pk>/", TokenViewSet.as_view({"delete": "destroy"})),
    path("users/", UserViewSet.as_view({"get": "list", "post": "create"})),
    path("users/<uuid:pk>/", UserViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("projects/", ProjectViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "projects/<uuid:pk>/",
        ProjectViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path(f"{_PROJECT}/members/", MemberViewSet.as_view({"get": "list"})),
    path(
        f"{_PROJECT}/members/<str:username>/", MemberViewSet.as_view({"put": "update", "delete": "destroy"})
    ),
    path(f"{_PROJECT}/invitations/", InvitationViewSet.as_view({"post": "create"})),
    path(f"{_PROJECT}/activity/", ActivityViewSet.as_view({"get": "list"})),
    path(f"{_PROJECT}/storage/", StorageViewSet.as_view({"get": "retrieve"})),
    path("jobs/", JobViewSet.as_view({"get": "list"})),
    path("jobs/<uuid:pk>/", JobViewSet.as_view({"get": "retrieve"})),
    path("jobs/<uuid:pk>/cancel/", JobViewSet.as_view({"post": "cancel"})),
    path("jobs/<uuid:pk>/events/", job_event_stream),
    path("events/", event_stream),
    path("uploads/", UploadViewSet.as_view({"post": "create"})),
    path(
        "uploads/<uuid:pk>/",
        UploadViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    path("system/health/", SystemViewSet.as_view({"get": "health"})),
    path("system/workers/", SystemViewSet.as_view({"get": "workers"})),
]
