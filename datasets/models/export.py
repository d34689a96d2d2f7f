"""Archives made from versions."""

from django.conf import settings
from django.db import models

from core.ids import uuid7


class VersionExport(models.Model):
    """One archive of a version in one format; the blob holds the bytes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey("datasets.DatasetVersion", on_delete=models.CASCADE, related_name="exports")
    job = models.OneToOneField("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    format = models.CharField(max_length=40)
    include_media = models.BooleanField(default=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.format} {self.id}"
