"""What a quality check found."""

from django.db import models

from core.ids import uuid7


class Finding(models.Model):
    """The newest answer of one check: how many samples, how bad, what would help."""

    class Severity(models.TextChoices):
        """An error stops training, a warning may spoil it."""

        ERROR = "error"
        WARNING = "warning"
        INFO = "info"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.ForeignKey(
        "datasets.Dataset", on_delete=models.CASCADE, related_name="findings", db_index=False
    )
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    count = models.PositiveIntegerField(default=0)
    params = models.JSONField(default=dict)
    remedy = models.CharField(max_length=40)
    checked_at = models.DateTimeField()

    class Meta:
        """One answer a check."""

        constraints = (models.UniqueConstraint(fields=("dataset", "code"), name="datasets_finding_once"),)

    def __str__(self) -> str:
        return f"{self.code}: {self.count}"


class SampleFinding(models.Model):
    """A sample that a finding names."""

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey(
        "datasets.Dataset", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    code = models.CharField(max_length=40)
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="+")

    class Meta:
        """A filter by finding is a range of this index."""

        constraints = (
            models.UniqueConstraint(fields=("dataset", "code", "sample"), name="datasets_samplefinding_once"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.sample_id}"
