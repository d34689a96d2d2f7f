"""Projects: begin, change, delete."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from core.clock import utc_now
from core.errors import Conflict, Forbidden, InvalidInput
from core.models import Membership, Project, User
from core.services import audit
from core.services.members import grants_write, project_lock

EDITABLE = ("name", "description", "template")


def project_create(
    *, actor: User, name: str, description: str = "", template: str = "", is_demo: bool = False
) -> Project:
    """Begin a project and manage it. Raises Forbidden, InvalidInput.

    Open to site administrators and to whoever manages a project already.
    """
    if not may_create_projects(actor):
        raise Forbidden("ask a site administrator to create a project")
    with transaction.atomic():
        project = Project.objects.create(
            name=_name(name), description=description, template=template, is_demo=is_demo, created_by=actor
        )
        Membership.objects.create(project=project, user=actor, role="manager")
        grants_write(project, actor, "manager")
        audit.record(actor, "core.project.created", project, project=project, name=project.name)
    return project


def project_update(*, actor: User, project: Project, **changes: Any) -> Project:
    """Change what is in EDITABLE. Raises InvalidInput."""
    with transaction.atomic():
        project = project_lock(project.pk)
        for field in EDITABLE:
            if field in changes:
                setattr(project, field, _name(changes[field]) if field == "name" else changes[field])
        project.save(update_fields=list(EDITABLE))
        audit.record(actor, "core.project.changed", project, project=project, changes=changes)
    return project


def project_delete(*, actor: User, project: Project) -> None:
    """Hide the project from everybody; its rows stay for the operator to restore.

    `settings.STUDIO_PROJECT_ENDERS` lists, by dotted path, functions that take the project's id
    and stop what still works for it outside the database.
    """
    with transaction.atomic():
        project = project_lock(project.pk)
        project.deleted_at = utc_now()
        project.save(update_fields=["deleted_at"])
        audit.record(actor, "core.project.deleted", project, project=project, name=project.name)
        for path in settings.STUDIO_PROJECT_ENDERS:
            import_string(path)(project.pk)


def project_restore(*, actor: User, project: Project) -> bool:
    """Show a deleted project again, with its people and data; whether it was deleted. Endpoints stay stopped.

    Raises Conflict once the period of the bin is over, since its data goes then.
    """
    with transaction.atomic():
        found = Project.objects.select_for_update().get(pk=project.pk)
        if found.deleted_at is None:
            return False
        if found.deleted_at < utc_now() - timedelta(days=settings.STUDIO_BIN_DAYS):
            raise Conflict(f"{found.name}: too late, the data of this project is going or has gone")
        found.deleted_at = None
        found.save(update_fields=["deleted_at"])
        audit.record(actor, "core.project.restored", found, project=found, name=found.name)
    return True


def may_create_projects(user: User) -> bool:
    """Site administrators and managers of a live project."""
    if not user.is_active:
        return False
    managed = Membership.objects.filter(user=user, role="manager", project__deleted_at__isnull=True)
    return user.is_superuser or managed.exists()


def _name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= 200:
        raise InvalidInput("a name has 1 to 200 characters", field="name")
    return name
