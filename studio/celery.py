"""The Celery application: messages are doorbells, the job rows are the truth."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

app = Celery("studio")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _check(**_: object) -> None:
    """A worker refuses to start with what the web process refuses."""
    from studio.startup import startup_check  # its imports need Django to be set up

    startup_check()
