"""What can be taken back, for a while."""

import uuid

from django.db import models


class Undoable(models.Model):
    """A change of many samples or rows by a job, with a `dataset`, a `state` and a way back.

    Samples that it takes out wait in `bin`, a data set that nobody sees. What else the way back needs is kept until
    the period of the bin is over; from `undo_ended_at` on it is let go.
    """

    dataset_id: uuid.UUID
    state: str
    counts: dict[str, int]

    bin = models.OneToOneField(
        "datasets.Dataset", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    job = models.ForeignKey("core.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    undo_ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Each kind has a table of its own."""

        abstract = True

    @property
    def stuck(self) -> str:
        """Why what was done can be taken back no more, though nobody has: `too_old`, `taken_further`; empty otherwise.

        The second is known of rows read by `selectors.undoables.with_stuck`.
        """
        if self.state == "undone":
            return ""
        if self.undo_ended_at is not None:
            return "too_old"
        return "taken_further" if getattr(self, "is_taken_further", False) else ""

    @property
    def leaves_rest(self) -> bool:
        """Whether what its way back left can be taken back later on."""
        return True

    @property
    def undoable(self) -> bool:
        """Whether it can be taken back now: it is done, or was stopped half-way, and what that needs is there.

        What a way back left, because something was changed since, can be taken back once that is.
        """
        is_back = self.state == "undone" and not (self.leaves_rest and self.counts.get("kept"))
        has_stopped = self.job is None or self.job.has_ended
        return has_stopped and not is_back and self.undo_ended_at is None
