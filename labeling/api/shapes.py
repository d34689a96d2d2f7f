"""What labeling answers, for the OpenAPI document; the answers themselves are plain dictionaries."""

from typing import Any

from rest_framework import serializers

from labeling.models import Campaign

Serializer = serializers.Serializer[Any]
_REVIEWED = ("accept", "reject", "fix")


class CampaignCountsShape(Serializer):
    """Items by state; `leased` are in somebody's hands and not in `new`."""

    total = serializers.IntegerField()
    new = serializers.IntegerField()
    leased = serializers.IntegerField()
    submitted = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    skipped = serializers.IntegerField()


class CampaignMineShape(Serializer):
    """The caller's own share."""

    open = serializers.IntegerField()
    done = serializers.IntegerField()


class CampaignMayShape(Serializer):
    """What the caller may do here."""

    label = serializers.BooleanField()  # type: ignore[assignment]
    review = serializers.BooleanField()
    manage = serializers.BooleanField()


class CampaignReviewShape(Serializer):
    """How much is reviewed."""

    rate = serializers.FloatField()


class CampaignConsensusShape(Serializer):
    """How several answers to one sample are settled."""

    method = serializers.ChoiceField(choices=Campaign.Agreement.choices)
    quorum = serializers.FloatField()
    min_iou = serializers.FloatField()


class CampaignGoldShape(Serializer):
    """Which share of the samples is known; 0 for those who only answer."""

    rate = serializers.FloatField()


class CampaignShape(Serializer):
    """Labeling work over a selection of samples."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    dataset = serializers.UUIDField()
    name = serializers.CharField()
    task = serializers.CharField()
    selection = serializers.DictField()
    assignees = serializers.ListField(child=serializers.CharField())
    overlap = serializers.IntegerField()
    review = CampaignReviewShape()
    consensus = CampaignConsensusShape()
    conflicts = serializers.IntegerField()
    gold = CampaignGoldShape()
    order = serializers.ChoiceField(choices=Campaign.Order.choices)
    guideline = serializers.CharField()
    guideline_number = serializers.IntegerField()
    due = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(choices=Campaign.State.choices)
    counts = CampaignCountsShape()
    mine = CampaignMineShape()
    may = CampaignMayShape()
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class CampaignDetailShape(CampaignShape):
    """A campaign with the classes its people choose from."""

    label_schema = serializers.DictField()


class ItemSampleShape(Serializer):
    """What is to be labeled."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    media_type = serializers.CharField()
    payload = serializers.DictField()
    media_url = serializers.CharField()
    thumb_url = serializers.CharField(allow_null=True)


class ItemReviewShape(Serializer):
    """What a reviewer said."""

    verdict = serializers.ChoiceField(choices=_REVIEWED)
    reason = serializers.CharField()


class ItemAnswerShape(Serializer):
    """The answer so far; without an id these are the labels the sample already carries."""

    id = serializers.UUIDField(allow_null=True)
    revision = serializers.IntegerField()
    state = serializers.CharField(allow_null=True)
    shapes = serializers.ListField(child=serializers.DictField())
    source = serializers.CharField()  # type: ignore[assignment]
    seconds_spent = serializers.FloatField()
    saved_at = serializers.DateTimeField(allow_null=True)
    review = ItemReviewShape(allow_null=True)


class ItemShape(Serializer):
    """One sample to be answered."""

    id = serializers.UUIDField()
    campaign = serializers.UUIDField()
    sample = ItemSampleShape()
    annotation = ItemAnswerShape()
    state = serializers.CharField()
    slot = serializers.IntegerField()
    assignee = serializers.CharField(allow_null=True)
    author = serializers.CharField(required=False, allow_null=True)
    lease_until = serializers.DateTimeField(allow_null=True)
    skip_reason = serializers.CharField()


class HandoutShape(Serializer):
    """Work for one person."""

    items = ItemShape(many=True)
    peek = ItemShape(many=True)
    remaining = serializers.IntegerField()


class ReviewHandoutShape(Serializer):
    """Answers for a reviewer."""

    items = ItemShape(many=True)
    remaining = serializers.IntegerField()


class LeaseShape(Serializer):
    """Until when the item is held."""

    lease_until = serializers.DateTimeField()


class SavedShape(Serializer):
    """How an answer stands after a save. `findings` say why a submission stayed a draft."""

    id = serializers.UUIDField()
    revision = serializers.IntegerField()
    state = serializers.CharField()
    item_state = serializers.CharField()
    saved_at = serializers.DateTimeField()
    findings = serializers.ListField(child=serializers.DictField())
    next = ItemShape(required=False, allow_null=True)


class SkippedShape(Serializer):
    """The item was set aside."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    next = ItemShape(required=False, allow_null=True)


class AddedShape(Serializer):
    """How many items are new in the queue, and how many now stand in front."""

    added = serializers.IntegerField()
    first = serializers.IntegerField()


class AnnotationShape(Serializer):
    """One person's answer."""

    id = serializers.UUIDField()
    item = serializers.UUIDField()
    revision = serializers.IntegerField()
    state = serializers.CharField()
    shapes = serializers.ListField(child=serializers.DictField())
    seconds_spent = serializers.FloatField()
    saved_at = serializers.DateTimeField()
    review = ItemReviewShape(allow_null=True)
    author = serializers.CharField()


class HistoryEntryShape(Serializer):
    """One step of an answer; `guideline` is the version of the guideline that was in force (0: none)."""

    revision = serializers.IntegerField()
    guideline = serializers.IntegerField()
    action = serializers.CharField()
    actor = serializers.CharField()
    shapes = serializers.ListField(child=serializers.DictField())
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class HistoryShape(Serializer):
    """Everything that happened to an answer, oldest first."""

    results = HistoryEntryShape(many=True)


class PersonProgressShape(Serializer):
    """How far one person is."""

    username = serializers.CharField()
    open = serializers.IntegerField()
    submitted = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    skipped = serializers.IntegerField()
    median_seconds = serializers.FloatField(allow_null=True)


class DayProgressShape(Serializer):
    """How much was submitted on one day (UTC)."""

    day = serializers.DateField()
    submitted = serializers.IntegerField()


class ForecastShape(Serializer):
    """When the rest will be done at the pace of the last two weeks, with the days of a 95 % interval of that pace.

    `latest` is null where the pace varies too much to name a last day.
    """

    remaining = serializers.IntegerField()
    per_day = serializers.FloatField(allow_null=True)
    done_on = serializers.DateField()
    earliest = serializers.DateField()
    latest = serializers.DateField(allow_null=True)


class ProgressShape(Serializer):
    """How a campaign goes."""

    counts = CampaignCountsShape()
    median_seconds = serializers.FloatField(allow_null=True)
    per_assignee = PersonProgressShape(many=True)
    per_day = DayProgressShape(many=True)
    forecast = ForecastShape(allow_null=True)


class HomeContinueShape(Serializer):
    """Where to go on labeling."""

    campaign = serializers.UUIDField()
    name = serializers.CharField()
    open = serializers.IntegerField()
    mine = serializers.IntegerField()


class HomeShape(Serializer):
    """What waits for the caller."""

    # `continue` is a keyword, so the field is declared by name below.
    reviews_waiting = serializers.IntegerField()
    running_jobs = serializers.IntegerField()
    campaigns = CampaignShape(many=True)

    def get_fields(self) -> dict[str, Any]:
        """The declared fields and `continue`."""
        return {"continue": HomeContinueShape(allow_null=True), **super().get_fields()}
