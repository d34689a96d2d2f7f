"""What an operation asks of its caller. Each app lists its own in `<app>/api/rules.py`.

The same tables drive the views and the permission matrix test: an operation without a row is
refused, and a row without an operation fails the test.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.roles import Permission


@dataclass(frozen=True, slots=True)
class Rule:
    """Base of the four kinds of rule."""


@dataclass(frozen=True, slots=True)
class Public(Rule):
    """Anybody, signed in or not."""


@dataclass(frozen=True, slots=True)
class SignedIn(Rule):
    """Anybody signed in; the view narrows to the caller's own things."""


@dataclass(frozen=True, slots=True)
class SiteAdmin(Rule):
    """Site administrators."""


@dataclass(frozen=True, slots=True)
class Need(Rule):
    """Whoever holds `permission` on the project of the object."""

    permission: Permission


PUBLIC = Public()
SIGNED_IN = SignedIn()
SITE_ADMIN = SiteAdmin()

Rules = Mapping[str, Rule]

RULES: Rules = {
    "auth_session": PUBLIC,
    "auth_login": PUBLIC,
    "auth_logout": PUBLIC,
    "auth_token": PUBLIC,
    "auth_me": SIGNED_IN,
    "auth_me_update": SIGNED_IN,
    "auth_password": SIGNED_IN,
    "auth_invitation": PUBLIC,
    "auth_invitation_accept": PUBLIC,
    "tokens_list": SIGNED_IN,
    "tokens_create": SIGNED_IN,
    "tokens_destroy": SIGNED_IN,
    "users_list": SITE_ADMIN,
    "users_create": SITE_ADMIN,
    "users_retrieve": SITE_ADMIN,
    "users_partial_update": SITE_ADMIN,
    "projects_list": SIGNED_IN,
    # The service admits site administrators and whoever manages a project already.
    "projects_create": SIGNED_IN,
    "projects_retrieve": Need("access_project"),
    "projects_partial_update": Need("manage_project"),
    "projects_destroy": Need("manage_project"),
    "members_list": Need("view_project"),
    "members_update": Need("manage_project"),
    "members_destroy": Need("manage_project"),
    "invitations_create": Need("manage_project"),
    "activity_list": Need("view_project"),
    "storage_retrieve": Need("manage_project"),
    "jobs_list": SIGNED_IN,
    "jobs_retrieve": SIGNED_IN,
    "jobs_cancel": SIGNED_IN,
    "jobs_events": SIGNED_IN,
    "events_follow": SIGNED_IN,
    "uploads_create": SIGNED_IN,
    "uploads_retrieve": SIGNED_IN,
    "uploads_partial_update": SIGNED_IN,
    "uploads_destroy": SIGNED_IN,
    "system_health": SIGNED_IN,
    "system_workers": SITE_ADMIN,
}
