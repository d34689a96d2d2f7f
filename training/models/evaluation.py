"""Reports, and the answer of the model for each sample behind their figures."""

from django.conf import settings
from django.db import models

from core.ids import uuid7


class Evaluation(models.Model):
    """A model version measured on one part of a dataset version. `report` is null until it is done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    model_version = models.ForeignKey(
        "training.ModelVersion", on_delete=models.CASCADE, related_name="evaluations"
    )
    dataset_version = models.ForeignKey(
        "datasets.DatasetVersion", on_delete=models.RESTRICT, related_name="+"
    )
    split = models.CharField(max_length=10)
    job = models.OneToOneField("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    report = models.JSONField(null=True)
    count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first, within a model version."""

        indexes = (
            models.Index(fields=("model_version", "-created_at", "-id"), name="training_evaluation_newest"),
        )

    def __str__(self) -> str:
        return f"{self.model_version_id} on {self.split}"


class EvaluationSample(models.Model):
    """What the model said about one sample. `truth` and `predicted` are places in the model's labels."""

    id = models.BigAutoField(primary_key=True)
    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.CASCADE, related_name="samples", db_index=False
    )
    sample_id = models.UUIDField()
    truth = models.PositiveSmallIntegerField()
    predicted = models.PositiveSmallIntegerField()
    score = models.FloatField()
    scores = models.JSONField(default=list)

    class Meta:
        """Read by cell of the confusion matrix, most certain first."""

        constraints = (
            models.UniqueConstraint(fields=("evaluation", "sample_id"), name="training_evalsample_once"),
        )
        indexes = (
            models.Index(
                fields=("evaluation", "truth", "predicted", "-score", "-id"), name="training_evalsample_cell"
            ),
            models.Index(fields=("evaluation", "-score", "-id"), name="training_evalsample_score"),
        )

    def __str__(self) -> str:
        return f"{self.sample_id}: {self.predicted}"
