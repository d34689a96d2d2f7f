"""What runs where."""

import importlib.metadata
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.rules import RULES
from core.api.views import StudioViewSet
from core.services import system


class CheckShape(serializers.Serializer[Any]):
    """One part of the installation."""

    name = serializers.CharField()
    ok = serializers.BooleanField()
    detail = serializers.CharField()


class HealthShape(serializers.Serializer[Any]):
    """The installation."""

    status = serializers.ChoiceField(choices=("ok", "degraded"))
    checks = CheckShape(many=True)
    queued = serializers.DictField(child=serializers.IntegerField())
    versions = serializers.DictField(child=serializers.CharField())


class WorkerShape(serializers.Serializer[Any]):
    """A worker that answers."""

    name = serializers.CharField()
    queues = serializers.ListField(child=serializers.CharField())
    processes = serializers.IntegerField()
    active = serializers.IntegerField()


class RunningJobShape(serializers.Serializer[Any]):
    """A job that is being worked on."""

    job = serializers.UUIDField()
    kind = serializers.CharField()
    queue = serializers.CharField()
    worker = serializers.CharField()
    attempt = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    lease_left_s = serializers.FloatField(allow_null=True)


class WorkersShape(serializers.Serializer[Any]):
    """Who works on what."""

    workers = WorkerShape(many=True)
    running = RunningJobShape(many=True)


class SystemViewSet(StudioViewSet):
    """`/system/…`."""

    resource = "system"
    rules = RULES

    @extend_schema(responses=HealthShape)
    def health(self, request: Request) -> Response:
        """Database, broker and storage, and how many jobs wait."""
        checks = system.checks()
        return Response(
            {
                "status": "ok" if all(check.is_ok for check in checks) else "degraded",
                "checks": [{"name": c.name, "ok": c.is_ok, "detail": c.detail} for c in checks],
                "queued": system.queue_lengths(),
                "versions": {
                    name: importlib.metadata.version(name) for name in ("Django", "torch", "onnxruntime")
                },
            }
        )

    @extend_schema(responses=WorkersShape)
    def workers(self, request: Request) -> Response:
        """Workers that answer within a second, and the leases that are held."""
        return Response({"workers": system.workers(), "running": system.leases()})
