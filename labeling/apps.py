"""Django application of labeling."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Campaigns, annotations, review."""

    name = "labeling"
    verbose_name = "Labeling"
    default_auto_field = "django.db.models.BigAutoField"
