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
    "jobs_list": SIGNED_IN,
    "jobs_retrieve": SIGNED_IN,
    "jobs_cancel": SIGNED_IN,
}
