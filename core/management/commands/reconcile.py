"""`manage.py reconcile`: does every reference have its bytes?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from core.services.collection import reconcile


class Command(BaseCommand):
    """Exit code 1 when anything is missing or orphaned; changes nothing."""

    help = "Compare the database with the stored files; print what is missing and what is orphaned."

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk both."""
        found = reconcile()
        for line in found.missing:
            self.stdout.write(f"missing: {line}")
        for name in found.orphan:
            self.stdout.write(f"orphan: container {name}")
        self.stdout.write(f"{len(found.missing)} missing, {len(found.orphan)} orphan")
        if found.missing or found.orphan:
            sys.exit(1)
