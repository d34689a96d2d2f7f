"""Imports of tables whose process is really killed, at each step, by `STUDIO_FAULT`."""

import os
import subprocess
import sys
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from core.clock import utc_now
from core.models import Job
from datasets.models import Table, TablePart
from datasets.selectors.counters import counts_of
from datasets.selectors.tables import RowsAsked, rows_asked
from datasets.services import datasets as dataset_services
from datasets.services.imports import ImportOptions, import_submit_files
from tests.datasets.conftest import worked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

CSV = "id,size,target\n" + "".join(f"{i},{i * 0.5},{'ab'[i % 2]}\n" for i in range(90))
CODE = (
    "import sys, uuid, django; django.setup()\n"
    "from core.jobs import runner\n"
    "runner.run(uuid.UUID(sys.argv[1]))\n"
)


@pytest.mark.parametrize(
    "point", ["import.after-begin", "import.before-commit", "import.after-commit", "import.before-finish"]
)
def test_a_process_killed_during_an_import_of_a_table_loses_and_doubles_nothing(project, postgres_url, point):
    if connection.vendor != "postgresql":
        pytest.skip("a second process needs a database that it can reach")
    dataset = dataset_services.dataset_create(
        actor=project.created_by, project=project, name="t", task="tabular_classification", modality="tabular"
    )
    job = import_submit_files(
        actor=project.created_by,
        dataset=dataset,
        files=[SimpleUploadedFile("t.csv", CSV.encode())],
        options=ImportOptions(),
    )
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
    table = Table.objects.get(dataset=dataset)
    assert rows_asked(table, RowsAsked())["count"] == 0
    Job.objects.filter(pk=job.pk).update(lease_until=utc_now() - timedelta(seconds=1))
    ended = worked(job)
    assert ended.state == "succeeded", ended.error_detail
    assert ended.result["created"] == 90
    table.refresh_from_db()
    page = rows_asked(table, RowsAsked())
    assert page["count"] == 90
    assert [row["cells"] for row in page["results"]] == [[str(i), i * 0.5, "ab"[i % 2]] for i in range(90)]
    assert [row["id"] for row in page["results"]] == list(range(1, 91))
    assert TablePart.objects.filter(table=table).count() == 1
    assert counts_of([dataset.pk])[dataset.pk]["samples"] == 90
