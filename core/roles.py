"""Who may do what in a project: the one table. Pure.

A role is a set of permissions on the *project* (django-guardian); everything else inherits from
its project. `core/api/rules.py` says which operation needs which permission.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Permission = Literal[
    "access_project",
    "view_project",
    "label_project",
    "review_project",
    "curate_project",
    "train_project",
    "deploy_project",
    "manage_project",
]

PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
ROLES: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        "manager": frozenset(PERMISSIONS),
        "modeler": frozenset(
            (
                "access_project",
                "view_project",
                "label_project",
                "curate_project",
                "train_project",
                "deploy_project",
            )
        ),
        "reviewer": frozenset(("access_project", "view_project", "label_project", "review_project")),
        "annotator": frozenset(("access_project", "label_project")),
        "viewer": frozenset(("access_project", "view_project")),
    }
)
ROLE_NAMES: tuple[str, ...] = tuple(ROLES)
