"""One sample to be answered once by one person."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import uuid7

# Items a manager asked for before the rest have priorities below; no order that the studio finds touches them.
FIRST = -(1 << 40)
STATES = ("new", "submitted", "accepted", "rejected", "skipped")


class Item(models.Model):
    """A place in the queue of a campaign.

    A lease is no state of its own: it is two columns that run out by themselves. Clients read `leased`
    for a new item under a live lease. `assignee` is who holds or last held the item, and stays when a
    lease ends so that a draft or a rejected answer returns to its author first.
    """

    class State(models.TextChoices):
        """Where the answer stands."""

        NEW = "new"
        SUBMITTED = "submitted"
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        SKIPPED = "skipped"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(
        "labeling.Campaign", on_delete=models.CASCADE, related_name="items", db_index=False
    )
    sample = models.ForeignKey("datasets.Sample", on_delete=models.CASCADE, related_name="items")
    slot = models.PositiveSmallIntegerField(default=0)
    shard = models.PositiveSmallIntegerField(default=0)
    priority = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    given_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="A manager gave it to this person: nobody else is handed it",
    )
    lease_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    submission = models.ForeignKey(
        "labeling.Annotation",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    skip_reason = models.CharField(max_length=500, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The queue, the review queue, what one person has in hand, and live leases are partial indexes."""

        constraints = (
            models.UniqueConstraint(fields=("campaign", "sample", "slot"), name="labeling_item_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="labeling_item_state"),
            models.CheckConstraint(
                condition=Q(lease_holder__isnull=True) | Q(lease_until__isnull=False),
                name="labeling_item_lease_has_end",
            ),
            models.UniqueConstraint(
                fields=("campaign", "sample", "assignee"),
                condition=Q(assignee__isnull=False),
                name="labeling_item_one_slot_a_person",
            ),
        )
        indexes = (
            models.Index(
                fields=("campaign", "priority", "id"),
                name="labeling_item_queue",
                condition=Q(state="new", given_to__isnull=True),
            ),
            models.Index(
                fields=("campaign", "priority", "id"),
                name="labeling_item_review",
                condition=Q(state="submitted"),
            ),
            models.Index(
                fields=("campaign", "assignee"),
                name="labeling_item_in_hand",
                condition=Q(state__in=("new", "rejected"), assignee__isnull=False),
            ),
            models.Index(
                fields=("campaign", "lease_until"),
                name="labeling_item_leases",
                condition=Q(lease_until__isnull=False),
            ),
            models.Index(fields=("campaign", "id"), name="labeling_item_list"),
            models.Index(fields=("campaign", "assignee", "state"), name="labeling_item_by_person"),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.sample_id}/{self.slot}"
