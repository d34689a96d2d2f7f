"""What people keep of their browsing: views by name, and changes of many samples at once."""

from django.conf import settings
from django.db import models

from core.ids import uuid7
from datasets.models.undoable import Undoable


class SavedView(models.Model):
    """A way of looking at a data set; `query` holds the search parameters of its address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=100)
    query = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Named once in its data set."""

        constraints = (models.UniqueConstraint(fields=("dataset", "name"), name="datasets_view_name"),)

    def __str__(self) -> str:
        return self.name


class BulkAction(models.TextChoices):
    """What is done to every sample of a selection. The values are public."""

    LABEL = "label"
    LABEL_ADD = "label_add"
    LABEL_DROP = "label_drop"
    CLASS_MOVE = "class_move"
    SPLIT = "split"
    DELETE = "delete"
    TAG = "tag"
    UNTAG = "untag"
    RESTORE = "restore"
    MERGE = "merge"


class BulkEdit(Undoable):
    """One change of all samples that meet a filter, and how far doing or undoing it has come.

    `cursor` is the last sample (doing) or row (undoing) that is dealt with; it moves in the transaction of
    the change. The `value` of a restored or merged version is its id; the `selection` of a change of
    tags has them as `tags`.
    """

    class State(models.TextChoices):
        """Where it stands."""

        DOING = "doing"
        DONE = "done"
        UNDOING = "undoing"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="bulk_edits")
    action = models.CharField(max_length=10, choices=BulkAction.choices)
    value = models.CharField(max_length=100, blank=True, default="")
    selection = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DOING)
    cursor = models.CharField(max_length=40, blank=True, default="")
    counts = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        """Listed newest first."""

        indexes = (models.Index(fields=("dataset", "-created_at", "-id"), name="datasets_bulk_newest"),)

    @property
    def leaves_rest(self) -> bool:
        """A restored or merged version is taken back once: its rows also say what it was."""
        return self.action not in (BulkAction.RESTORE, BulkAction.MERGE)

    def __str__(self) -> str:
        return f"{self.action} {self.id}"


class BulkEditRow(models.Model):
    """A sample as it was before a bulk edit changed it."""

    id = models.BigAutoField(primary_key=True)
    edit = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, related_name="rows", db_index=False)
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(default=dict)

    class Meta:
        """Each sample once."""

        constraints = (models.UniqueConstraint(fields=("edit", "sample"), name="datasets_bulk_once"),)

    def __str__(self) -> str:
        return f"{self.edit_id} {self.sample_id}"
