"""Reads of core. Whoever asks gets only what they may see."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, QuerySet, Value
from django.utils.module_loading import import_string

from core.errors import NotFound
from core.models import ApiToken, AuditEvent, Job, Membership, Project, ProjectUserPermission, User
from core.roles import PERMISSIONS, Permission

COUNTS = ("samples", "labeled", "versions", "runs", "models", "endpoints", "members")

# Params of jobs that name what people know by name, the most telling first.
SUBJECT_PARAMS: Final = ("run", "evaluation", "version", "model", "dataset")


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


def job_render(job: Job) -> dict[str, Any]:
    """A job as the API shows it."""
    error = {"code": job.error_code, "detail": job.error_detail} if job.error_code else None
    return {
        "id": job.pk,
        "kind": job.kind,
        "project": job.project_id,
        "state": job.state,
        "progress": {
            "done": job.progress_done,
            "total": job.progress_total,
            "unit": job.progress_unit,
            "eta_s": job.progress_eta_s,
        },
        "error": error,
        "result": job.result,
        "attempts": job.attempt,
        "cancel_requested": job.cancel_requested_at is not None,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def jobs_render(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Jobs as the API shows them, each with its `subject`. One statement, however many they are."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for job in jobs:
        for param, named in _named_by(job):
            wanted.setdefault(param, set()).add(named)
    found = _subjects(wanted)
    return [{**job_render(job), "subject": _subject_of(job, found)} for job in jobs]


def _named_by(job: Job) -> Iterator[tuple[str, uuid.UUID]]:
    """What the params of a job name, the most telling first."""
    for param in SUBJECT_PARAMS:
        try:
            yield param, uuid.UUID(job.params.get(param, ""))
        except (ValueError, TypeError, AttributeError):
            continue


def _subjects(wanted: Mapping[str, set[uuid.UUID]]) -> dict[uuid.UUID, dict[str, Any]]:
    """What things with these ids are called.

    `settings.STUDIO_JOB_SUBJECTS` lists, by dotted path, functions that take ids by the name of the param and return
    querysets of `(the id in the param, kind, id, id of what it belongs to, project id, name, number, is gone)` rows;
    `number` is 0 for what has none, and what belongs to nothing belongs to itself.
    """
    parts: list[QuerySet[Any, Any]] = []
    for path in settings.STUDIO_JOB_SUBJECTS if wanted else ():
        parts += import_string(path)(wanted)
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {
        named: {
            "kind": kind,
            "id": subject,
            "belongs_to": None if owner == subject else owner,
            "name": name,
            "number": number or None,
            "project": project,
            "gone": bool(is_gone),
        }
        for named, kind, subject, owner, project, name, number, is_gone in rows
    }


def _subject_of(job: Job, found: Mapping[uuid.UUID, dict[str, Any]]) -> dict[str, Any] | None:
    """The first that is known and belongs to the job's project, which is what lets the reader see it."""
    for _, named in _named_by(job):
        subject = found.get(named)
        if subject is not None and subject["project"] == job.project_id:
            return {name: value for name, value in subject.items() if name != "project"}
    return None


def memberships_of(user: User) -> list[Membership]:
    """The user's memberships in live projects, with the projects. One statement."""
    mine = Membership.objects.filter(user=user, project__deleted_at__isnull=True)
    return list(mine.select_related("project").order_by("project__name", "project_id"))


def project_roles(user: User, project_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The user's role in each of the projects they are a member of. One statement."""
    mine = Membership.objects.filter(user=user, project_id__in=project_ids)
    return dict(mine.values_list("project_id", "role"))


def project_members(project: Project) -> QuerySet[Membership]:
    """Who belongs to a project, with their accounts."""
    return Membership.objects.filter(project=project).select_related("user")


def project_activity(project: Project) -> QuerySet[AuditEvent]:
    """The audit trail of a project."""
    return AuditEvent.objects.filter(project_id=project.pk)


def project_counts(project_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """How much of everything each project holds, in one statement.

    `settings.STUDIO_PROJECT_COUNTERS` lists, by dotted path, functions that take project ids and
    return querysets of `(project_id, name, count)` rows.
    """
    members = Membership.objects.filter(project_id__in=project_ids, user__is_active=True).order_by()
    parts = [members.values_list("project_id", Value("members"), Count("pk"))]
    for path in settings.STUDIO_PROJECT_COUNTERS:
        parts += import_string(path)(project_ids)
    counted: dict[uuid.UUID, dict[str, int]] = {
        project_id: dict.fromkeys(COUNTS, 0) for project_id in project_ids
    }
    for project_id, name, count in parts[0].union(*parts[1:], all=True):
        counted[project_id][name] = counted[project_id].get(name, 0) + (count or 0)
    return counted


def project_storage(project_id: uuid.UUID) -> dict[str, int]:
    """Bytes that a project keeps, by part.

    `settings.STUDIO_STORAGE_PARTS` lists, by dotted path, functions that take a project's id and say
    how many bytes of what they know.
    """
    parts: dict[str, int] = {}
    for path in settings.STUDIO_STORAGE_PARTS:
        parts |= import_string(path)(project_id)
    return parts


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The user's own tokens that are not revoked."""
    return ApiToken.objects.filter(user=user, revoked_at__isnull=True)


def users_all() -> QuerySet[User]:
    """Every account, for site administrators."""
    return User.objects.all()


def user_by_id(user_id: uuid.UUID) -> User:
    """One account, for site administrators. Raises NotFound."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user
