"""What the resources of core answer: the OpenAPI shapes and the functions that fill them."""

from typing import Any

from rest_framework import serializers

from core.models import ApiToken, AuditEvent, Membership, Project, User
from core.roles import PERMISSIONS, ROLES
from core.services.invitations import Invited

Serializer = serializers.Serializer[Any]


class MembershipShape(Serializer):
    """A membership of the caller."""

    project = serializers.UUIDField()
    project_name = serializers.CharField()
    role = serializers.ChoiceField(choices=list(ROLES))
    permissions = serializers.ListField(child=serializers.ChoiceField(choices=PERMISSIONS))


class MeShape(Serializer):
    """The caller."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    language = serializers.ChoiceField(choices=User.Language.choices)
    theme = serializers.ChoiceField(choices=User.Theme.choices)
    is_admin = serializers.BooleanField()
    preferences = serializers.DictField()
    may_create_projects = serializers.BooleanField()
    memberships = MembershipShape(many=True)


class SessionShape(Serializer):
    """Whether the browser is signed in."""

    authenticated = serializers.BooleanField()


class SecretShape(Serializer):
    """A token's secret, shown once."""

    token = serializers.CharField()


class TokenShape(Serializer):
    """A token."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class TokenCreatedShape(TokenShape):
    """A token with its secret, shown once."""

    secret = serializers.CharField()


class UserShape(Serializer):
    """An account."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    is_admin = serializers.BooleanField()
    is_active = serializers.BooleanField()
    last_login = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class ProjectCountsShape(Serializer):
    """How much of everything a project holds."""

    samples = serializers.IntegerField()
    labeled = serializers.IntegerField()
    versions = serializers.IntegerField()
    runs = serializers.IntegerField()
    models = serializers.IntegerField()
    endpoints = serializers.IntegerField()
    members = serializers.IntegerField()


class ProjectShape(Serializer):
    """A project."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    template = serializers.CharField()
    is_demo = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    role = serializers.ChoiceField(choices=list(ROLES), allow_null=True)
    permissions = serializers.ListField(child=serializers.ChoiceField(choices=PERMISSIONS))
    counts = ProjectCountsShape()


class MemberShape(Serializer):
    """A person in a project."""

    username = serializers.CharField()
    display_name = serializers.CharField()
    role = serializers.ChoiceField(choices=list(ROLES))
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class InvitedShape(Serializer):
    """A person invited, with the one-time link; null for somebody who had an account."""

    username = serializers.CharField()
    role = serializers.ChoiceField(choices=list(ROLES))
    link = serializers.CharField(allow_null=True)


class InvitationShape(Serializer):
    """What an invitation offers."""

    project_name = serializers.CharField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    role = serializers.ChoiceField(choices=list(ROLES))
    expires_at = serializers.DateTimeField()


class ActivityShape(Serializer):
    """One line of the audit trail."""

    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    operation = serializers.CharField()
    object_type = serializers.CharField()
    object_id = serializers.CharField()
    outcome = serializers.CharField()
    params = serializers.DictField()
    request_id = serializers.CharField()


def me_render(user: User, memberships: list[Membership], *, may_create_projects: bool) -> dict[str, Any]:
    """The caller, with what they may do where."""
    return {
        "id": user.pk,
        "username": user.username,
        "display_name": user.display_name,
        "language": user.language,
        "theme": user.theme,
        "is_admin": user.is_superuser,
        "preferences": user.preferences,
        "may_create_projects": may_create_projects,
        "memberships": [
            {
                "project": member.project_id,
                "project_name": member.project.name,
                "role": member.role,
                "permissions": permissions_render(user, member.role),
            }
            for member in memberships
        ],
    }


def permissions_render(user: User, role: str | None) -> list[str]:
    """What the role gives, in the order of the table; everything for a site administrator."""
    held = frozenset(PERMISSIONS) if user.is_superuser else ROLES.get(role or "", frozenset())
    return [name for name in PERMISSIONS if name in held]


def project_render(project: Project, user: User, role: str | None, counts: dict[str, int]) -> dict[str, Any]:
    """A project as the caller sees it."""
    return {
        "id": project.pk,
        "name": project.name,
        "description": project.description,
        "template": project.template,
        "is_demo": project.is_demo,
        "created_at": project.created_at,
        "role": role,
        "permissions": permissions_render(user, role),
        "counts": counts,
    }


def member_render(member: Membership) -> dict[str, Any]:
    """A person in a project."""
    return {
        "username": member.user.username,
        "display_name": member.user.display_name,
        "role": member.role,
        "is_active": member.user.is_active,
        "created_at": member.created_at,
    }


def token_render(token: ApiToken) -> dict[str, Any]:
    """A token without its secret."""
    return {
        "id": token.pk,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scopes,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "created_at": token.created_at,
    }


def user_render(user: User) -> dict[str, Any]:
    """An account, for site administrators."""
    return {
        "id": user.pk,
        "username": user.username,
        "display_name": user.display_name,
        "is_admin": user.is_superuser,
        "is_active": user.is_active,
        "last_login": user.last_login,
        "created_at": user.date_joined,
    }


def invited_render(invited: Invited) -> dict[str, Any]:
    """A person invited."""
    return {"username": invited.username, "role": invited.role, "link": invited.link}


class StorageShape(Serializer):
    """Bytes by part, and how many days deleted things wait in the bin. `outside_bytes` lie in buckets and in no part."""

    parts = serializers.DictField(child=serializers.IntegerField())
    total_bytes = serializers.IntegerField()
    outside_bytes = serializers.IntegerField()
    bin_days = serializers.IntegerField()


def activity_render(event: AuditEvent) -> dict[str, Any]:
    """One line of the audit trail; addresses and token prefixes stay in the admin."""
    return {
        "seq": event.seq,
        "at": event.at,
        "actor": event.actor_name,
        "operation": event.operation,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "outcome": event.outcome,
        "params": event.params,
        "request_id": event.request_id,
    }
