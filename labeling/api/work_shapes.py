"""What the manager's side of labeling takes in and answers."""

from typing import Any

from rest_framework import serializers

from labeling.api.shapes import CampaignCountsShape, ForecastShape
from labeling.models import Acceptance
from labeling.services.acceptance import MAX_BATCH
from labeling.services.moves import MAX_MOVED
from labeling.services.questions import MAX_TEXT

Serializer = serializers.Serializer[Any]
MAX_PIXELS = 1_000_000
DUE_STATES = ("none", "done", "late", "at_risk", "on_time", "unknown")


class MoveForm(Serializer):
    """`from` (null: the pool) and `to` (null: back into the pool) are usernames; `items` narrows it to some.

    What somebody has begun stays theirs unless `begun`.
    """

    # `from` is a keyword, so the field is declared by name below.
    to = serializers.CharField(max_length=150, allow_null=True)
    count = serializers.IntegerField(min_value=1, max_value=MAX_MOVED, default=MAX_MOVED)
    items = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=MAX_MOVED)
    begun = serializers.BooleanField(default=False)

    def get_fields(self) -> dict[str, Any]:
        """The declared fields and `from`."""
        giver = serializers.CharField(max_length=150, allow_null=True)
        return {"from": giver, **super().get_fields()}


class MovedShape(Serializer):
    """How many items moved, and how many of them somebody had begun."""

    moved = serializers.IntegerField()
    begun = serializers.IntegerField()


class PersonWorkShape(Serializer):
    """One person's part; `movable` of what is `in_hand` nobody has begun, `week` was done in the last seven days."""

    username = serializers.CharField()
    in_hand = serializers.IntegerField()
    movable = serializers.IntegerField()
    begun = serializers.IntegerField()
    done = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()
    skipped = serializers.IntegerField()
    week = serializers.IntegerField()
    answers = serializers.IntegerField()
    sent_back = serializers.IntegerField()
    fixed = serializers.IntegerField()
    rework_rate = serializers.FloatField(allow_null=True)
    median_seconds = serializers.FloatField(allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True)


class LeaderboardShape(Serializer):
    """Everybody who works in a campaign, by name."""

    results = PersonWorkShape(many=True)


class BurnDayShape(Serializer):
    """What was done on one day (UTC), and what was left at its end."""

    day = serializers.DateField()
    done = serializers.IntegerField()
    left = serializers.IntegerField()


class BalanceShape(Serializer):
    """How often a class was given."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    color = serializers.CharField()
    samples = serializers.IntegerField()
    objects = serializers.IntegerField()


class OverviewShape(Serializer):
    """A campaign as who runs it sees it. `forecast` is null where there is too little to tell."""

    counts = CampaignCountsShape()
    left = serializers.IntegerField()
    due = serializers.DateTimeField(allow_null=True)
    due_state = serializers.ChoiceField(choices=DUE_STATES)
    burn_down = BurnDayShape(many=True)
    forecast = ForecastShape(allow_null=True)
    median_seconds = serializers.FloatField(allow_null=True)
    answers = serializers.IntegerField()
    sent_back = serializers.IntegerField()
    fixed = serializers.IntegerField()
    rework_rate = serializers.FloatField(allow_null=True)
    balance = BalanceShape(many=True)
    questions = serializers.IntegerField()
    pool = serializers.IntegerField()
    people = PersonWorkShape(many=True)


class AcceptanceForm(Serializer):
    """How many answers of the batch shall be looked at."""

    count = serializers.IntegerField(min_value=1, max_value=MAX_BATCH)


class ReturnForm(Serializer):
    """Why a batch goes back."""

    reason = serializers.CharField(max_length=2000)


class ErrorRateShape(Serializer):
    """The share of judged answers that were not right, with the exact 95 % interval (Clopper and Pearson)."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField()
    high = serializers.FloatField()
    samples = serializers.IntegerField()


class AcceptanceShape(Serializer):
    """A batch; `moved` answers the decision was written to, the others had been judged one by one."""

    id = serializers.UUIDField()
    campaign = serializers.UUIDField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Acceptance.State.choices)
    size = serializers.IntegerField()
    drawn = serializers.IntegerField()
    judged = serializers.IntegerField()
    wrong = serializers.IntegerField()
    error_rate = ErrorRateShape()
    reason = serializers.CharField()
    moved = serializers.IntegerField(allow_null=True)
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class CommentForm(Serializer):
    """An answer."""

    text = serializers.CharField(max_length=MAX_TEXT)


class QuestionForm(CommentForm):
    """A question about an item; about an object by its id, or about a point in pixels of the upright picture."""

    shape = serializers.UUIDField(default=None, allow_null=True)
    point = serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=MAX_PIXELS),
        min_length=2,
        max_length=2,
        default=None,
        allow_null=True,
    )


class CommentShape(Serializer):
    """One line of a thread."""

    id = serializers.UUIDField()
    author = serializers.CharField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class QuestionSampleShape(Serializer):
    """What the thread is about."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class QuestionShape(Serializer):
    """A thread; the first comment is the question. A `shape` that was deleted leaves it with its sample."""

    id = serializers.UUIDField()
    campaign = serializers.UUIDField()
    item = serializers.UUIDField()
    sample = QuestionSampleShape()
    shape = serializers.UUIDField(allow_null=True)
    point = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    author = serializers.CharField()
    created_at = serializers.DateTimeField()
    resolved_by = serializers.CharField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    comments = CommentShape(many=True)


class QuestionsShape(Serializer):
    """All threads about one item."""

    results = QuestionShape(many=True)
