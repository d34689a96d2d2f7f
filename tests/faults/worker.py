"""A real Celery worker in a process of its own, on the database and the broker of the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from core.jobs import dispatch
from core.models import Job
from tests.support.stack import ROOT


class Worker:
    """`tests.faults.hurried`, as the supervisor starts a worker."""

    def __init__(self, environment: Mapping[str, str], log: Path, name: str) -> None:
        self.environment, self.log, self.name = dict(environment), log, name
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> None:
        """Start, and return when it takes jobs."""
        command = [
            *(sys.executable, "-m", "celery", "-A", "tests.faults.hurried:app", "worker", "-l", "INFO"),
            *("-n", f"{self.name}@%h", "-Q", "short,import,train,hooks", "-c", "2", "-P", "prefork"),
            *("--without-gossip", "--without-mingle"),
        ]
        start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.environment, **more},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_for(lambda: b" ready." in self.log.read_bytes()[start:], 120, f"{self.name} did not start")

    def signal(self, number: int) -> None:
        """Signal the worker and its pool; children of jobs are in sessions of their own."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """kill -9, as a machine that is switched off."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(20)


def wait_for(probe: Callable[[], object], timeout_s: float, complaint: str) -> None:
    """Until it is true; AssertionError after the time."""
    deadline = time.monotonic() + timeout_s
    while not probe():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.1)


def database_url(server_url: str) -> str:
    """The test's own database on its server, for a second process."""
    name = str(connection.settings_dict["NAME"])
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


@contextmanager
def workers(database: str, folder: Path, *names: str) -> Iterator[list[Worker]]:
    """Workers that have not been started; all are killed at the end."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "DATABASE_URL": database,
        "STUDIO_DATA_DIR": str(settings.DATA_DIR),
        "OMP_NUM_THREADS": "1",
        "REMAP_SIGTERM": "SIGQUIT",
    }
    made = [Worker(environment, folder / f"{name}.log", name) for name in names]
    try:
        yield made
    finally:
        for worker in made:
            worker.signal(signal.SIGCONT)
            worker.kill()


def swept_until_ended(jobs: list[Job], timeout_s: float) -> None:
    """Play the clock: sweep every half second until all have ended."""
    ids = [job.pk for job in jobs]

    def ended() -> bool:
        dispatch.sweep_and_ring()
        time.sleep(0.4)
        return not Job.objects.filter(pk__in=ids, finished_at__isnull=True).exists()

    wait_for(
        ended, timeout_s, f"not ended: {list(Job.objects.filter(pk__in=ids).values_list('state', 'attempt'))}"
    )
