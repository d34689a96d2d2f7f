"""Django application of serving."""

from django.apps import AppConfig


class ServingConfig(AppConfig):
    """See docs/architecture.md."""

    name = "serving"
    default_auto_field = "django.db.models.BigAutoField"
