"""The registry: models, their versions, and the names that point at versions."""

from typing import Any

from django.conf import settings
from django.db import models

from core.ids import uuid7


class RegisteredModel(models.Model):
    """A line of versions that solve one task."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("core.Project", on_delete=models.CASCADE, related_name="registered_models")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    task = models.CharField(max_length=30)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A name is used once in a project."""

        constraints = (models.UniqueConstraint(fields=("project", "name"), name="training_model_name"),)
        indexes = (models.Index(fields=("project", "-created_at", "-id"), name="training_model_newest"),)

    def __str__(self) -> str:
        return self.name


class ModelVersion(models.Model):
    """One ONNX file and everything known about it. Never changes once it is there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    run = models.OneToOneField(
        "training.Run", null=True, on_delete=models.RESTRICT, related_name="model_version"
    )
    dataset_version = models.ForeignKey(
        "datasets.DatasetVersion", null=True, on_delete=models.RESTRICT, related_name="+"
    )
    task = models.CharField(max_length=30)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    labels = models.JSONField(default=list)
    label_indexes = models.JSONField(default=list)
    signature = models.JSONField(default=dict)
    decode = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    parity = models.JSONField(null=True)
    parity_ok = models.BooleanField(default=False)
    lineage = models.JSONField(default=dict)
    licence = models.CharField(max_length=100, blank=True, default="")
    card = models.TextField(blank=True, default="")
    limits = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Numbered within the model."""

        constraints = (
            models.UniqueConstraint(fields=("model", "number"), name="training_modelversion_number"),
        )
        indexes = (models.Index(fields=("model", "-created_at", "-id"), name="training_modelversion_newest"),)

    def __str__(self) -> str:
        return f"{self.model_id} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only."""
        if not self._state.adding:
            raise TypeError("a model version never changes")
        super().save(*args, **kwargs)


class Alias(models.Model):
    """A name within a model, such as `champion`, that points at one of its versions."""

    id = models.BigAutoField(primary_key=True)
    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="aliases", db_index=False
    )
    name = models.CharField(max_length=60)
    version = models.ForeignKey(ModelVersion, on_delete=models.RESTRICT, related_name="aliases")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        """One version a name."""

        verbose_name_plural = "aliases"
        constraints = (models.UniqueConstraint(fields=("model", "name"), name="training_alias_once"),)

    def __str__(self) -> str:
        return self.name


class ModelExport(models.Model):
    """A file made from a version, to take away."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="exports")
    target = models.CharField(max_length=30)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.target} of {self.model_version_id}"
