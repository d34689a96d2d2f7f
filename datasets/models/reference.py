"""Bytes of samples that stay in somebody's bucket."""

from django.conf import settings
from django.db import models

from core.ids import uuid7


class BucketSource(models.Model):
    """A bucket that samples of a project refer to; its secret lies sealed as long as one of them does."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("core.Project", on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=500)
    bucket = models.CharField(max_length=100)
    region = models.CharField(max_length=40)
    key_id = models.CharField(max_length=200, blank=True, default="")
    secret = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField()

    class Meta:
        """An import asks for the one with its address."""

        indexes = (models.Index(fields=("project", "bucket"), name="datasets_source_bucket"),)

    def __str__(self) -> str:
        return f"{self.bucket} at {self.endpoint}"


class Reference(models.Model):
    """An object of a bucket that had these bytes when it was read; the same bytes may lie in several places.

    `content` is their SHA-256 and keeps nothing: a reference goes when no blob lies outside under that name any more.
    """

    id = models.BigAutoField(primary_key=True)
    content = models.CharField(max_length=64)
    source = models.ForeignKey(BucketSource, on_delete=models.CASCADE, related_name="references")
    key = models.CharField(max_length=1_024)
    etag = models.CharField(max_length=200, blank=True, default="")
    size_bytes = models.BigIntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        """Asked for by content."""

        constraints = (
            models.UniqueConstraint(fields=("content", "source", "key"), name="datasets_reference_place"),
        )

    def __str__(self) -> str:
        return self.key
