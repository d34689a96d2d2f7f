"""`/campaigns/{id}/weak-rules/`: dictionaries and patterns that say something of texts before people do."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.views import StudioViewSet
from core.patterns import MAX_PATTERN
from labeling.api.prelabels import PrelabelRunShape
from labeling.api.rules import RULES
from labeling.models import Campaign
from labeling.selectors.access import campaign_for
from labeling.selectors.prelabels import run_render
from labeling.selectors.weak_rules import rules_document
from labeling.services.weak_preview import rules_preview
from labeling.services.weak_rules import mode_for, rules_apply, rules_save, rules_sent
from labeling.weak.rules import KINDS, MAX_WORD, MAX_WORDS

Serializer = serializers.Serializer[Any]


class WeakRuleShape(Serializer):
    """Words or a pattern of RE2, and the class it speaks for."""

    label = serializers.UUIDField()  # type: ignore[assignment]  # every field of DRF has a member of this name
    kind = serializers.ChoiceField(choices=KINDS)
    words = serializers.ListField(
        child=serializers.CharField(max_length=MAX_WORD), max_length=MAX_WORDS, required=False
    )
    pattern = serializers.CharField(max_length=MAX_PATTERN, allow_blank=True, required=False)
    whole_word = serializers.BooleanField(required=False)
    match_case = serializers.BooleanField(required=False)


@extend_schema_field(WeakRuleShape(many=True))
class _RulesField(serializers.JSONField):
    """Passed on as sent: `labeling.weak.rules` knows what is wrong with a rule, and with which."""


class WeakRulesForm(Serializer):
    """Rules to be looked at."""

    rules = _RulesField()


class WeakRulesSaveForm(WeakRulesForm):
    """Rules to be kept; `revision` is that of the rules they replace, 0 before the first save."""

    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class WeakRulesApplyForm(Serializer):
    """Which saved rules, and which share of the texts stays without to compare with."""

    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    control = serializers.FloatField(min_value=0, max_value=0.5, default=0.0)


class WeakRulesShape(Serializer):
    """The saved rules."""

    revision = serializers.IntegerField()
    rules = WeakRuleShape(many=True)
    changed_by = serializers.CharField(allow_null=True)
    changed_at = serializers.DateTimeField(allow_null=True)


class WeakExampleShape(Serializer):
    """A match on one line with what stands around it."""

    sample = serializers.UUIDField()
    name = serializers.CharField()
    before = serializers.CharField()
    match = serializers.CharField()
    after = serializers.CharField()


class WeakFiguresShape(Serializer):
    """Of one rule. `overlaps` and `conflicts` are of its `matches`; `correct` of the `judged` that people answered."""

    texts = serializers.IntegerField()
    coverage = serializers.FloatField()
    matches = serializers.IntegerField()
    overlaps = serializers.IntegerField()
    conflicts = serializers.IntegerField()
    judged = serializers.IntegerField()
    correct = serializers.IntegerField()
    examples = WeakExampleShape(many=True)


class WeakPreviewShape(Serializer):
    """Of the texts looked at, which are drawn among those that wait."""

    waiting = serializers.IntegerField()
    looked_at = serializers.IntegerField()
    is_cut = serializers.BooleanField()
    answered = serializers.IntegerField()
    covered = serializers.IntegerField()
    conflicted = serializers.IntegerField()
    undecided = serializers.IntegerField()
    uncovered = serializers.IntegerField()
    rules = WeakFiguresShape(many=True)
    took_ms = serializers.FloatField()


class WeakRulesViewSet(StudioViewSet):
    """`/campaigns/{id}/weak-rules/`."""

    resource = "weak_rules"
    rules = RULES
    reading_actions = frozenset({"preview"})

    @extend_schema(responses=WeakRulesShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """The saved rules, in the classes of now."""
        campaign = self._campaign(pk)
        mode_for(campaign)
        return Response(rules_document(campaign))

    @extend_schema(request=WeakRulesSaveForm, responses=WeakRulesShape)
    def update(self, request: Request, pk: uuid.UUID) -> Response:
        """Keep these in place of those."""
        campaign = self._campaign(pk)
        sent = accepted(WeakRulesSaveForm, request.data)
        rules_save(actor=self.user, campaign=campaign, revision=sent["revision"], raw=sent["rules"])
        return Response(rules_document(campaign))

    @extend_schema(request=WeakRulesForm, responses=WeakPreviewShape)
    def preview(self, request: Request, pk: uuid.UUID) -> Response:
        """What these rules would say; nothing is kept."""
        campaign = self._campaign(pk)
        rules = rules_sent(campaign, accepted(WeakRulesForm, request.data)["rules"])
        return Response(rules_preview(campaign, rules))

    @extend_schema(request=WeakRulesApplyForm, responses={202: PrelabelRunShape})
    def apply(self, request: Request, pk: uuid.UUID) -> Response:
        """Have the saved rules say what nobody has; people see it, marked, when they get the text."""
        campaign = self._campaign(pk)
        sent = accepted(WeakRulesApplyForm, request.data)
        run, job = rules_apply(actor=self.user, campaign=campaign, **sent)
        return self.accepted(job, **{key: value for key, value in run_render(run).items() if key != "job"})

    def _campaign(self, pk: uuid.UUID) -> Campaign:
        campaign, _ = campaign_for(self.user, pk)
        self.allow(campaign.project_id)
        return campaign
