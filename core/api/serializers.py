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


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem (RFC 9457)."""

    code = serializers.CharField()
    detail = serializers.CharField()
    params = serializers.DictField()
    request_id = serializers.CharField()


def job_render(job: Job) -> dict[str, Any]:
    """A job as the API shows it."""
    error = {"code": job.error_code, "detail": job.error_detail} if job.error_code else None
    return {
        "id": job.pk,
        "kind": job.kind,
        "project": job.project_id,
        "state": job.state,
        "progress": {
            "done": job.progress_done,
            "total": job.progress_total,
            "unit": job.progress_unit,
            "eta_s": job.progress_eta_s,
        },
        "error": error,
        "result": job.result,
        "attempts": job.attempt,
        "cancel_requested": job.cancel_requested_at is not None,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
