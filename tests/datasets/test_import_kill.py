"""Imports whose process is really killed, at each step, by `STUDIO_FAULT`."""

import os
import subprocess
import sys
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from core.clock import utc_now
from core.models import Job
from core.services.blobs import blob_read
from datasets.models import Sample
from datasets.selectors.counters import drift_of
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

FILES = {f"{('cat', 'dog')[i % 2]}/{i}.jpg": picture(i) for i in range(10)}
CODE = (
    "import sys, uuid, django; django.setup()\n"
    "from core.jobs import runner; from datasets.services import import_run\n"
    "import_run.BATCH_ITEMS = 4\n"
    "runner.run(uuid.UUID(sys.argv[1]))\n"
)


@pytest.mark.parametrize(
    "point",
    [
        "import.after-begin",
        "import.after-seal",
        "import.after-rows",
        "import.after-commit",
        "import.before-finish",
    ],
)
def test_a_process_killed_during_an_import_loses_and_doubles_nothing(
    make_dataset, submit, postgres_url, point
):
    if connection.vendor != "postgresql":
        pytest.skip("a second process needs a database that it can reach")
    dataset = make_dataset()
    job = submit(dataset, FILES)
    database = urlunsplit(urlsplit(postgres_url)._replace(path="/" + connection.settings_dict["NAME"]))
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "DATABASE_URL": database,
        "STUDIO_DATA_DIR": str(settings.DATA_DIR),
        "STUDIO_FAULT": point,
    }
    died = subprocess.run(
        [sys.executable, "-c", CODE, str(job.pk)], env=env, cwd=settings.BASE_DIR, check=False, timeout=120
    )
    assert died.returncode == 137
    assert Job.objects.get(pk=job.pk).state == "running"
    Job.objects.filter(pk=job.pk).update(lease_until=utc_now() - timedelta(seconds=1))
    ended = worked(job)
    assert ended.state == "succeeded", ended.error_detail
    assert ended.result["created"] == 10
    assert {s.name: blob_read(s.sha256) for s in Sample.objects.filter(dataset=dataset)} == FILES
    assert drift_of(dataset.pk) == {}
