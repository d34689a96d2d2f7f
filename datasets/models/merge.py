"""What one data set would bring into another, looked at first and then done."""

from django.conf import settings
from django.db import models

from core.ids import uuid7


class Merge(models.Model):
    """A frozen version (`source`) to be brought into `dataset`.

    `base` is the version that both come from, None where they are strangers. `mapping` names for each class of the
    source one here by its id, or `new`, or `drop`. `planned_at` says that every conflict is written down; `edit` is
    the change it became, which can be taken back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="merges")
    source = models.ForeignKey("datasets.DatasetVersion", on_delete=models.CASCADE, related_name="+")
    base = models.ForeignKey(
        "datasets.DatasetVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    mapping = models.JSONField(default=dict)
    removals = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    planned_at = models.DateTimeField(null=True, blank=True)
    edit = models.OneToOneField(
        "datasets.BulkEdit", null=True, blank=True, on_delete=models.SET_NULL, related_name="merge"
    )
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        """Listed newest first."""

        indexes = (models.Index(fields=("dataset", "-created_at", "-id"), name="datasets_merge_newest"),)

    def __str__(self) -> str:
        return f"{self.source_id} into {self.dataset_id}"


class MergeConflict(models.Model):
    """A sample of which both sides say something else.

    `sample` is the one here, `other` the one there. `revision` is that of its annotation here when it was looked at, None where it is not here; a choice counts only
    as long as that stands. The sides are `[{name, name_zh, count}]`. `content` is the hash of the bytes, under a name
    that does not keep them.
    """

    class Choice(models.TextChoices):
        """Which side is right."""

        NONE = "", "not chosen"
        OURS = "ours"
        THEIRS = "theirs"

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="conflicts", db_index=False)
    content = models.CharField(max_length=64)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=255)
    sample = models.ForeignKey(
        "datasets.Sample", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    other = models.ForeignKey(
        "datasets.Sample", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revision = models.PositiveIntegerField(null=True, blank=True)
    base = models.JSONField(default=list)
    ours = models.JSONField(default=list)
    theirs = models.JSONField(default=list)
    choice = models.CharField(max_length=6, choices=Choice.choices, blank=True, default=Choice.NONE)

    class Meta:
        """Each sample once."""

        constraints = (models.UniqueConstraint(fields=("merge", "content"), name="datasets_conflict_once"),)

    def __str__(self) -> str:
        return f"{self.merge_id} {self.name}"
