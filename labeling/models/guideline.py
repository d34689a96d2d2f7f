"""What the people of a campaign are told to do, and examples of it."""

from django.conf import settings
from django.db import models

from core.ids import uuid7


class GuidelineVersion(models.Model):
    """A guideline as it stood from `written_at` on. Rows are only ever added; the newest one is in force.

    `examples` is what it shows of the campaign's examples, in order: `{"id", "kind": "good" | "bad", "note"}`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(
        "labeling.Campaign", on_delete=models.CASCADE, related_name="guidelines", db_index=False
    )
    number = models.PositiveIntegerField(help_text="1, 2, 3 within the campaign")
    text = models.TextField(blank=True, default="", help_text="Markdown")
    examples = models.JSONField(default=list)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        """Two people cannot write the same number."""

        constraints = (
            models.UniqueConstraint(fields=("campaign", "number"), name="labeling_guideline_number"),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id} v{self.number}"


class GuidelineExample(models.Model):
    """A sample with the marks it had when somebody made an example of it; it goes with its sample."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey("labeling.Campaign", on_delete=models.CASCADE, related_name="examples")
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="+")
    shapes = models.JSONField(default=list)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sample_id} in {self.campaign_id}"
