"""Outside effects, written with the state that causes them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class OutboxEvent(models.Model):
    """Something others are to be told at least once, with a stable id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    topic = models.CharField(max_length=80)
    project = models.ForeignKey("core.Project", null=True, on_delete=models.CASCADE, related_name="+")
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        """The delivery loop reads what is due."""

        indexes = (
            models.Index(
                fields=("due_at",),
                name="core_outbox_due",
                condition=Q(delivered_at__isnull=True, dead_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"


class IdempotencyRecord(models.Model):
    """The answer already given to a request with this key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One answer a key and user."""

        constraints = (models.UniqueConstraint(fields=("user", "key"), name="core_idempotency_once"),)

    def __str__(self) -> str:
        return self.key
