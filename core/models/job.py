"""Background work. The row is the truth; a broker message only rings the bell."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class Job(models.Model):
    """One piece of background work and its lease (docs/decisions: jobs with leases)."""

    class State(models.TextChoices):
        """Three end states, which never change."""

        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    ENDED = (State.SUCCEEDED, State.FAILED, State.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    queue = models.CharField(max_length=20)
    project = models.ForeignKey("core.Project", null=True, on_delete=models.CASCADE, related_name="jobs")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(
        default=0, help_text="workers lost since the job last got anywhere"
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True, default="")
    rung_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    progress_unit = models.CharField(max_length=20, blank=True, default="")
    progress_eta_s = models.FloatField(null=True, blank=True)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error_detail = models.TextField(blank=True, default="")
    result = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """What is still open is few; both sweeps read the partial index."""

        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running", "succeeded", "failed", "cancelled")),
                name="core_job_state",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, state__in=("queued", "running"))
                | Q(finished_at__isnull=False, state__in=("succeeded", "failed", "cancelled")),
                name="core_job_ended_has_time",
            ),
        )
        indexes = (
            models.Index(
                fields=("state", "lease_until"), name="core_job_open", condition=Q(finished_at__isnull=True)
            ),
            models.Index(fields=("project", "-created_at", "-id"), name="core_job_project"),
            models.Index(fields=("-created_at", "-id"), name="core_job_newest"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.state}"

    @property
    def has_ended(self) -> bool:
        """Whether the state can no longer change."""
        return self.state in self.ENDED


class JobEvent(models.Model):
    """What a job said while it ran; `(job, attempt, seq)` makes a replay harmless."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="events")
    attempt = models.PositiveSmallIntegerField()
    seq = models.BigIntegerField()
    type = models.CharField(max_length=20)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        """Read in order of id."""

        constraints = (models.UniqueConstraint(fields=("job", "attempt", "seq"), name="core_jobevent_once"),)
        indexes = (models.Index(fields=("job", "id"), name="core_jobevent_stream"),)

    def __str__(self) -> str:
        return f"{self.job_id} {self.type} {self.seq}"
