"""Django application of applications."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """See docs/architecture.md."""

    name = "applications"
    default_auto_field = "django.db.models.BigAutoField"
