"""Labeling work over a selection of samples."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core.ids import uuid7

COUNTER_SHARDS = 16


class Campaign(models.Model):
    """Who labels which samples, how often, and how much of it is reviewed."""

    class State(models.TextChoices):
        """A closed campaign hands out nothing and takes nothing but drafts."""

        OPEN = "open"
        CLOSED = "closed"

    class Order(models.TextChoices):
        """The order of the queue, written into the items ahead; `active` again and again as answers come."""

        GIVEN = "given"
        RANDOM = "random"
        ACTIVE = "active"

    class Agreement(models.TextChoices):
        """What several answers to one sample come to; `none`: the first one counts, the rest are kept."""

        NONE = "none"
        MAJORITY = "majority"
        WEIGHTED = "weighted"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("core.Project", on_delete=models.CASCADE, related_name="campaigns")
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="campaigns")
    name = models.CharField(max_length=200)
    task = models.CharField(max_length=40)
    selection = models.JSONField(default=dict)
    overlap = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text="Answers wanted for each sample",
    )
    consensus = models.CharField(max_length=10, choices=Agreement.choices, default=Agreement.NONE)
    quorum = models.FloatField(default=0.5, help_text="Share of the answers that must say the same, 0.5 to 1")
    min_iou = models.FloatField(default=0.5, help_text="From which overlap on two shapes are one object")
    review_rate = models.FloatField(
        default=0.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="Share of the items that a reviewer looks at, 0 to 1",
    )
    gold_rate = models.FloatField(
        default=0.0,
        help_text="Share of the samples whose answer is known, 0 to 0.5; nobody who answers sees it",
    )
    order = models.CharField(max_length=10, choices=Order.choices, default=Order.GIVEN)
    guideline = models.TextField(blank=True, default="", help_text="Markdown of the newest version")
    guideline_number = models.PositiveIntegerField(
        default=0, help_text="Which version is in force; 0: none was written"
    )
    due = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    assignees = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="labeling.CampaignAssignee", related_name="campaigns"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first, of one project or of all."""

        constraints = (
            models.CheckConstraint(
                condition=Q(overlap__gte=1, overlap__lte=5), name="labeling_campaign_overlap"
            ),
            models.CheckConstraint(
                condition=Q(quorum__gte=0.5, quorum__lte=1, min_iou__gt=0, min_iou__lte=1),
                name="labeling_campaign_consensus",
            ),
            models.CheckConstraint(
                condition=Q(gold_rate__gte=0, gold_rate__lte=0.5), name="labeling_campaign_gold_rate"
            ),
            models.CheckConstraint(
                condition=Q(review_rate__gte=0, review_rate__lte=1), name="labeling_campaign_review_rate"
            ),
        )
        indexes = (
            models.Index(fields=("project", "-created_at", "-id"), name="labeling_campaign_project"),
            models.Index(fields=("-created_at", "-id"), name="labeling_campaign_newest"),
        )

    def __str__(self) -> str:
        return self.name


class CampaignAssignee(models.Model):
    """A person who labels in a campaign. A campaign without any is open to all who label in its project."""

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="assigned")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        """Nobody is assigned twice."""

        constraints = (models.UniqueConstraint(fields=("campaign", "user"), name="labeling_assignee_once"),)

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.user_id}"


class CampaignCounter(models.Model):
    """How many items of one shard are in each state; written with the change, spread against contention."""

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="counters")
    shard = models.PositiveSmallIntegerField()
    new = models.IntegerField(default=0)
    submitted = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)

    class Meta:
        """One row a shard."""

        constraints = (models.UniqueConstraint(fields=("campaign", "shard"), name="labeling_counter_once"),)

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.shard}"
