"""What people ask about a sample while they label it, and what is answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class Question(models.Model):
    """A thread about one item, about one of its objects or about a point of it.

    `shape` is the id that the object has in the answer. An object that is deleted takes no question with it: the
    thread stays with the sample.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(
        "labeling.Campaign", on_delete=models.CASCADE, related_name="questions", db_index=False
    )
    item = models.ForeignKey("labeling.Item", on_delete=models.CASCADE, related_name="questions")
    shape = models.UUIDField(null=True, blank=True)
    x = models.FloatField(null=True, blank=True, help_text="Pixels of the upright picture from its left edge")
    y = models.FloatField(null=True, blank=True, help_text="Pixels of the upright picture from its top edge")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A point has both its numbers; what is open in a campaign is a partial index."""

        constraints = (
            models.CheckConstraint(
                condition=Q(x__isnull=True, y__isnull=True) | Q(x__isnull=False, y__isnull=False),
                name="labeling_question_point",
            ),
        )
        indexes = (
            models.Index(fields=("campaign", "id"), name="labeling_question_list"),
            models.Index(
                fields=("campaign", "id"),
                name="labeling_question_open",
                condition=Q(resolved_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.item_id} by {self.author_id}"


class Comment(models.Model):
    """One line of a thread; the first one is the question itself. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=2000)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.question_id} by {self.author_id}"
