"""`manage.py verify_audit`: has the audit trail been tampered with?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from core.services.audit_check import audit_check


class Command(BaseCommand):
    """Exit code 1 when the chain is broken."""

    help = "Check the hash chain of the audit trail."

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk it."""
        found = audit_check()
        self.stdout.write(found.problem or f"{found.rows} rows, chain unbroken")
        if found.problem:
            sys.exit(1)
