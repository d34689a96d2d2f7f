"""What an active order answers, for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

Serializer = serializers.Serializer[Any]


class ActiveRoundShape(Serializer):
    """One time a queue was put in order; shares are 0 to 1."""

    number = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    answered = serializers.IntegerField()
    labeled = serializers.IntegerField(help_text="Labels it was made from")
    asked = serializers.IntegerField(help_text="Samples put in front")
    accuracy = serializers.FloatField(allow_null=True, help_text="Share of these labels told right unseen")
    wrong = serializers.FloatField(allow_null=True, help_text="Expected share of errors among those asked")
    wrong_by_chance = serializers.FloatField(allow_null=True, help_text="The same among all that are open")


class HonestShareShape(Serializer):
    """Of samples drawn by chance and answered since: how many the studio had told right."""

    right = serializers.IntegerField()
    answered = serializers.IntegerField()
    share = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ActiveOrderShape(Serializer):
    """What an active order rests on and what it is worth."""

    state = serializers.ChoiceField(choices=("off", "waiting", "typical", "doubt"))
    round = ActiveRoundShape(allow_null=True)
    honest = HonestShareShape(allow_null=True)


class ToldShape(Serializer):
    """A class and the share the studio gives it."""

    label = serializers.UUIDField()  # type: ignore[assignment]
    share = serializers.FloatField()


class HardSampleShape(Serializer):
    """The sample."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    thumb_url = serializers.CharField(allow_null=True)


class HardExampleShape(Serializer):
    """A doubtful sample: the two likeliest classes, what its neighbors are, and why it is hard."""

    sample = HardSampleShape()
    doubt = serializers.FloatField()
    told = ToldShape(many=True)
    near = serializers.UUIDField()
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=("low_margin", "neighbors_differ")))


class HardExamplesShape(Serializer):
    """The most doubtful first."""

    results = HardExampleShape(many=True)
