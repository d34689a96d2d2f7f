"""Words that people put on samples."""

from django.db import models


class SampleTag(models.Model):
    """A tag of a sample, in its one form (`datasets.tags`). The sample keeps its own list beside, for lists without a join."""

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey(
        "datasets.Dataset", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    tag = models.CharField(max_length=64)
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="+")

    class Meta:
        """A filter by tag is a range of this index."""

        constraints = (
            models.UniqueConstraint(fields=("dataset", "tag", "sample"), name="datasets_sampletag_once"),
        )

    def __str__(self) -> str:
        return f"{self.tag} {self.sample_id}"
