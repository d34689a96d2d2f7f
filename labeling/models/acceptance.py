"""Batches of submitted answers that are accepted or returned as a whole, by what a random part of them shows."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class Acceptance(models.Model):
    """What waited for review when it was begun, and the part of it that is looked at.

    The part is drawn by a seed that never leaves the server: who answers cannot know what will be looked at,
    and whoever doubts the draw can repeat it.
    """

    class State(models.TextChoices):
        """Open until a reviewer decides; what is decided stays so."""

        OPEN = "open"
        ACCEPTED = "accepted"
        RETURNED = "returned"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey("labeling.Campaign", on_delete=models.CASCADE, related_name="acceptances")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    seed = models.CharField(max_length=32)
    size = models.PositiveIntegerField()
    drawn = models.PositiveIntegerField()
    reason = models.CharField(max_length=2000, blank=True, default="")
    wrong = models.PositiveIntegerField(null=True, blank=True, help_text="As it was when it was decided")
    moved = models.PositiveIntegerField(
        null=True, blank=True, help_text="Answers the decision was written to"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Numbered within its campaign, one open at a time."""

        constraints = (
            models.UniqueConstraint(fields=("campaign", "number"), name="labeling_acceptance_number"),
            models.UniqueConstraint(
                fields=("campaign",), condition=Q(state="open"), name="labeling_acceptance_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id} #{self.number} {self.state}"


class AcceptanceItem(models.Model):
    """One answer of a batch, at the revision that it had when the batch was begun."""

    id = models.BigAutoField(primary_key=True)
    acceptance = models.ForeignKey(Acceptance, on_delete=models.CASCADE, related_name="rows", db_index=False)
    item = models.ForeignKey("labeling.Item", on_delete=models.CASCADE, related_name="+")
    annotation = models.ForeignKey("labeling.Annotation", on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    is_drawn = models.BooleanField(default=False)

    class Meta:
        """Once in a batch."""

        constraints = (
            models.UniqueConstraint(fields=("acceptance", "item"), name="labeling_acceptance_item_once"),
        )

    def __str__(self) -> str:
        return f"{self.acceptance_id}: {self.item_id}"
