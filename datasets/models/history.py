"""Every annotation a sample ever had."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class AnnotationHistory(models.Model):
    """One revision, whole. Append-only.

    `origin` is what an imported file says of who labeled the sample elsewhere and when (`datasets.origins`),
    never what the studio saw itself: that is `actor` and `created_at`. Revision 0 is of a sample that came in
    unlabeled, where the file says that it was skipped.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.ForeignKey(
        "datasets.Sample", on_delete=models.CASCADE, related_name="history", db_index=False
    )
    revision = models.PositiveIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    source = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    shapes = models.JSONField(default=list)
    origin = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """One row a revision."""

        constraints = (models.UniqueConstraint(fields=("sample", "revision"), name="datasets_history_once"),)
        indexes = (
            # What a version asks for every sample, and few have.
            models.Index(
                fields=("sample", "revision"),
                condition=Q(origin__isnull=False),
                name="datasets_history_origin",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sample_id} r{self.revision}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only."""
        if not self._state.adding:
            raise TypeError("history never changes")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """History goes with its sample, never alone."""
        raise TypeError("history is never deleted")
