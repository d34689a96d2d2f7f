"""What was asked and answered, and what people say was right."""

from django.conf import settings
from django.db import models

from core.ids import uuid7
from serving.models.endpoint import Endpoint


class JournalSegment(models.Model):
    """How far a journal file of the data plane has been read, in bytes."""

    name = models.CharField(max_length=120, primary_key=True)
    offset = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}@{self.offset}"


class JournalEntry(models.Model):
    """One call that fell into the sample."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="entries")
    request_id = models.CharField(max_length=128, db_index=True)
    model_version = models.UUIDField()
    key = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    latency_ms = models.FloatField()
    label = models.CharField(max_length=200, blank=True, default="")
    score = models.FloatField(null=True, blank=True)
    answer = models.JSONField()

    class Meta:
        """Read newest first, and by age to be deleted."""

        verbose_name_plural = "journal entries"
        indexes = (models.Index(fields=("endpoint", "-at", "-id"), name="serving_journal_newest"),)

    def __str__(self) -> str:
        return self.request_id


class JournalInput(models.Model):
    """A picture of a call, as it was sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(JournalEntry, on_delete=models.CASCADE, related_name="inputs")
    position = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    media_type = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.sha256


class Feedback(models.Model):
    """The right answer to a call, said by a person afterwards; the newest counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="feedback")
    request_id = models.CharField(max_length=128, db_index=True)
    label = models.CharField(max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Listed with the journal."""

        indexes = (models.Index(fields=("endpoint", "-created_at"), name="serving_feedback_newest"),)

    def __str__(self) -> str:
        return f"{self.request_id}: {self.label}"
