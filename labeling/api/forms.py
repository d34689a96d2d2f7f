"""What labeling takes in."""

from typing import Any

from rest_framework import serializers

from core.api.fields import NameField
from datasets.api.filter_fields import FilterField
from labeling.models import Campaign, Review
from labeling.selectors.queue import MAX_PEEK
from labeling.services.campaigns import FILTERS, MAX_OVERLAP
from labeling.services.claims import MAX_CLAIM

Serializer = serializers.Serializer[Any]
HELD = 100


class SelectionForm(Serializer):
    """Which samples: all, the unlabeled ones, those of a class or split, the named ones, or (`query`) those
    that meet `conditions`, the filters of the sample list."""

    filter = serializers.ChoiceField(choices=FILTERS)
    label = serializers.UUIDField(required=False)  # type: ignore[assignment]
    split = serializers.ChoiceField(choices=("", "train", "val", "test"), required=False)
    ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=100_000)
    conditions = FilterField(required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """A bare word stands for the filter; ids become text, as the selection is stored as JSON."""
        sent = super().to_internal_value({"filter": data} if isinstance(data, str) else data)
        if sent["filter"] in ("label", "ids") and not sent.get(sent["filter"]):
            raise serializers.ValidationError({sent["filter"]: "this filter needs it"})
        texts: dict[str, Any] = {"filter": sent["filter"]}
        if "label" in sent:
            texts["label"] = str(sent["label"])
        if "split" in sent:
            texts["split"] = sent["split"]
        if "ids" in sent:
            texts["ids"] = [str(value) for value in sent["ids"]]
        if "conditions" in sent:
            texts["conditions"] = sent["conditions"]
        return texts


class ReviewRateForm(Serializer):
    """How much is reviewed."""

    rate = serializers.FloatField(min_value=0, max_value=1)


class ConsensusForm(Serializer):
    """How several answers to one sample are settled; `none`: the first one counts."""

    method = serializers.ChoiceField(choices=Campaign.Agreement.choices)
    quorum = serializers.FloatField(min_value=0.5, max_value=1, default=0.5)
    min_iou = serializers.FloatField(min_value=0.05, max_value=1, default=0.5)


class GoldForm(Serializer):
    """Which share of the samples shall be ones whose answer is known."""

    rate = serializers.FloatField(min_value=0, max_value=0.5)


class CampaignChangeForm(Serializer):
    """What may change while people work."""

    name = NameField(max_length=200, required=False)
    assignees = serializers.ListField(
        child=serializers.CharField(max_length=150), required=False, max_length=1000
    )
    review = ReviewRateForm(required=False)
    guideline = serializers.CharField(max_length=100_000, allow_blank=True, required=False)
    due = serializers.DateTimeField(allow_null=True, required=False)


class CampaignForm(CampaignChangeForm):
    """A campaign to be made."""

    dataset = serializers.UUIDField()
    name = NameField(max_length=200)
    selection = SelectionForm(required=False)
    overlap = serializers.IntegerField(min_value=1, max_value=MAX_OVERLAP, required=False)
    consensus = ConsensusForm(required=False)
    gold = GoldForm(required=False)
    order = serializers.ChoiceField(choices=Campaign.Order.choices, required=False)


class SamplesForm(Serializer):
    """Samples to be queued as well; with `first` they are asked for before all others."""

    selection = SelectionForm()
    first = serializers.BooleanField(default=False)


class ClaimForm(Serializer):
    """How much work is wanted; `held` names items already on the screen, `peek` asks for a look ahead."""

    count = serializers.IntegerField(min_value=0, max_value=MAX_CLAIM, default=1)
    peek = serializers.IntegerField(min_value=0, max_value=MAX_PEEK, default=0)
    held = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=HELD)


class ReviewClaimForm(Serializer):
    """How many answers a reviewer wants to look at; `acceptance` names a batch: only its drawn part then."""

    acceptance = serializers.UUIDField(required=False)

    count = serializers.IntegerField(min_value=1, max_value=MAX_CLAIM, default=1)
    held = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=HELD)


class ConflictClaimForm(Serializer):
    """How many conflicts a reviewer wants; those `held` stay theirs, with `count` 0 nothing else happens."""

    count = serializers.IntegerField(min_value=0, max_value=MAX_CLAIM, default=1)
    held = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=HELD)


class NextForm(Serializer):
    """Whether the answer shall carry the next item, and what is on the screen already."""

    next = serializers.BooleanField(default=False)
    held = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=HELD)


class SkipForm(NextForm):
    """Why an item is set aside."""

    reason = serializers.CharField(max_length=500)


class AnnotationForm(NextForm):
    """A whole answer. `shapes` is checked by the task's own rules."""

    item = serializers.UUIDField()
    revision = serializers.IntegerField(min_value=0)
    shapes = serializers.JSONField()
    state = serializers.ChoiceField(choices=("draft", "submitted"))
    seconds_spent = serializers.FloatField(min_value=0, default=0.0)


class VerdictForm(NextForm):
    """A reviewer's word on an answer; with `acceptance` the next one is of the drawn part of that batch."""

    verdict = serializers.ChoiceField(choices=Review.Verdict.choices)
    reason = serializers.CharField(max_length=2000, allow_blank=True, default="")
    shapes = serializers.JSONField(required=False)
    revision = serializers.IntegerField(min_value=0, required=False)
    acceptance = serializers.UUIDField(required=False)


class ResolveForm(Serializer):
    """One of the answers by its id, or other shapes; never both."""

    revision = serializers.IntegerField(min_value=0)
    annotation = serializers.UUIDField(required=False)
    shapes = serializers.JSONField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("annotation" in attrs) == ("shapes" in attrs):
            raise serializers.ValidationError(
                {"annotation": "choose an answer or give another, one of the two"}
            )
        return attrs
