"""Guardian's grants on projects, with a real foreign key so that visibility is one join."""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from core.models.project import Project


class ProjectUserPermission(UserObjectPermissionBase):
    """One permission of one person on one project; written only by role changes."""

    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)


class ProjectGroupPermission(GroupObjectPermissionBase):
    """Guardian asks for the pair; groups are not used."""

    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)
