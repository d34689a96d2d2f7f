"""Rows that many tests start from, made through the services that users reach them by."""

import itertools
from typing import Any

from django.contrib.auth import get_user_model
from guardian.shortcuts import assign_perm

from core.models import Membership, Project, User
from core.roles import ROLES

PASSWORD = "twelve letters and more"
_numbers = itertools.count(1)


def user_make(username: str | None = None, **fields: Any) -> User:
    """A person who can sign in with `PASSWORD`."""
    user = get_user_model()(username=username or f"person{next(_numbers)}", **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def project_make(name: str = "Birds", *, created_by: User | None = None, **fields: Any) -> Project:
    """A project whose creator is its manager."""
    owner = created_by or user_make()
    project = Project.objects.create(name=name, created_by=owner, **fields)
    member_add(project, owner, "manager")
    return project


def member_add(project: Project, user: User, role: str) -> User:
    """Give a role and the permissions that go with it."""
    Membership.objects.update_or_create(project=project, user=user, defaults={"role": role})
    for permission in ROLES[role]:
        assign_perm(permission, user, project)
    return user
