"""Who belongs to a project, in which role; the only writer of guardian's grants."""

from uuid import UUID

from django.contrib.auth.models import Permission as DjangoPermission
from django.db import transaction

from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.models import Membership, Project, ProjectUserPermission, User
from core.roles import ROLES
from core.selectors import project_permissions
from core.services import audit


class LastManager(Conflict):
    """A project without a manager could never be managed again."""

    code = "last_manager"


def member_set(*, actor: User, project: Project, username: str, role: str) -> Membership:
    """Give a person a role, new or instead of the one they have.

    Raises NotFound for an unknown person, InvalidInput for an unknown role, Forbidden when the
    actor does not hold what the old or the new role grants, LastManager.
    """
    with transaction.atomic():
        project_lock(project.pk)
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise NotFound
        before = Membership.objects.filter(project=project, user=user).first()
        may_grant(actor, project.pk, role)
        if before is not None:
            may_grant(actor, project.pk, before.role)
            _keep_a_manager(project, before, role)
        member, _ = Membership.objects.update_or_create(project=project, user=user, defaults={"role": role})
        grants_write(project, user, role)
        audit.record(
            actor, "core.member.set", member, project=project, username=username, role=role,
            before=before.role if before else None,
        )  # fmt: skip
    return member


def member_remove(*, actor: User, project: Project, username: str) -> None:
    """End a membership and every permission it gave. Raises NotFound, Forbidden, LastManager."""
    with transaction.atomic():
        project_lock(project.pk)
        member = (
            Membership.objects.filter(project=project, user__username=username).select_related("user").first()
        )
        if member is None:
            raise NotFound
        may_grant(actor, project.pk, member.role)
        _keep_a_manager(project, member, None)
        grants_write(project, member.user, None)
        audit.record(
            actor, "core.member.removed", member, project=project, username=username, role=member.role
        )
        member.delete()


def may_grant(actor: User, project_id: UUID, role: str) -> None:
    """Raises Forbidden unless the actor holds everything the role would give; InvalidInput for no role."""
    if role not in ROLES:
        raise InvalidInput("unknown role", field="role", allowed=list(ROLES))
    if not ROLES[role] <= project_permissions(actor, project_id):
        raise Forbidden("nobody can grant what they do not hold", role=role)


def grants_write(project: Project, user: User, role: str | None) -> None:
    """Make guardian's rows exactly those of the role; none for None. Call it with the project locked."""
    wanted = ROLES[role] if role is not None else frozenset()
    mine = ProjectUserPermission.objects.filter(content_object=project, user=user)
    mine.exclude(permission__codename__in=wanted).delete()
    held = set(mine.values_list("permission__codename", flat=True))
    missing = DjangoPermission.objects.filter(
        content_type__app_label="core", content_type__model="project", codename__in=wanted - held
    )
    ProjectUserPermission.objects.bulk_create(
        ProjectUserPermission(content_object=project, user=user, permission=permission)
        for permission in missing
    )


def project_lock(project_id: UUID) -> Project:
    """The live project, locked for the rest of the transaction. Raises NotFound."""
    project = Project.objects.select_for_update().filter(pk=project_id, deleted_at__isnull=True).first()
    if project is None:
        raise NotFound
    return project


def _keep_a_manager(project: Project, member: Membership, role: str | None) -> None:
    if member.role != "manager" or role == "manager":
        return
    others = Membership.objects.filter(project=project, role="manager", user__is_active=True)
    if not others.exclude(pk=member.pk).exists():
        raise LastManager("a project needs at least one manager; name another one first")
