"""What the resources around vectors of pictures give out."""

from typing import Any

from rest_framework import serializers

from datasets.api.shapes import SampleShape

Serializer = serializers.Serializer[Any]


class EmbeddingMapBriefShape(Serializer):
    """That there is a map."""

    count = serializers.IntegerField()
    made_at = serializers.DateTimeField()


class EmbeddingStateShape(Serializer):
    """How far a data set is analyzed."""

    model = serializers.CharField()
    embedded = serializers.IntegerField()
    samples = serializers.IntegerField()
    job = serializers.UUIDField(allow_null=True)
    map = EmbeddingMapBriefShape(allow_null=True)


class LabelSuspicionShape(Serializer):
    """A label that does not fit; `margin` is p(given) - p(suggested), -1 to 1."""

    rank = serializers.IntegerField()
    margin = serializers.FloatField()
    given = serializers.UUIDField()
    suggested = serializers.UUIDField()
    sample = SampleShape()
