"""Tables: their columns are rows here, their rows are Parquet parts in the blob store."""

from django.db import models

from core.ids import uuid7


class Table(models.Model):
    """The table of a tabular data set.

    `revision` rises with everything that changes what a reader sees. `next_row` and `next_column` are the numbers
    that nobody has had. `associations` are those of `described_revision`. The checks last read `checked_revision`, None
    where nobody noted it.
    """

    dataset = models.OneToOneField(
        "datasets.Dataset", on_delete=models.CASCADE, primary_key=True, related_name="table"
    )
    revision = models.PositiveIntegerField(default=1)
    next_row = models.BigIntegerField(default=1)
    next_column = models.PositiveIntegerField(default=0)
    target = models.PositiveIntegerField(null=True, blank=True)
    described_revision = models.PositiveIntegerField(default=0)
    checked_revision = models.PositiveIntegerField(null=True, blank=True)
    associations = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"table of {self.dataset_id}"


class TableColumn(models.Model):
    """One typed column. `index` names it in the parts and is never used again."""

    id = models.BigAutoField(primary_key=True)
    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="columns")
    index = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    reason = models.JSONField(default=dict)
    params = models.JSONField(default=dict)
    statistics = models.JSONField(default=dict)

    class Meta:
        """Numbers and names are unique."""

        constraints = (
            models.UniqueConstraint(fields=("table", "index"), name="datasets_column_index"),
            models.UniqueConstraint(fields=("table", "name"), name="datasets_column_name"),
        )
        ordering = ("index",)

    def __str__(self) -> str:
        return self.name


class TableChange(models.Model):
    """Other rows in the place of a table's rows, by a cleaning or a restore, whose id it has, and the way back.

    `before` and `after` are the columns and the target then; `learned` is what the steps of a recipe learned. The
    rows of before are kept by the parts that it retired.
    """

    class State(models.TextChoices):
        """An open one has no effect that readers see."""

        OPEN = "open"
        APPLIED = "applied"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, editable=False)
    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="changes")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    learned = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class TablePart(models.Model):
    """Rows `first_row` to `first_row + rows - 1`, in one immutable file; seen by readers once it `is_live`.

    A corrected kind puts another file in its place. A change of all rows retires it, and keeps it for the way back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="parts")
    source = models.ForeignKey(
        "datasets.ImportBatch", null=True, on_delete=models.SET_NULL, related_name="table_parts"
    )
    made_by = models.ForeignKey(TableChange, null=True, on_delete=models.CASCADE, related_name="made")
    retired_by = models.ForeignKey(TableChange, null=True, on_delete=models.SET_NULL, related_name="retired")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    first_row = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    is_live = models.BooleanField(default=False)

    class Meta:
        """Ordered by their rows, which never overlap."""

        constraints = (
            models.UniqueConstraint(fields=("table", "first_row"), name="datasets_part_first_row"),
        )
        indexes = (models.Index(fields=("sha256",), name="datasets_part_bytes"),)
        ordering = ("first_row",)

    def __str__(self) -> str:
        return f"rows from {self.first_row}"
