"""One import and how far it has come."""

from django.conf import settings
from django.db import models

from core.ids import uuid7


class ImportBatch(models.Model):
    """What was sent, how it is read, and the cursor from which a new attempt goes on.

    `cursor` counts the planned items that are dealt with; it moves in the transaction that writes
    their rows. `source` names where the bytes are (a stored blob, an upload, an address).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="imports")
    job = models.OneToOneField("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    source = models.JSONField(default=dict)
    source_name = models.CharField(max_length=255, blank=True, default="")
    options = models.JSONField(default=dict)
    format = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    cursor = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=dict)
    problem_samples = models.JSONField(default=list)
    result = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Listed newest first."""

        verbose_name_plural = "import batches"
        indexes = (models.Index(fields=("dataset", "-created_at", "-id"), name="datasets_import_newest"),)

    def __str__(self) -> str:
        return self.source_name or str(self.id)
