"""Totals kept with every change, so that nothing has to be counted."""

from typing import Final

from django.db import models

COUNTER_SHARDS: Final = 16


class Counter(models.Model):
    """A part of one total; the parts of all shards add up to it.

    Kinds: `samples`, `state`, `split`, `class` (samples that carry it), `objects` (shapes of it),
    `media_type`, `width`, `height`, `characters`, `embedded` (samples that have a vector). Rows are shared out over shards so that many annotators do not
    wait for one row.
    """

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey(
        "datasets.Dataset", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=100, blank=True, default="")
    shard = models.PositiveSmallIntegerField(default=0)
    value = models.BigIntegerField(default=0)

    class Meta:
        """One row a shard."""

        constraints = (
            models.UniqueConstraint(fields=("dataset", "kind", "key", "shard"), name="datasets_counter_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}: {self.value}"
