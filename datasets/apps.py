"""Django application of datasets."""

from importlib import import_module

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    """Samples, imports, versions."""

    name = "datasets"
    verbose_name = "Datasets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every process knows the kinds of jobs, the web processes that submit them too."""
        import_module("datasets.tasks")
