"""Answers to items, and everything that ever happened to them."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class Annotation(models.Model):
    """One person's answer to one item; the id is made by the client so that a save can be repeated."""

    class State(models.TextChoices):
        """A draft is the author's own; the rest follows the item."""

        DRAFT = "draft"
        SUBMITTED = "submitted"
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True, editable=False)
    item = models.ForeignKey(
        "labeling.Item", on_delete=models.CASCADE, related_name="annotations", db_index=False
    )
    campaign = models.ForeignKey(
        "labeling.Campaign", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="annotations")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    shapes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    seconds_spent = models.FloatField(default=0.0)
    digest = models.CharField(max_length=64, default="", help_text="SHA-256 of the last accepted save")
    verdict = models.CharField(max_length=10, blank=True, default="")
    reason = models.CharField(max_length=2000, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One answer an item and person; progress reads by campaign and day."""

        constraints = (
            models.UniqueConstraint(fields=("item", "author"), name="labeling_annotation_once"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "submitted", "accepted", "rejected")),
                name="labeling_annotation_state",
            ),
        )
        indexes = (
            models.Index(
                fields=("campaign", "submitted_at"),
                name="labeling_annotation_progress",
                condition=Q(submitted_at__isnull=False),
            ),
            models.Index(fields=("author", "sample"), name="labeling_annotation_author"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} by {self.author_id} r{self.revision}"


class AnnotationEvent(models.Model):
    """One step in the life of an annotation. Rows are only ever added."""

    class Action(models.TextChoices):
        """What was done."""

        DRAFTED = "drafted"
        SUBMITTED = "submitted"
        TAKEN_BACK = "taken_back"
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        FIXED = "fixed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    revision = models.PositiveIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    action = models.CharField(max_length=12, choices=Action.choices)
    shapes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    reason = models.CharField(max_length=2000, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        """A revision happens once."""

        constraints = (
            models.UniqueConstraint(fields=("annotation", "revision"), name="labeling_event_once"),
        )

    def __str__(self) -> str:
        return f"{self.annotation_id} r{self.revision} {self.action}"


class Review(models.Model):
    """A reviewer's verdict on one revision of an annotation."""

    class Verdict(models.TextChoices):
        """A fix is an acceptance with the reviewer's own shapes."""

        ACCEPT = "accept"
        REJECT = "reject"
        FIX = "fix"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=2000, blank=True, default="")
    revision = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A revision is judged once."""

        constraints = (
            models.UniqueConstraint(fields=("annotation", "revision"), name="labeling_review_once"),
        )

    def __str__(self) -> str:
        return f"{self.annotation_id} r{self.revision} {self.verdict}"
