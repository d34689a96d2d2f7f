"""What the resources of serving answer: the OpenAPI shapes and the functions that fill them."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from rest_framework import serializers

from serving import selectors
from serving.api import forms
from serving.models import Endpoint, EndpointKey, EndpointRevision, Feedback, JournalEntry
from serving.services.tryout import plane_address

Serializer = serializers.Serializer[Any]


class ExampleShape(Serializer):
    """Calls to copy."""

    curl = serializers.CharField()
    python = serializers.CharField()
    javascript = serializers.CharField()


class EndpointShape(Serializer):
    """An endpoint."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=["starting", "live", "stopped", "unhealthy"])
    problem = serializers.CharField()
    url = serializers.CharField()
    revision = serializers.IntegerField()
    table_version = serializers.IntegerField()
    routes = forms.RouteForm(many=True)
    shadow = forms.ShadowForm(allow_null=True)
    replicas = serializers.IntegerField()
    batching = forms.BatchingForm()
    limits = forms.LimitsForm()
    journal = forms.JournalForm()
    thresholds = forms.ThresholdsForm()
    example = ExampleShape()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RevisionShape(Serializer):
    """A configuration an endpoint had."""

    number = serializers.IntegerField()
    config = serializers.JSONField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class KeyShape(Serializer):
    """A key without its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class KeyCreatedShape(KeyShape):
    """A new key; the secret is shown this once."""

    secret = serializers.CharField()


class LatencyShape(Serializer):
    """Percentiles in milliseconds."""

    p50 = serializers.FloatField(allow_null=True)
    p95 = serializers.FloatField(allow_null=True)
    p99 = serializers.FloatField(allow_null=True)


class MinuteShape(Serializer):
    """One minute of traffic."""

    at = serializers.DateTimeField()
    requests = serializers.IntegerField()
    errors = serializers.IntegerField()  # type: ignore[assignment]
    refused = serializers.IntegerField()
    latency = LatencyShape()


class MetricsShape(Serializer):
    """The hour `until` now; `errors` are 5xx, `refused` 4xx. Minutes without a request are left out."""

    requests = serializers.IntegerField()
    errors = serializers.IntegerField()  # type: ignore[assignment]
    refused = serializers.IntegerField()
    latency = LatencyShape()
    until = serializers.DateTimeField()
    per_minute = MinuteShape(many=True)


class JournalInputShape(Serializer):
    """A picture as it was sent."""

    sha256 = serializers.CharField()
    media_type = serializers.CharField()
    media_url = serializers.CharField()


class JournalEntryShape(Serializer):
    """A journaled call."""

    id = serializers.UUIDField()
    request_id = serializers.CharField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=["predict", "infer", "shadow"])
    model_version = serializers.UUIDField()
    latency_ms = serializers.FloatField()
    label = serializers.CharField()  # type: ignore[assignment]
    score = serializers.FloatField(allow_null=True)
    answer = serializers.JSONField()
    inputs = JournalInputShape(many=True)
    feedback = serializers.CharField(allow_null=True)


class FeedbackShape(Serializer):
    """What a person said was right."""

    id = serializers.UUIDField()
    endpoint = serializers.UUIDField()
    request_id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    created_at = serializers.DateTimeField()


def endpoint_url(name: str) -> str:
    """Where clients call the endpoint."""
    base = settings.STUDIO_SERVE_PUBLIC_URL
    if not base:
        host, port = plane_address()
        base = f"http://{host}:{port}"
    return f"{base.rstrip('/')}/predict/{name}"


def examples(name: str) -> dict[str, str]:
    """The same call in three languages; `sk_...` stands for a key."""
    url = endpoint_url(name)
    return {
        "curl": f'curl -H "Authorization: Bearer sk_..." -F file=@picture.jpg {url}',
        "python": (
            "import requests\n\n"
            'with open("picture.jpg", "rb") as file:\n'
            "    answer = requests.post(\n"
            f'        "{url}", headers={{"Authorization": "Bearer sk_..."}}, files={{"file": file}}\n'
            "    )\n"
            'print(answer.json()["predictions"][0]["label"])\n'
        ),
        "javascript": (
            "const form = new FormData();\n"
            'form.append("file", picture); // a File or a Blob\n'
            f'const answer = await fetch("{url}", {{\n'
            '  method: "POST",\n'
            '  headers: { Authorization: "Bearer sk_..." },\n'
            "  body: form,\n"
            "});\n"
            "console.log((await answer.json()).predictions[0].label);\n"
        ),
    }


def render_endpoints(endpoints: Sequence[Endpoint]) -> list[dict[str, Any]]:
    """Endpoints with what the data plane says of them."""
    reports = selectors.plane_reports()
    version = min((report.table_version for report in reports), default=0)
    rendered = []
    for endpoint in endpoints:
        state, problem = selectors.endpoint_status(endpoint, reports)
        rendered.append(
            {
                "id": str(endpoint.pk),
                "project": str(endpoint.project_id),
                "name": endpoint.name,
                "state": state,
                "problem": problem,
                "url": endpoint_url(endpoint.name),
                "revision": endpoint.revision,
                "table_version": version,
                "routes": endpoint.routes,
                "shadow": endpoint.shadow,
                "replicas": endpoint.replicas,
                "batching": endpoint.batching,
                "limits": endpoint.limits,
                "journal": endpoint.journal,
                "thresholds": endpoint.thresholds,
                "example": examples(endpoint.name),
                "created_at": endpoint.created_at,
                "updated_at": endpoint.updated_at,
            }
        )
    return rendered


def render_revisions(revisions: Sequence[EndpointRevision]) -> list[dict[str, Any]]:
    """The history."""
    return [
        {
            "number": revision.number,
            "config": revision.config,
            "created_by": revision.created_by.username,
            "created_at": revision.created_at,
        }
        for revision in revisions
    ]


def render_keys(keys: Sequence[EndpointKey]) -> list[dict[str, Any]]:
    """Keys without secrets."""
    return [
        {
            "id": str(key.pk),
            "name": key.name,
            "prefix": key.prefix,
            "created_at": key.created_at,
            "expires_at": key.expires_at,
            "revoked_at": key.revoked_at,
            "last_used_at": key.last_used_at,
        }
        for key in keys
    ]


def render_entries(endpoint: Endpoint, entries: Sequence[JournalEntry]) -> list[dict[str, Any]]:
    """Calls with their pictures and feedback, in three statements together."""
    inputs = selectors.inputs_of([entry.pk for entry in entries])
    said = selectors.feedback_of(endpoint, [entry.request_id for entry in entries])
    return [
        {
            "id": str(entry.pk),
            "request_id": entry.request_id,
            "at": entry.at,
            "kind": entry.kind,
            "model_version": str(entry.model_version),
            "latency_ms": entry.latency_ms,
            "label": entry.label,
            "score": entry.score,
            "answer": entry.answer,
            "inputs": [
                {"sha256": item.sha256, "media_type": item.media_type, "media_url": f"/media/b/{item.sha256}"}
                for item in inputs.get(entry.pk, ())
            ],
            "feedback": said.get(entry.request_id),
        }
        for entry in entries
    ]


def render_feedback(feedback: Feedback) -> dict[str, Any]:
    """One label."""
    return {
        "id": str(feedback.pk),
        "endpoint": str(feedback.endpoint_id),
        "request_id": feedback.request_id,
        "label": feedback.label,
        "created_at": feedback.created_at,
    }
