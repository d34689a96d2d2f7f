"""A small model that is trained again and again while people label, and answers before they do."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class Learning(models.Model):
    """That a campaign learns as it is labeled; `per_class` labels of every class that is used begin it.

    Versions, runs and pre-labels are made in the name of who switched it on last.
    """

    campaign = models.OneToOneField(
        "labeling.Campaign", on_delete=models.CASCADE, related_name="learning", primary_key=True
    )
    is_on = models.BooleanField(default=True)
    per_class = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(3), MaxValueValidator(500)]
    )
    switched_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    switched_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.campaign_id}: {'on' if self.is_on else 'off'}"


class LearningRound(models.Model):
    """One time that it learned: a frozen version, a run, and what the model said of the rest."""

    class State(models.TextChoices):
        """What it waits for; a round under way is carried on by the clock, whoever dies."""

        FREEZING = "freezing"
        TRAINING = "training"
        SAYING = "saying"
        DONE = "done"
        FAILED = "failed"

    UNDER_WAY = (State.FREEZING, State.TRAINING, State.SAYING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(
        "labeling.Campaign", on_delete=models.CASCADE, related_name="learning_rounds", db_index=False
    )
    number = models.PositiveIntegerField()
    labeled = models.PositiveIntegerField(help_text="Labeled samples it was begun with")
    state = models.CharField(max_length=10, choices=State.choices, default=State.FREEZING)
    job = models.ForeignKey(
        "core.Job", null=True, on_delete=models.SET_NULL, related_name="+", help_text="What it waits for"
    )
    run = models.ForeignKey("training.Run", null=True, on_delete=models.SET_NULL, related_name="+")
    prelabels = models.ForeignKey(
        "labeling.PrelabelRun", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=64, blank=True, default="", help_text="Code of what ended it early")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One round at a time, by the database."""

        constraints = (
            models.UniqueConstraint(fields=("campaign", "number"), name="labeling_learning_number"),
            models.UniqueConstraint(
                fields=("campaign",),
                condition=Q(state__in=("freezing", "training", "saying")),
                name="labeling_learning_one",
            ),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.number}: {self.state}"
