"""Vectors of samples, and what was made of them. The vectors themselves are files, not rows."""

from django.db import models


class EmbeddingPart(models.Model):
    """Vectors of up to a few hundred samples in one stored file (`datasets.embeddings.parts`).

    `model` says what made them; vectors of another model are of no use and made again.
    """

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey("datasets.Dataset", on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=40)
    count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.model}: {self.count}"


class EmbeddingProjection(models.Model):
    """What makes vectors of the texts or recordings of a data set (`datasets.embeddings.projections`).

    `model` is its name in `EmbeddingPart`, `params` are the kind, version and seed that repeat it. Pictures have none:
    one network looks at all of them.
    """

    dataset = models.OneToOneField(
        "datasets.Dataset", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    model = models.CharField(max_length=40)
    params = models.JSONField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.model


class EmbeddingMap(models.Model):
    """The newest map of a data set (`datasets.embeddings.mapfile`), drawn from the vectors."""

    dataset = models.OneToOneField(
        "datasets.Dataset", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"map of {self.count}"


class LabelSuspicion(models.Model):
    """A label that a head which had not seen it would not have given; `rank` 0 fits least.

    `margin` is the probability of the given class less that of the best other, -1 to 1. It holds until the
    label is changed, or reviewed after annotation `revision`. `shape` is the mark that is meant, not followed by
    the database: a mark that is gone leaves its row unlisted. Where a sample may carry several classes, no
    `given` says that one is missing and no `suggested` that one is too many. Of marks and of several classes
    one picture may have several rows, and `settled` says that a person called one right.
    """

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey(
        "datasets.Dataset", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="+")
    shape = models.UUIDField(null=True, blank=True)
    given = models.ForeignKey("datasets.LabelClass", null=True, on_delete=models.CASCADE, related_name="+")
    suggested = models.ForeignKey(
        "datasets.LabelClass", null=True, on_delete=models.CASCADE, related_name="+"
    )
    settled = models.BooleanField(default=False, db_default=False)
    revision = models.PositiveIntegerField()
    rank = models.PositiveIntegerField()
    margin = models.FloatField()

    class Meta:
        """Read in the order of the ranks."""

        indexes = (models.Index(fields=("dataset", "rank", "id"), name="datasets_suspicion_rank"),)

    def __str__(self) -> str:
        return f"{self.rank}: {self.sample_id}"
