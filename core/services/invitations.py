"""One-time links by which new people join a project."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from core.clock import utc_now
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.models import Invitation, Membership, Project, User
from core.services import audit
from core.services.accounts import user_create
from core.services.members import grants_write, may_grant, member_set, project_lock
from core.services.tokens import secret_hash

LIFETIME = timedelta(days=7)
MAX_PEOPLE = 200


class InvitationUsed(Conflict):
    """The name it was made for has an account by now."""

    code = "invitation_used"


@dataclass(frozen=True, slots=True)
class Invited:
    """`link` is the path to open, shown once; None for somebody who had an account and is a member now."""

    username: str
    role: str
    link: str | None


def invitations_create(*, actor: User, project: Project, people: list[dict[str, str]]) -> list[Invited]:
    """Invite people by name and role, all or none. Raises InvalidInput, Forbidden."""
    if not 1 <= len(people) <= MAX_PEOPLE:
        raise InvalidInput(f"1 to {MAX_PEOPLE} people at a time", field="people")
    if len({person["username"] for person in people}) < len(people):
        raise InvalidInput("a name appears twice", field="people")
    with transaction.atomic():
        project_lock(project.pk)
        return [_invite(actor, project, person) for person in people]


def invitation_for(secret: str) -> Invitation:
    """An invitation that can still be accepted. Raises NotFound."""
    invitation = _open().filter(token_sha256=secret_hash(secret)).select_related("project").first()
    if invitation is None:
        raise NotFound
    return invitation


def invitation_accept(secret: str, *, password: str) -> User:
    """Make the account and the membership; the link is spent. Raises NotFound, InvalidInput, InvitationUsed."""
    found = invitation_for(secret)
    with transaction.atomic():
        project = project_lock(found.project_id)
        invitation = Invitation.objects.select_for_update().get(pk=found.pk)
        if invitation.accepted_at is not None:
            raise NotFound
        if User.objects.filter(username=invitation.username).exists():
            raise InvitationUsed("an account of this name exists; sign in with it")
        try:
            may_grant(invitation.invited_by, project.pk, invitation.role)
        except Forbidden as exc:
            raise NotFound from exc
        user = user_create(
            actor=None, username=invitation.username, password=password, display_name=invitation.display_name
        )
        member = Membership.objects.create(project=project, user=user, role=invitation.role)
        grants_write(project, user, invitation.role)
        invitation.accepted_at = utc_now()
        invitation.save(update_fields=["accepted_at"])
        audit.record(user, "core.invitation.accepted", member, project=project, role=invitation.role)
    return user


def _invite(actor: User, project: Project, person: dict[str, str]) -> Invited:
    username, role = person["username"], person["role"]
    may_grant(actor, project.pk, role)
    if User.objects.filter(username=username, is_active=True).exists():
        member_set(actor=actor, project=project, username=username, role=role)
        return Invited(username, role, None)
    secret = secrets.token_urlsafe(32)
    _open().filter(project=project, username=username).update(expires_at=utc_now())
    invitation = Invitation.objects.create(
        project=project,
        username=username,
        display_name=person.get("display_name", ""),
        role=role,
        token_sha256=secret_hash(secret),
        invited_by=actor,
        expires_at=utc_now() + LIFETIME,
    )
    audit.record(actor, "core.invitation.created", invitation, project=project, username=username, role=role)
    return Invited(username, role, f"/invite/{secret}")


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        accepted_at__isnull=True, expires_at__gt=utc_now(), project__deleted_at__isnull=True
    )
