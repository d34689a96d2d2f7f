"""What the resources around vectors of samples give out."""

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

    id = serializers.IntegerField()
    rank = serializers.IntegerField()
    margin = serializers.FloatField()
    given = serializers.UUIDField(allow_null=True)
    suggested = serializers.UUIDField(allow_null=True)
    shape = serializers.UUIDField(allow_null=True)
    sample = SampleShape()


class SuspicionSettleForm(Serializer):
    """What a person says of a label that does not look right."""

    settled = serializers.BooleanField()


class MapClassShape(Serializer):
    """Which class an index stands for."""

    index = serializers.IntegerField()
    id = serializers.UUIDField()


class EmbeddingMapShape(Serializer):
    """All samples on a map; -1 is the index of one without a class."""

    count = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    places = serializers.CharField(help_text="base64 of little-endian uint16: x, y of each sample")
    indices = serializers.CharField(help_text="base64 of little-endian int16: the class of each sample then")
    classes = MapClassShape(many=True)


class BinShape(Serializer):
    """A bar of a histogram."""

    least = serializers.FloatField()
    most = serializers.FloatField()
    count = serializers.IntegerField()


class GridShape(Serializer):
    """Counts on a square grid, row by row from the top left."""

    side = serializers.IntegerField()
    counts = serializers.ListField(child=serializers.IntegerField())


class DistributionsShape(Serializer):
    """How pictures and boxes are spread; boxes are None where there are none."""

    brightness = BinShape(many=True)
    aspect = BinShape(many=True)
    boxes_per_picture = BinShape(many=True)
    box_places = GridShape(allow_null=True)
    box_sizes = GridShape(allow_null=True)
