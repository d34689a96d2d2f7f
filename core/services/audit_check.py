"""Is the audit trail whole?"""

from dataclasses import dataclass

from core.models import AuditEvent, AuditHead
from core.services.audit import GENESIS, event_hash


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """`problem` is empty when every row follows from the one before it and the last one is the head."""

    rows: int
    problem: str = ""


def audit_check() -> AuditCheck:
    """Walk the chain from its beginning; stops at the first row that does not fit."""
    previous, rows = GENESIS, 0
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000):
        if event.previous_hash != previous:
            return AuditCheck(rows, f"row {event.seq} does not follow the row before it")
        if event_hash(event) != event.hash:
            return AuditCheck(rows, f"row {event.seq} was changed")
        previous, rows = event.hash, rows + 1
    if AuditHead.objects.get(pk=1).hash != previous:
        return AuditCheck(rows, "rows are missing at the end")
    return AuditCheck(rows)
