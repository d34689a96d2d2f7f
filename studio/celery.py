"""The Celery application: messages are doorbells, the job rows are the truth."""

import os
import signal
import threading
from typing import Any, Final

from celery import Celery
from celery.signals import worker_init, worker_shutting_down

END_WITHIN_S: Final = 8.0

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

app = Celery("studio")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _check(sender: Any, **_: object) -> None:
    """A worker refuses to start with what the web process refuses, and once it stops it ends in time."""
    from studio.startup import startup_check  # its imports need Django to be set up

    startup_check()
    stop = sender.stop

    def stop_in_time(*args: Any, **kwargs: Any) -> Any:
        _end_in_time()
        return stop(*args, **kwargs)

    # An error that Celery gives up at, such as a broker that may not write, stops a worker without a signal.
    sender.stop = stop_in_time


@worker_shutting_down.connect
def _end_in_time(**_: object) -> None:
    """A worker takes leave of its broker; one that does not answer must not keep it alive for ever."""
    timer = threading.Timer(END_WITHIN_S, _end)
    timer.daemon = True
    timer.start()
    # While the interpreter ends no thread runs any more; then the kernel does it.
    signal.alarm(round(END_WITHIN_S) + 2)


def _end() -> None:
    """End the group where this process leads it, as under the supervisor, else this process alone."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)
