"""Samples of a campaign whose answer is known, and how people answered them."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Gold(models.Model):
    """One sample whose answer was known when the campaign began; what is known stays as it was then."""

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey("labeling.Campaign", on_delete=models.CASCADE, related_name="gold")
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="+")
    shapes = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    class Meta:
        """Once in a campaign."""

        constraints = (models.UniqueConstraint(fields=("campaign", "sample"), name="labeling_gold_once"),)

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.sample_id}"


class GoldCount(models.Model):
    """How one person's answer to a known sample compares with what is known, in one class.

    Where nothing is known to be there and nothing was said, one row with an empty class and `shared` 1.
    """

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey("labeling.Campaign", on_delete=models.CASCADE, related_name="+")
    consensus = models.ForeignKey(
        "labeling.Consensus", on_delete=models.CASCADE, related_name="gold_counts", db_index=False
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=36, blank=True, default="")
    shared = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    extra = models.PositiveIntegerField(default=0)

    class Meta:
        """Counted once."""

        constraints = (
            models.UniqueConstraint(fields=("consensus", "person", "label"), name="labeling_gold_count_once"),
        )

    def __str__(self) -> str:
        return f"{self.consensus_id}: {self.person_id} {self.label}"
