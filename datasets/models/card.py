"""What people say of a version beside what is known of it."""

from django.conf import settings
from django.db import models


class VersionCard(models.Model):
    """The notes of a version's data card. The version never changes, its notes may.

    What the card fills in by itself is not stored: it is what the version and its imports say.
    """

    version = models.OneToOneField(
        "datasets.DatasetVersion", on_delete=models.CASCADE, primary_key=True, related_name="card"
    )
    revision = models.PositiveIntegerField(default=0)
    licence = models.CharField(max_length=200, blank=True, default="")
    consent = models.TextField(blank=True, default="")
    intended_use = models.TextField(blank=True, default="")
    known_gaps = models.TextField(blank=True, default="")
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"card of {self.version_id}"
