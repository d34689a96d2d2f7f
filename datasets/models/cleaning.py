"""Cleanings: recipes applied to many samples by a job, and what undoes them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import uuid7
from datasets.models.undoable import Undoable


class Cleaning(Undoable):
    """A recipe, `{version, steps: [{op, params}]}`, applied to the samples that meet `filter`.

    `recipe` is checked before it is stored and has every parameter written out. `cursor` says how far applying
    or undoing has come and moves in the transaction of the change. One that was made again (`again_of`) looks only at samples imported after `since`.
    `problems` names the first samples that a step could not change.
    """

    class State(models.TextChoices):
        """Where it stands; a job that failed or was cancelled leaves it on the way (`selectors.cleanings`)."""

        QUEUED = "queued"
        RUNNING = "running"
        APPLIED = "applied"
        UNDOING = "undoing"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="cleanings")
    name = models.CharField(max_length=200, blank=True, default="")
    recipe = models.JSONField(default=dict)
    filter = models.CharField(max_length=2000, blank=True, default="")
    since = models.DateTimeField(null=True, blank=True)
    again_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    cursor = models.CharField(max_length=60, blank=True, default="")
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Listed newest first."""

        indexes = (models.Index(fields=("dataset", "-created_at", "-id"), name="datasets_cleaning_newest"),)

    def __str__(self) -> str:
        return self.name or str(self.id)


class CleaningRow(models.Model):
    """A sample as it was before one step of a cleaning changed it, or takes it out; or before a restored version
    gave it the content that it had then (`edit` instead of `cleaning`).

    `step` is the place of the first of the steps that were done together. The files of before and after are
    named, so that both are kept: the first for the way back, the second for versions frozen meanwhile.
    A row of a step that takes samples out is written before it is `done`: which ones are chosen once.
    """

    id = models.BigAutoField(primary_key=True)
    cleaning = models.ForeignKey(
        Cleaning, null=True, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    edit = models.ForeignKey(
        "datasets.BulkEdit", null=True, on_delete=models.CASCADE, related_name="contents", db_index=False
    )
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="+")
    step = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    done = models.BooleanField(default=True)
    before = models.JSONField(default=dict)
    before_sha256 = models.CharField(max_length=64, blank=True, default="")
    before_thumb_sha256 = models.CharField(max_length=64, blank=True, default="")
    after_sha256 = models.CharField(max_length=64, blank=True, default="")
    after_thumb_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        """Each sample once a step; what the collector asks for by name is indexed."""

        constraints = (
            models.UniqueConstraint(fields=("cleaning", "step", "sample"), name="datasets_cleaned_once"),
            models.UniqueConstraint(fields=("edit", "sample"), name="datasets_restored_once"),
            models.CheckConstraint(
                condition=Q(cleaning__isnull=False, edit__isnull=True)
                | Q(cleaning__isnull=True, edit__isnull=False),
                name="datasets_cleaned_by_one",
            ),
        )
        indexes = (
            models.Index(fields=("cleaning", "id"), name="datasets_cleaned_order"),
            models.Index(fields=("before_sha256",), name="datasets_cleaned_before"),
            models.Index(fields=("before_thumb_sha256",), name="datasets_cleaned_bthumb"),
            models.Index(fields=("after_sha256",), name="datasets_cleaned_after"),
            models.Index(fields=("after_thumb_sha256",), name="datasets_cleaned_athumb"),
        )

    def __str__(self) -> str:
        return f"{self.cleaning_id or self.edit_id} {self.sample_id}"
