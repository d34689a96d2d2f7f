"""Where bytes lie, and uploads under way."""

from typing import Final

from django.conf import settings
from django.db import models

from core.ids import uuid7

# The container of bytes that are not in the store (`core.services.outside`).
OUTSIDE: Final = "outside"


class Blob(models.Model):
    """Bytes by their SHA-256: a slice of an immutable container in the store, or `OUTSIDE` of it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    container = models.CharField(max_length=80)
    offset = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The collector asks by container."""

        indexes = (models.Index(fields=("container",), name="core_blob_container"),)

    def __str__(self) -> str:
        return self.sha256


class Upload(models.Model):
    """A resumable upload (tus 1.0); `offset` never runs ahead of what is on disk."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    filename = models.CharField(max_length=255, blank=True, default="")
    media_type = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.id} {self.offset}/{self.length}"
