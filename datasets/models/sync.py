"""Buckets that are looked at again and again."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models

from core.ids import uuid7


class SyncEvery(models.TextChoices):
    """How often. The values are public."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


PERIODS: Final = {
    SyncEvery.HOUR: timedelta(hours=1),
    SyncEvery.DAY: timedelta(days=1),
    SyncEvery.WEEK: timedelta(weeks=1),
}


class BucketSync(models.Model):
    """A bucket whose new objects come into a data set by the clock; its secret lies sealed in `source`.

    `seen_sha256` names the listing of what is in already. `pending_sha256` is the listing that `last_batch` works
    through; it becomes the seen one once that import has succeeded, less what could not be had then, and is
    forgotten when it has not.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="syncs")
    source = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    every = models.CharField(max_length=4, choices=SyncEvery.choices)
    paused = models.BooleanField(default=False)
    next_run_at = models.DateTimeField()
    seen_sha256 = models.CharField(max_length=64, blank=True, default="")
    pending_sha256 = models.CharField(max_length=64, blank=True, default="")
    last_batch = models.ForeignKey(
        "datasets.ImportBatch", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The clock asks for what is due."""

        indexes = (
            models.Index(fields=("paused", "next_run_at"), name="datasets_sync_due"),
            models.Index(fields=("dataset", "-created_at", "-id"), name="datasets_sync_newest"),
        )

    def __str__(self) -> str:
        return f"{self.source.get('bucket')}/{self.source.get('prefix')} every {self.every}"
