"""Shapes that every app answers with."""

from typing import Any

from rest_framework import serializers

from core.models import Job


class JobProgressSerializer(serializers.Serializer[Any]):
    """How far a job is."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()
    unit = serializers.CharField()
    eta_s = serializers.FloatField(allow_null=True)


class JobErrorSerializer(serializers.Serializer[Any]):
    """Why a job failed."""

    code = serializers.CharField()
    detail = serializers.CharField()


class JobSerializer(serializers.Serializer[Any]):
    """Background work."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    project = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=Job.State.choices)
    progress = JobProgressSerializer()
    error = JobErrorSerializer(allow_null=True)
    result = serializers.JSONField(allow_null=True)
    attempts = serializers.IntegerField()
    cancel_requested = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class JobAcceptedSerializer(serializers.Serializer[Any]):
    """The answer to anything that takes longer than a second."""

    job = JobSerializer()
