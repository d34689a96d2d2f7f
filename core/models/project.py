"""Projects and who belongs to them."""

from django.conf import settings
from django.db import models

from core.ids import uuid7
from core.roles import ROLE_NAMES


class Project(models.Model):
    """What everything else belongs to, and what permissions are granted on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    template = models.CharField(max_length=50, blank=True, default="")
    is_demo = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """`view_project` is Django's own; the rest of `core.roles.PERMISSIONS` is named here."""

        default_permissions = ("view",)
        permissions = (
            ("access_project", "Belongs to the project"),
            ("label_project", "Labels what is given to them"),
            ("review_project", "Reviews labels"),
            ("curate_project", "Manages data and campaigns"),
            ("train_project", "Trains and registers models"),
            ("deploy_project", "Deploys models"),
            ("manage_project", "Manages members and settings"),
        )
        indexes = (models.Index(fields=("-created_at", "-id"), name="core_project_newest"),)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one project."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(name, name) for name in ROLE_NAMES])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One role a person and project."""

        constraints = (models.UniqueConstraint(fields=("project", "user"), name="core_membership_once"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class Invitation(models.Model):
    """A one-time link by which a new person sets a password and joins a project."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    username = models.CharField(max_length=150)
    display_name = models.CharField(max_length=150, blank=True, default="")
    role = models.CharField(max_length=20, choices=[(name, name) for name in ROLE_NAMES])
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.username}: {self.role}"
