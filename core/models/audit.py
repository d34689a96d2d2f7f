"""What was done, by whom; append-only."""

from django.db import models


class AuditEvent(models.Model):
    """One action. `hash` covers the row and the hash of the row before it."""

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=150, blank=True, default="")
    token_prefix = models.CharField(max_length=16, blank=True, default="")
    address = models.CharField(max_length=45, blank=True, default="")
    operation = models.CharField(max_length=100)
    project_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=50, blank=True, default="")
    object_id = models.CharField(max_length=64, blank=True, default="")
    outcome = models.CharField(max_length=20, default="done")
    params = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True, default="")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        """Read by project, newest first."""

        indexes = (models.Index(fields=("project_id", "-seq"), name="core_audit_project"),)

    def __str__(self) -> str:
        return f"{self.seq} {self.operation}"


class AuditHead(models.Model):
    """The one row that holds the last hash; writers lock it, so the chain never forks."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    hash = models.CharField(max_length=64)

    class Meta:
        """At most one row."""

        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="core_audithead_single"),)

    def __str__(self) -> str:
        return self.hash
