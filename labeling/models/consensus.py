"""What the answers of several people to one sample come to, and how they compare."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class Consensus(models.Model):
    """One sample of a campaign in which several people answer. There is a row once all of them have.

    The row is written as due in the statement that submits the last answer, so that no sample is forgotten
    whatever dies afterwards; whoever settles it does the same however often.
    """

    class State(models.TextChoices):
        """A conflict waits for a reviewer, and so does what is agreed and was drawn for review."""

        DUE = "due"
        AGREED = "agreed"
        REVIEW = "review"
        CONFLICT = "conflict"
        RESOLVED = "resolved"

    WAITING = (State.REVIEW, State.CONFLICT)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(
        "labeling.Campaign", on_delete=models.CASCADE, related_name="consensuses", db_index=False
    )
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    reason = models.CharField(max_length=20, blank=True, default="", help_text="Why it is a conflict")
    pattern = models.TextField(
        blank=True, default="", help_text="Classes and their votes, in order: what figures are counted by"
    )
    shapes = models.JSONField(default=list, encoder=DjangoJSONEncoder, help_text="What is agreed so far")
    revision = models.PositiveIntegerField(default=1)
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lease_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="The reviewer on whose screen it is, until `lease_until`",
    )
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One row a sample; what is due and what waits for a reviewer are partial indexes."""

        constraints = (
            models.UniqueConstraint(fields=("campaign", "sample"), name="labeling_consensus_once"),
            models.CheckConstraint(
                condition=Q(state__in=("due", "agreed", "review", "conflict", "resolved")),
                name="labeling_consensus_state",
            ),
        )
        indexes = (
            models.Index(fields=("due_at", "id"), name="labeling_consensus_due", condition=Q(state="due")),
            models.Index(
                fields=("campaign", "id"),
                name="labeling_consensus_waiting",
                condition=Q(state__in=("review", "conflict")),
            ),
            models.Index(fields=("campaign", "id"), name="labeling_consensus_list"),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.sample_id} {self.state}"


class PairCount(models.Model):
    """How the answers of two people to one sample compare in one class.

    `left` is the smaller id of the two. A pair that found nothing at all has one row with an empty class,
    `shared` 1: they agree that there is nothing.
    """

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey("labeling.Campaign", on_delete=models.CASCADE, related_name="+")
    consensus = models.ForeignKey(Consensus, on_delete=models.CASCADE, related_name="pairs", db_index=False)
    left = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=36, blank=True, default="")
    shared = models.PositiveIntegerField(default=0)
    left_only = models.PositiveIntegerField(default=0)
    right_only = models.PositiveIntegerField(default=0)

    class Meta:
        """Counted once."""

        constraints = (
            models.UniqueConstraint(
                fields=("consensus", "left", "right", "label"), name="labeling_pair_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.consensus_id}: {self.left_id} and {self.right_id} {self.label}"


class CampaignBeliefs(models.Model):
    """What a campaign with weighted votes believes of its people, from the answers it has seen."""

    campaign = models.OneToOneField(
        "labeling.Campaign", primary_key=True, on_delete=models.CASCADE, related_name="beliefs"
    )
    fitted_on = models.PositiveIntegerField(help_text="Samples the fit has seen")
    prior = models.JSONField(default=dict, help_text="How frequent each class is believed to be")
    people = models.JSONField(default=dict, help_text="The confusion matrix of each person")
    fitted_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.campaign_id} from {self.fitted_on}"
