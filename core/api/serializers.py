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


class JobSubjectSerializer(serializers.Serializer[Any]):
    """What a job is about: a data set, a version of one, a run, a model, a version of one or its report.

    `belongs_to` is the data set or the model of a version and `name` what that is called, `number` the version's. The
    `id` of a report is that of the version of the model. What is `gone` has no page.
    """

    kind = serializers.CharField(help_text="dataset, version, run, model, model_version or report")
    id = serializers.UUIDField()
    belongs_to = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    gone = serializers.BooleanField()


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
    subject = JobSubjectSerializer(
        allow_null=True, required=False, help_text="only where jobs are listed or one is read"
    )


class JobAcceptedSerializer(serializers.Serializer[Any]):
    """The answer to anything that takes longer than a second."""

    job = JobSerializer()
