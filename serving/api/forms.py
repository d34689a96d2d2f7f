"""What the resources of serving take in."""

from typing import Any

from rest_framework import serializers

from core.api.fields import NameField

Serializer = serializers.Serializer[Any]


class RouteForm(Serializer):
    """A model version and its share of the traffic."""

    model_version = serializers.UUIDField()
    weight = serializers.FloatField(min_value=0, max_value=1_000_000, default=1)


class ShadowForm(Serializer):
    """A version that sees a share of the traffic without answering."""

    model_version = serializers.UUIDField()
    percent = serializers.FloatField(min_value=0, max_value=100)


class BatchingForm(Serializer):
    """`max_rows` caps the measured best batch; `max_wait_ms` is never used up: nobody waits for company."""

    max_rows = serializers.IntegerField(min_value=1, max_value=1024, allow_null=True, required=False)
    max_wait_ms = serializers.IntegerField(min_value=0, max_value=1000, required=False)


class LimitsForm(Serializer):
    """Requests waiting at most, milliseconds until 504, requests a second and key."""

    queue = serializers.IntegerField(min_value=1, max_value=10_000, required=False)
    timeout_ms = serializers.IntegerField(min_value=50, max_value=120_000, required=False)
    rate_per_key = serializers.FloatField(min_value=0.01, max_value=1e6, allow_null=True, required=False)


class JournalForm(Serializer):
    """Share of the calls written down, days they are kept, whether inputs may be kept."""

    sample_rate = serializers.FloatField(min_value=0, max_value=1, required=False)
    keep_days = serializers.IntegerField(min_value=1, max_value=3650, required=False)
    consent = serializers.BooleanField(required=False)


class ThresholdsForm(Serializer):
    """`score`: the least score that names a label."""

    score = serializers.FloatField(min_value=0, max_value=1, allow_null=True, required=False)


class EndpointPatchForm(Serializer):
    """Changes of an endpoint; what is not named stays."""

    routes = RouteForm(many=True, required=False, allow_empty=False, max_length=10)  # type: ignore[call-arg]
    shadow = ShadowForm(required=False, allow_null=True)
    replicas = serializers.IntegerField(min_value=1, max_value=16, required=False)
    batching = BatchingForm(required=False)
    limits = LimitsForm(required=False)
    journal = JournalForm(required=False)
    thresholds = ThresholdsForm(required=False)
    state = serializers.ChoiceField(choices=["live", "stopped"], required=False)


class EndpointForm(EndpointPatchForm):
    """A new endpoint."""

    project = serializers.UUIDField()
    name = serializers.RegexField(r"^[a-z0-9-]{1,63}$")
    routes = RouteForm(many=True, allow_empty=False, max_length=10)  # type: ignore[call-arg]


class RollbackForm(Serializer):
    """The revision to go back to; the one before the present one when absent."""

    revision = serializers.IntegerField(min_value=1, required=False)


class KeyForm(Serializer):
    """A name to tell keys apart, and when the key ends by itself."""

    name = NameField(max_length=100, required=False, default="", allow_blank=True)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class FeedbackForm(Serializer):
    """The right answer to a request. `endpoint` is needed where the call was not journaled."""

    request_id = serializers.RegexField(r"^[A-Za-z0-9_.:-]{1,128}$")
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]
    endpoint = serializers.UUIDField(required=False, allow_null=True, default=None)


class TryForm(Serializer):
    """A picture."""

    file = serializers.FileField()


def plain(sent: dict[str, Any]) -> dict[str, Any]:
    """Validated fields as JSON keeps them: ids as text."""
    result = dict(sent)
    if "routes" in result:
        result["routes"] = [
            {**item, "model_version": str(item["model_version"])} for item in result["routes"]
        ]
    if result.get("shadow"):
        result["shadow"] = {**result["shadow"], "model_version": str(result["shadow"]["model_version"])}
    for name in ("batching", "limits", "journal", "thresholds"):
        if name in result:
            result[name] = dict(result[name])
    return result
