"""Django application of training."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """See docs/architecture.md."""

    name = "training"
    default_auto_field = "django.db.models.BigAutoField"
