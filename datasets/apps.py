"""Django application of datasets."""

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    """Samples, imports, versions."""

    name = "datasets"
    verbose_name = "Datasets"
    default_auto_field = "django.db.models.BigAutoField"
