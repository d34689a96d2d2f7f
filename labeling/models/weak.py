"""The rules of a campaign over texts, as its managers last saved them."""

from django.conf import settings
from django.db import models


class WeakRules(models.Model):
    """One list a campaign; `rules` is what `labeling.weak.rules` reads. A run keeps its own copy."""

    campaign = models.OneToOneField(
        "labeling.Campaign", primary_key=True, on_delete=models.CASCADE, related_name="weak_rules"
    )
    revision = models.PositiveIntegerField(default=1, help_text="Counts the saves: nobody overwrites unseen")
    rules = models.JSONField(default=list)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.campaign_id} r{self.revision}"
