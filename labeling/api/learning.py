"""`/campaigns/{id}/learning/`: a small model that is trained while people label."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.serializers import JobSerializer
from core.api.views import StudioViewSet
from labeling.api.rules import RULES
from labeling.models import LearningRound
from labeling.selectors.access import campaign_for
from labeling.selectors.learning import DEFAULT_PER_CLASS, learning_document
from labeling.services.learning import LEAST_PER_CLASS, MOST_PER_CLASS, learning_set

Serializer = serializers.Serializer[Any]


class LearningForm(Serializer):
    """Whether it learns, and from how many labels of each class on."""

    on = serializers.BooleanField()
    per_class = serializers.IntegerField(
        min_value=LEAST_PER_CLASS, max_value=MOST_PER_CLASS, default=DEFAULT_PER_CLASS
    )


class LearnedClassShape(Serializer):
    """A class and how many samples have it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    color = serializers.CharField()
    labels = serializers.IntegerField()


class LearningRoundShape(Serializer):
    """One time that it learned; `accuracy` is of samples it was not trained on, `reason` the code of what ended it early."""

    number = serializers.IntegerField()
    labeled = serializers.IntegerField()
    state = serializers.ChoiceField(choices=LearningRound.State.choices)
    reason = serializers.CharField()
    accuracy = serializers.DictField(allow_null=True)
    run = serializers.UUIDField(allow_null=True)
    model_version = serializers.UUIDField(allow_null=True)
    job = JobSerializer(allow_null=True)
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class LearningShape(Serializer):
    """What a campaign that learns has and lacks; `next_at` labels begin the next round, null before the first."""

    on = serializers.BooleanField()
    per_class = serializers.IntegerField()
    labeled = serializers.IntegerField()
    next_at = serializers.IntegerField(allow_null=True)
    classes = LearnedClassShape(many=True)
    rounds = LearningRoundShape(many=True)


class LearningViewSet(StudioViewSet):
    """`/campaigns/{id}/learning/`."""

    resource = "learning"
    rules = RULES

    @extend_schema(responses=LearningShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """Whether the campaign learns, and what came of it."""
        campaign, _ = campaign_for(self.user, pk)
        self.allow(campaign.project_id)
        return Response(learning_document(campaign))

    @extend_schema(request=LearningForm, responses=LearningShape)
    def update(self, request: Request, pk: uuid.UUID) -> Response:
        """Have it learn as people label, or no more."""
        campaign, _ = campaign_for(self.user, pk)
        self.allow(campaign.project_id)
        sent = accepted(LearningForm, request.data)
        learning_set(actor=self.user, campaign=campaign, is_on=sent["on"], per_class=sent["per_class"])
        return Response(learning_document(campaign))
