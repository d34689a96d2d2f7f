"""A set of samples and the classes they may carry."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class Modality(models.TextChoices):
    """What one sample is."""

    IMAGE = "image"
    TEXT = "text"
    TABULAR = "tabular"
    AUDIO = "audio"


class Task(models.TextChoices):
    """What is to be said about one sample. The values are public (contract of the API)."""

    IMAGE_CLASSIFICATION = "image_classification"
    IMAGE_MULTILABEL = "image_multilabel"
    OBJECT_DETECTION = "object_detection"
    SEMANTIC_SEGMENTATION = "semantic_segmentation"
    INSTANCE_SEGMENTATION = "instance_segmentation"
    KEYPOINTS = "keypoints"
    TEXT_CLASSIFICATION = "text_classification"
    TEXT_MULTILABEL = "text_multilabel"
    NER = "ner"
    TABULAR_CLASSIFICATION = "tabular_classification"
    TABULAR_REGRESSION = "tabular_regression"
    AUDIO_CLASSIFICATION = "audio_classification"
    AUDIO_EVENTS = "audio_events"


# One class for the whole sample: `Sample.label_class` says all of it.
ONE_CLASS_TASKS: Final = (Task.IMAGE_CLASSIFICATION, Task.TEXT_CLASSIFICATION, Task.AUDIO_CLASSIFICATION)
SEVERAL_CLASSES_TASKS: Final = (Task.IMAGE_MULTILABEL, Task.TEXT_MULTILABEL)
TEXT_TASKS: Final = (Task.TEXT_CLASSIFICATION, Task.TEXT_MULTILABEL, Task.NER)
AUDIO_TASKS: Final = (Task.AUDIO_CLASSIFICATION, Task.AUDIO_EVENTS)
TABLE_TASKS: Final = (Task.TABULAR_CLASSIFICATION, Task.TABULAR_REGRESSION)


class Stage(models.TextChoices):
    """Why a data set that nobody sees can not be brought back."""

    COPYING = "copying", "a branch whose samples are still being copied"
    PURGING = "purging", "its samples are going for good"


class Dataset(models.Model):
    """Samples of one modality, labeled for one task. A branch has the version it was made from as its `origin`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("core.Project", on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    modality = models.CharField(max_length=10, choices=Modality.choices, default=Modality.IMAGE)
    task = models.CharField(max_length=30, choices=Task.choices)
    schema_revision = models.PositiveIntegerField(default=1)
    relations = models.JSONField(
        default=list, blank=True, help_text="what spans may be to one another, see datasets.relations"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    origin = models.ForeignKey(
        "datasets.DatasetVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="branches"
    )
    stage = models.CharField(max_length=8, choices=Stage.choices, blank=True, default="")
    # Its samples are gone for good; the row stays for the versions that models were made from.
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A name is free again once its data set is deleted."""

        constraints = (
            models.UniqueConstraint(
                fields=("project", "name"), condition=Q(deleted_at__isnull=True), name="datasets_dataset_name"
            ),
        )
        indexes = (models.Index(fields=("project", "-created_at", "-id"), name="datasets_dataset_newest"),)

    def __str__(self) -> str:
        return self.name


class LabelClass(models.Model):
    """One class of a label schema. `index` is never used again, so stored label numbers stay true."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="classes")
    index = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    name_zh = models.CharField(max_length=100, blank=True, default="")
    color = models.CharField(max_length=9)
    key = models.CharField(
        max_length=8, blank=True, default="", help_text="the key that picks it while labeling"
    )
    description = models.TextField(blank=True, default="")
    skeleton = models.JSONField(
        null=True, blank=True, help_text="key points: {points: [name], lines: [[from, to]]}, null without"
    )
    attributes = models.JSONField(
        default=list, blank=True, help_text="what is asked of its objects, see datasets.attributes"
    )
    deleted_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="what it became; only of one that is deleted",
    )  # fmt: skip

    class Meta:
        """Names are unique among the living."""

        constraints = (
            models.UniqueConstraint(fields=("dataset", "index"), name="datasets_class_index"),
            models.UniqueConstraint(
                fields=("dataset", "name"), condition=Q(deleted_at__isnull=True), name="datasets_class_name"
            ),
        )

    def __str__(self) -> str:
        return self.name
