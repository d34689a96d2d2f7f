"""`manage.py load_demo`: make the demo project once; needs running workers."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from applications.services.demo import DemoFailed, demo_load
from core.errors import DomainError


class Command(BaseCommand):
    """Does nothing when the demo is complete or was deleted; goes on where a killed load stopped."""

    help = "Load the demo project, once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it in the name of the first site administrator."""
        users = get_user_model().objects
        actor = users.filter(is_superuser=True, is_active=True).order_by("date_joined", "pk").first()
        if actor is None:
            raise CommandError("There is no site administrator yet: run manage.py prepare first.")
        try:
            loaded = demo_load(actor, self._say)
        except DemoFailed as exc:
            self.stderr.write(str(exc))
            return
        except DomainError as exc:
            raise CommandError(f"{exc.code}: {exc}") from exc
        self._say("the demo project is ready" if loaded else "the demo project was loaded before")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
