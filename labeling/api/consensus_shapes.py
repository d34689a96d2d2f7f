"""What the operations on consensus and agreement answer, for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from labeling.api.shapes import ItemSampleShape
from labeling.models import Consensus

Serializer = serializers.Serializer[Any]


class ConsensusAnswerShape(Serializer):
    """What one person said."""

    id = serializers.UUIDField()
    author = serializers.CharField()
    shapes = serializers.ListField(child=serializers.DictField())
    seconds_spent = serializers.FloatField()
    submitted_at = serializers.DateTimeField()


class ConsensusShape(Serializer):
    """One sample that several people have answered; `shapes` is what is agreed, in a conflict the agreed part."""

    id = serializers.UUIDField()
    campaign = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Consensus.State.choices)
    reason = serializers.CharField()
    revision = serializers.IntegerField()
    sample = ItemSampleShape()
    shapes = serializers.ListField(child=serializers.DictField())
    answers = ConsensusAnswerShape(many=True)
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class ConflictHandoutShape(Serializer):
    """Conflicts for one reviewer; `remaining` are all that wait, whoever holds them."""

    items = ConsensusShape(many=True)
    remaining = serializers.IntegerField()


class FigureShape(Serializer):
    """A figure with its 95 % interval, from how many samples; null where it does not exist."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    samples = serializers.IntegerField()


class AgreementFiguresShape(Serializer):
    """Of one class a sample: the share of equal pairs, Fleiss' kappa, Krippendorff's alpha; else F1."""

    observed = FigureShape(required=False)
    fleiss = FigureShape(required=False)
    krippendorff = FigureShape(required=False)
    f1 = FigureShape(required=False)


class AgreementStatesShape(Serializer):
    """How many samples are in which state."""

    due = serializers.IntegerField()
    agreed = serializers.IntegerField()
    review = serializers.IntegerField()
    conflict = serializers.IntegerField()
    resolved = serializers.IntegerField()


class AgreementPairShape(Serializer):
    """Two people: F1 of their answers (of one class a sample: the share that is equal), and Cohen's kappa."""

    a = serializers.CharField()
    b = serializers.CharField()
    agreement = FigureShape()
    kappa = FigureShape(allow_null=True)
    differing = serializers.IntegerField()


class AgreementClassShape(Serializer):
    """A class: F1 of all pairs of answers in it."""

    id = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    color = serializers.CharField()
    agreement = FigureShape()


class PersonClassShape(Serializer):
    """One person's F1 with all others in one class, and in how many samples they differ."""

    person = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    agreement = FigureShape()
    differing = serializers.IntegerField()


class GoldPersonShape(Serializer):
    """How far one person's answers to known samples are what is known: F1, of one class a sample the share."""

    person = serializers.CharField()
    figure = FigureShape()


class AgreementShape(Serializer):
    """How far the people of a campaign agree."""

    task = serializers.CharField()
    states = AgreementStatesShape()
    figures = AgreementFiguresShape()
    people = serializers.ListField(child=serializers.CharField())
    people_total = serializers.IntegerField()
    classes_total = serializers.IntegerField()
    pairs = AgreementPairShape(many=True)
    classes = AgreementClassShape(many=True)
    people_classes = PersonClassShape(many=True)
    gold = GoldPersonShape(many=True)
