"""Frozen states of a data set."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from core.ids import uuid7


class DatasetVersion(models.Model):
    """Which samples, with which labels, in which split. Never changes once it is there.

    The samples are lines of a manifest blob (`datasets.manifest`). `content_hash` is equal for equal
    content, whatever the ids. One made from another by augmentation names it as its `parent`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    manifest_sha256 = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64)
    split = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    filter = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    classes = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    # What the checks had said by then (`services.version_checks`); empty where nobody had noted it yet.
    checks = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # Samples whose bytes stayed outside when it was frozen (`kept`, `size_bytes`), or came in for it (`copied`).
    outside = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.RESTRICT, related_name="children"
    )
    augmentation = models.JSONField(null=True, blank=True)
    job = models.OneToOneField("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Numbered within the data set."""

        constraints = (models.UniqueConstraint(fields=("dataset", "number"), name="datasets_version_number"),)
        indexes = (models.Index(fields=("dataset", "-created_at", "-id"), name="datasets_version_newest"),)

    def __str__(self) -> str:
        return f"{self.name} (v{self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only."""
        if not self._state.adding:
            raise TypeError("a dataset version never changes")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Versions go with their data set, never alone."""
        raise TypeError("a dataset version is never deleted")


class VersionPicture(models.Model):
    """What exists for a version alone, an augmented copy of any modality; the row keeps its bytes."""

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="pictures")
    sha256 = models.CharField(max_length=64)

    class Meta:
        """The collector asks by content."""

        constraints = (
            models.UniqueConstraint(fields=("version", "sha256"), name="datasets_version_picture"),
        )
        indexes = (models.Index(fields=("sha256",), name="datasets_picture_bytes"),)

    def __str__(self) -> str:
        return self.sha256
