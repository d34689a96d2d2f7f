"""Endpoints, their keys, and feedback."""

import json
import uuid
from functools import partial
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import etag_of, revision_expected
from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.queries import uuid_of
from core.api.views import StudioViewSet
from core.selectors import project_for
from serving import selectors
from serving.api import forms, shapes
from serving.api.rules import RULES
from serving.models import Endpoint
from serving.services import deploy, feedback, keys, tryout


class EndpointViewSet(StudioViewSet):
    """`/endpoints/`."""

    resource = "endpoints"
    rules = RULES

    @extend_schema(
        parameters=[OpenApiParameter("project", OpenApiTypes.UUID), OpenApiParameter("text", str)],
        responses=paged(shapes.EndpointShape),
    )
    def list(self, request: Request) -> Response:
        """The endpoints the caller may see, newest first."""
        visible = selectors.endpoints_visible_to(self.user)
        if project := uuid_of(request, "project"):
            visible = visible.filter(project_id=project)
        if text := request.query_params.get("text"):
            visible = visible.filter(name__icontains=text)
        return page(request, visible, render=shapes.render_endpoints)

    @extend_schema(request=forms.EndpointForm, responses={201: shapes.EndpointShape})
    def create(self, request: Request) -> Response:
        """Deploy model versions under a name."""
        sent = forms.plain(accepted(forms.EndpointForm, request.data))
        project = project_for(self.user, sent.pop("project"))
        self.allow(project)
        endpoint = deploy.endpoint_create(actor=self.user, project=project, **sent)
        return self.created(_rendered(endpoint), f"/api/v1/endpoints/{endpoint.pk}/")

    @extend_schema(responses=shapes.EndpointShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One endpoint; its ETag is the revision."""
        return _answer(self._endpoint(pk))

    @extend_schema(request=forms.EndpointPatchForm, responses=shapes.EndpointShape)
    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Change it; `If-Match` guards against changing what somebody else changed."""
        endpoint = self._endpoint(pk)
        sent = forms.plain(accepted(forms.EndpointPatchForm, request.data, partial=True))
        expected = revision_expected(request)
        return _answer(
            deploy.endpoint_patch(actor=self.user, endpoint=endpoint, expected_revision=expected, **sent)
        )

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """End it."""
        deploy.endpoint_delete(actor=self.user, endpoint=self._endpoint(pk))
        return self.no_content()

    @extend_schema(request=forms.RollbackForm, responses=shapes.EndpointShape)
    def rollback(self, request: Request, pk: uuid.UUID) -> Response:
        """Back to the revision before, or to the one named."""
        endpoint = self._endpoint(pk)
        sent = accepted(forms.RollbackForm, request.data or {})
        revision = sent.get("revision")
        return _answer(deploy.endpoint_rollback(actor=self.user, endpoint=endpoint, to_revision=revision))

    @extend_schema(responses=paged(shapes.RevisionShape))
    def revisions(self, request: Request, pk: uuid.UUID) -> Response:
        """How it was configured, newest first."""
        history = selectors.revisions_of(self._endpoint(pk))
        return page(request, history, render=shapes.render_revisions, ordering=("-number",))

    @extend_schema(responses=shapes.MetricsShape)
    def metrics(self, request: Request, pk: uuid.UUID) -> Response:
        """Requests, errors and latency of the last hour."""
        return Response(selectors.endpoint_metrics(self._endpoint(pk).name))

    @extend_schema(
        parameters=[OpenApiParameter("label", str), OpenApiParameter("request_id", str)],
        responses=paged(shapes.JournalEntryShape),
    )
    def journal(self, request: Request, pk: uuid.UUID) -> Response:
        """Calls that fell into the sample, newest first."""
        endpoint = self._endpoint(pk)
        wanted = {name: request.query_params.get(name, "") for name in ("label", "request_id")}
        entries = selectors.entries_of(endpoint, **wanted)
        return page(
            request, entries, render=partial(shapes.render_entries, endpoint), ordering=("-at", "-id")
        )

    @extend_schema(request={"multipart/form-data": forms.TryForm}, responses=OpenApiTypes.OBJECT)
    def try_it(self, request: Request, pk: uuid.UUID) -> Response:
        """Send one picture through the data plane; its answer and status come back as they are."""
        endpoint = self._endpoint(pk)
        file = accepted(forms.TryForm, request.data)["file"]
        named = ("top_k", "threshold")
        query = {name: str(value) for name in named if (value := request.query_params.get(name)) is not None}
        answer = tryout.endpoint_try(endpoint, file.read(), "application/octet-stream", query)
        return Response(json.loads(answer.body or b"{}"), status=answer.status)

    def _endpoint(self, pk: uuid.UUID) -> Endpoint:
        endpoint = selectors.endpoint_for(self.user, pk)
        self.allow(endpoint.project_id)
        return endpoint


class TryViewSet(EndpointViewSet):
    """`/endpoints/{id}/try/`, which takes files only."""

    parser_classes = (MultiPartParser,)


class EndpointKeyViewSet(StudioViewSet):
    """`/endpoints/{id}/keys/`."""

    resource = "endpoint_keys"
    rules = RULES
    secret_actions = frozenset(("create",))

    @extend_schema(responses=paged(shapes.KeyShape))
    def list(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """All keys, revoked ones too."""
        return page(request, selectors.keys_of(self._endpoint(endpoint_id)), render=shapes.render_keys)

    @extend_schema(request=forms.KeyForm, responses={201: shapes.KeyCreatedShape})
    def create(self, request: Request, endpoint_id: uuid.UUID) -> Response:
        """A new key; the answer shows the secret, and nothing ever again."""
        endpoint = self._endpoint(endpoint_id)
        sent = accepted(forms.KeyForm, request.data or {})
        key, secret = keys.key_create(actor=self.user, endpoint=endpoint, **sent)
        return self.created({**shapes.render_keys([key])[0], "secret": secret})

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, endpoint_id: uuid.UUID, pk: uuid.UUID) -> Response:
        """Revoke."""
        endpoint = self._endpoint(endpoint_id)
        keys.key_revoke(actor=self.user, endpoint=endpoint, key=selectors.key_for(endpoint, pk))
        return self.no_content()

    def _endpoint(self, pk: uuid.UUID) -> Endpoint:
        endpoint = selectors.endpoint_for(self.user, pk)
        self.allow(endpoint.project_id)
        return endpoint


class FeedbackViewSet(StudioViewSet):
    """`/feedback/`."""

    resource = "feedback"
    rules = RULES

    @extend_schema(request=forms.FeedbackForm, responses={201: shapes.FeedbackShape})
    def create(self, request: Request) -> Response:
        """Say what the answer to a request should have been."""
        sent = accepted(forms.FeedbackForm, request.data)
        named = sent.pop("endpoint")
        if named is not None:
            endpoint = selectors.endpoint_for(self.user, named)
        else:
            endpoint = feedback.endpoint_of_request(self.user, sent["request_id"])
        self.allow(endpoint.project_id)
        kept = feedback.feedback_record(actor=self.user, endpoint=endpoint, **sent)
        return self.created(shapes.render_feedback(kept))


def _rendered(endpoint: Endpoint) -> dict[str, Any]:
    return shapes.render_endpoints([endpoint])[0]


def _answer(endpoint: Endpoint) -> Response:
    return Response(_rendered(endpoint), headers={"ETag": etag_of(endpoint.revision)})
