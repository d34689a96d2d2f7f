"""Training runs and their curves."""

from django.conf import settings
from django.db import models

from core.ids import uuid7


class Run(models.Model):
    """One training: what was asked for. How it goes is its job's to say.

    `directory` names the folder of checkpoints; a resumed run goes on in the folder of the one before.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("core.Project", on_delete=models.CASCADE, related_name="runs")
    job = models.OneToOneField("core.Job", on_delete=models.RESTRICT, related_name="+")
    dataset_version = models.ForeignKey(
        "datasets.DatasetVersion", on_delete=models.RESTRICT, related_name="runs"
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=200)
    task = models.CharField(max_length=30)
    algorithm = models.CharField(max_length=60)
    profile = models.CharField(max_length=20)
    params = models.JSONField(default=dict)
    recipe = models.JSONField(
        null=True,
        blank=True,
        help_text="id, name, revision and steps as they were when the run was asked for",
    )
    seed = models.BigIntegerField(default=0)
    device = models.CharField(max_length=20, default="auto")
    directory = models.UUIDField(default=uuid7)
    code_version = models.CharField(max_length=64, blank=True, default="")
    stage = models.CharField(max_length=20, blank=True, default="")
    heard = models.PositiveBigIntegerField(
        default=0, help_text="the last event of the trainer in the job's stream"
    )
    resources = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first, within a project."""

        indexes = (models.Index(fields=("project", "-created_at", "-id"), name="training_run_newest"),)

    def __str__(self) -> str:
        return self.name


class MetricPoint(models.Model):
    """One point of a curve; a replayed step is not news."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="points", db_index=False)
    key = models.CharField(max_length=60)
    step = models.BigIntegerField()
    value = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        """The constraint's index is also the one that curves are read by."""

        constraints = (models.UniqueConstraint(fields=("run", "key", "step"), name="training_point_once"),)

    def __str__(self) -> str:
        return f"{self.key}[{self.step}] = {self.value}"
