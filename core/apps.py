"""Django application of core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Projects, people, audit, jobs, files."""

    name = "core"
    verbose_name = "Core"
    default_auto_field = "django.db.models.BigAutoField"
