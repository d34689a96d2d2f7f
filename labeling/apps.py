"""Django application of labeling."""

from importlib import import_module

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Campaigns, annotations, review."""

    name = "labeling"
    verbose_name = "Labeling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Totals of campaigns follow samples that go for good; kinds of jobs are known to whoever submits one."""
        import_module("labeling.tasks")
        signals = import_module("datasets.signals")
        signals.samples_ending.connect(import_module("labeling.services.campaigns").items_ended)
