"""What a machine said of samples before anybody did; kept apart from answers."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class PrelabelRun(models.Model):
    """One model, or the rules of then, over the samples of a campaign that nobody has answered.

    `detector` names what needs no version of a model: a bundled one, `neighbors` or `language`; a run of `rules` has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey("labeling.Campaign", on_delete=models.CASCADE, related_name="prelabel_runs")
    model_version = models.ForeignKey(
        "training.ModelVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    detector = models.CharField(max_length=40, blank=True, default="")
    title = models.CharField(max_length=250, help_text="The model as it was called then")
    rules = models.JSONField(
        default=list, help_text="As labeling.weak.rules reads them; none: a model was asked"
    )
    mapping = models.JSONField(default=dict, help_text="Name of a class of the model -> id of a class here")
    threshold = models.FloatField(default=0.5)
    control = models.FloatField(default=0.0, help_text="Share of the samples that get none, to compare with")
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first within a campaign."""

        constraints = (
            models.CheckConstraint(
                condition=Q(threshold__gte=0, threshold__lte=1, control__gte=0, control__lte=0.5),
                name="labeling_prelabel_shares",
            ),
        )
        indexes = (models.Index(fields=("campaign", "-created_at", "-id"), name="labeling_prelabel_newest"),)

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.title}"


class Prelabel(models.Model):
    """What one run said of one sample; nothing, where it stays without on purpose."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(PrelabelRun, on_delete=models.CASCADE, related_name="prelabels")
    campaign = models.ForeignKey(
        "labeling.Campaign", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="+")
    shapes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    is_control = models.BooleanField(default=False)

    class Meta:
        """The last word of a machine counts: one a sample and campaign."""

        constraints = (models.UniqueConstraint(fields=("campaign", "sample"), name="labeling_prelabel_once"),)

    def __str__(self) -> str:
        return f"{self.run_id}/{self.sample_id}"
