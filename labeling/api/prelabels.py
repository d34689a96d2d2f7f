"""`/campaigns/{id}/prelabels/`: models that answer before people do."""

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
from labeling.assist.weights import DETECTING, are_there
from labeling.selectors.access import campaign_for
from labeling.selectors.prelabels import prelabels_document, run_render
from labeling.services.assist import weights_dir
from labeling.services.prelabels import PrelabelPlan, prelabel_submit

Serializer = serializers.Serializer[Any]
MAX_CLASSES = 2_000


class PrelabelForm(Serializer):
    """A model (`nanodet`, or the id of a version), which of its classes become which here, and from which score on.

    `neighbors`: each sample gets the class of the labeled ones that are most like it. `language`: the language model of
    the operator reads the texts. For these two there is nothing to map.
    """

    model = serializers.CharField(max_length=40)
    mapping = serializers.DictField(child=serializers.UUIDField(), default=dict)
    threshold = serializers.FloatField(min_value=0, max_value=1, default=0.5)
    control = serializers.FloatField(min_value=0, max_value=0.5, default=0.0)

    def validate_mapping(self, value: dict[str, uuid.UUID]) -> dict[str, str]:
        """Ids as text."""
        if len(value) > MAX_CLASSES:
            raise serializers.ValidationError("too many classes")
        return {name: str(label) for name, label in value.items()}


class PrelabelModelShape(Serializer):
    """A model that may be asked; `suggested` maps classes of the same name."""

    model = serializers.CharField()
    title = serializers.CharField()
    classes = serializers.ListField(child=serializers.CharField())
    suggested = serializers.DictField(child=serializers.UUIDField())
    ready = serializers.BooleanField()


class PrelabelFiguresShape(Serializer):
    """What people made of it; times are null while too few are known."""

    answered = serializers.IntegerField()
    accepted = serializers.IntegerField()
    changed = serializers.IntegerField()
    rejected = serializers.IntegerField()
    added = serializers.IntegerField()
    acceptance_rate = serializers.FloatField(allow_null=True)
    seconds_saved = serializers.FloatField(allow_null=True)


class PrelabelRunShape(Serializer):
    """One model, or so many rules, over the samples nobody had answered."""

    id = serializers.UUIDField()
    model = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    mapping = serializers.DictField(child=serializers.UUIDField())
    threshold = serializers.FloatField()
    control = serializers.FloatField()
    rules = serializers.IntegerField()
    samples = serializers.IntegerField()
    job = JobSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    figures = PrelabelFiguresShape()


class PrelabelsShape(Serializer):
    """What may be asked, and what was."""

    models = PrelabelModelShape(many=True)
    runs = PrelabelRunShape(many=True)


class PrelabelViewSet(StudioViewSet):
    """`/campaigns/{id}/prelabels/`."""

    resource = "prelabels"
    rules = RULES

    @extend_schema(responses=PrelabelsShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """Models that may be asked, and the runs with their acceptance."""
        campaign, _ = campaign_for(self.user, pk)
        self.allow(campaign.project_id)
        has_weights = are_there(weights_dir(), DETECTING)
        return Response(prelabels_document(self.user, campaign, has_weights=has_weights))

    @extend_schema(request=PrelabelForm, responses={202: PrelabelRunShape})
    def create(self, request: Request, pk: uuid.UUID) -> Response:
        """Have a model answer what nobody has; people see it, marked, when they get the sample."""
        campaign, _ = campaign_for(self.user, pk)
        self.allow(campaign.project_id)
        sent = accepted(PrelabelForm, request.data)
        run, job = prelabel_submit(actor=self.user, campaign=campaign, plan=PrelabelPlan(**sent))
        return self.accepted(job, **{key: value for key, value in run_render(run).items() if key != "job"})
