"""Tables of core."""

from core.models.audit import AuditEvent, AuditHead
from core.models.blob import OUTSIDE, Blob, Upload
from core.models.job import Job, JobEvent
from core.models.outbox import IdempotencyRecord, OutboxEvent
from core.models.permission import ProjectGroupPermission, ProjectUserPermission
from core.models.project import Invitation, Membership, Project
from core.models.token import ApiToken
from core.models.user import User

__all__ = [
    "OUTSIDE",
    "ApiToken",
    "AuditEvent",
    "AuditHead",
    "Blob",
    "IdempotencyRecord",
    "Invitation",
    "Job",
    "JobEvent",
    "Membership",
    "OutboxEvent",
    "Project",
    "ProjectGroupPermission",
    "ProjectUserPermission",
    "Upload",
    "User",
]
