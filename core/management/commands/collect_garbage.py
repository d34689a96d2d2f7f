"""`manage.py collect_garbage`: remove files that nobody refers to."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.services.collection import GRACE, garbage_collect


class Command(BaseCommand):
    """Safe at any time, also while the studio runs."""

    help = "Remove stored files without a reference that are older than the grace period."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--grace-hours` for tests and for a disk that is full now."""
        parser.add_argument("--grace-hours", type=float, default=GRACE.total_seconds() / 3600)

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect once."""
        done = garbage_collect(grace=timedelta(hours=options["grace_hours"]))
        self.stdout.write(
            f"removed {done.rows} rows, {done.containers} containers ({done.bytes_freed} bytes), "
            f"{done.tmp_files} temporary files"
        )
