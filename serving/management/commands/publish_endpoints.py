"""`manage.py publish_endpoints`: write the endpoint table again from the database."""

from typing import Any

from django.core.management.base import BaseCommand

from serving.services.publish import table_publish


class Command(BaseCommand):
    """For the day the folder was lost; otherwise the studio does it by itself."""

    help = "Write the endpoint table and its model files from the database."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the version of the table."""
        self.stdout.write(f"endpoint table version {table_publish()}")
