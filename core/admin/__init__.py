"""The administration pages of core."""

from core.admin.people import UserAdmin
from core.admin.projects import MembershipAdmin, ProjectAdmin
from core.admin.records import AuditEventAdmin, BlobAdmin, JobAdmin
from core.admin.sign_in import SignInForm

__all__ = [
    "AuditEventAdmin",
    "BlobAdmin",
    "JobAdmin",
    "MembershipAdmin",
    "ProjectAdmin",
    "SignInForm",
    "UserAdmin",
]
