"""Endpoints, their history and their keys."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.ids import uuid7


class Endpoint(models.Model):
    """A public name under which model versions answer. `config` is what a revision holds."""

    class State(models.TextChoices):
        """What is wanted; whether it is so is the data plane's to say."""

        LIVE = "live"
        STOPPED = "stopped"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("core.Project", on_delete=models.CASCADE, related_name="endpoints")
    name = models.CharField(max_length=63, validators=[RegexValidator(r"^[a-z0-9-]{1,63}$")])
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVE)
    revision = models.PositiveIntegerField(default=1)
    routes = models.JSONField(default=list, help_text="[{model_version, weight}]")
    shadow = models.JSONField(null=True, blank=True, help_text="{model_version, percent}")
    replicas = models.PositiveSmallIntegerField(default=1)
    batching = models.JSONField(default=dict)
    limits = models.JSONField(default=dict)
    journal = models.JSONField(default=dict)
    thresholds = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A name is free again once its endpoint is deleted, by itself or with its project."""

        constraints = (
            models.UniqueConstraint(
                fields=("name",), condition=Q(deleted_at__isnull=True), name="serving_endpoint_name"
            ),
        )
        indexes = (models.Index(fields=("project", "-created_at", "-id"), name="serving_endpoint_newest"),)

    def __str__(self) -> str:
        return self.name


class EndpointRevision(models.Model):
    """How an endpoint was configured at one time; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    config = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One row a revision."""

        constraints = (models.UniqueConstraint(fields=("endpoint", "number"), name="serving_revision_once"),)

    def __str__(self) -> str:
        return f"{self.endpoint_id} r{self.number}"


class EndpointKey(models.Model):
    """A key of an endpoint: the secret's first letters and its SHA-256, never the secret."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=100, blank=True, default="")
    prefix = models.CharField(max_length=11)
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)  # noted from the data plane's statistics

    def __str__(self) -> str:
        return f"{self.prefix}…"
