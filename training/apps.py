"""Django application of training."""

from importlib import import_module

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Runs, models, evaluations."""

    name = "training"
    verbose_name = "Training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every process knows the kinds of jobs, the web processes that submit them too."""
        import_module("training.tasks")
