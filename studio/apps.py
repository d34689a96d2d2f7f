"""The project package as an app: it makes the Celery application the one that every process rings."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    """Has no tables."""

    name = "studio"

    def ready(self) -> None:
        """Without this, a process that is no worker would ring a broker on this machine's default port."""
        from studio.celery import app

        app.set_default()
