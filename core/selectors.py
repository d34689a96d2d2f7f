"""Reads of core. Whoever asks gets only what they may see."""

import uuid

from django.db.models import QuerySet

from core.errors import NotFound
from core.models import Job, Project, ProjectUserPermission, User
from core.roles import PERMISSIONS, Permission


def project_ids_with(user: User, permission: Permission) -> QuerySet[Project, uuid.UUID]:
    """Ids of the live projects on which `user` holds `permission`, as a subquery."""
    projects = Project.objects.filter(deleted_at__isnull=True)
    if not (user.is_active and user.is_superuser):
        granted = ProjectUserPermission.objects.filter(
            user_id=user.pk, permission__codename=permission, user__is_active=True
        )
        projects = projects.filter(pk__in=granted.values("content_object_id"))
    return projects.values_list("pk", flat=True)


def projects_visible_to(user: User) -> QuerySet[Project]:
    """Projects `user` belongs to, or all of them for a site administrator."""
    return Project.objects.filter(pk__in=project_ids_with(user, "access_project"))


def project_permissions(user: User, project_id: uuid.UUID) -> frozenset[str]:
    """What `user` may do in the project: empty for a stranger. One statement."""
    if not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(PERMISSIONS)
    rows = ProjectUserPermission.objects.filter(
        user_id=user.pk, content_object_id=project_id, content_object__deleted_at__isnull=True
    )
    return frozenset(rows.values_list("permission__codename", flat=True))


def project_for(user: User, project_id: uuid.UUID) -> Project:
    """The project, if `user` belongs to it. Raises NotFound."""
    project = projects_visible_to(user).filter(pk=project_id).first()
    if project is None:
        raise NotFound
    return project


def jobs_visible_to(user: User) -> QuerySet[Job]:
    """Jobs of the projects whose data `user` may view, and the ones they started themselves."""
    if user.is_superuser:
        return Job.objects.all()
    visible = Job.objects.filter(project_id__in=project_ids_with(user, "view_project"))
    own = Job.objects.filter(created_by_id=user.pk, project_id__in=project_ids_with(user, "access_project"))
    return visible | own


def job_for(user: User, job_id: uuid.UUID) -> Job:
    """The job, if `user` may see it. Raises NotFound."""
    job = jobs_visible_to(user).filter(pk=job_id).first()
    if job is None:
        raise NotFound
    return job
