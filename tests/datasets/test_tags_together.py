"""Two people and an import that tag the same samples at the same time: nothing is lost and nothing is there twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from core.jobs import runner
from core.models import Job
from datasets.models import Sample, SampleTag
from datasets.selectors.counters import drift_of
from datasets.services import bulk_edits, import_run
from datasets.services.bulk_edits import Selection, bulk_submit
from tests.datasets.pictures import picture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LONG_S = 120
FILES = {f"{('cat', 'dog')[i % 2]}/{i}.jpg": picture(i) for i in range(12)}


def test_who_tags_at_the_same_time_loses_nothing(make_dataset, submit, run_import, monkeypatch):
    """Batches of a few samples interleave; each writer adds two tags, one of which another adds too."""
    monkeypatch.setattr(bulk_edits, "BATCH", 2)
    monkeypatch.setattr(import_run, "BATCH_ITEMS", 3)
    dataset = make_dataset()
    assert run_import(dataset, FILES, tags=["old"]).state == "succeeded"
    jobs = [
        bulk_submit(
            actor=dataset.created_by,
            dataset=dataset,
            action=action,
            value="",
            selection=Selection(),
            tags=tags,
        )[1]
        for action, tags in (("tag", ["mine", "ours"]), ("tag", ["hers", "ours"]), ("untag", ["old"]))
    ]
    jobs.append(submit(dataset, {**FILES, "cat/new.jpg": picture(50)}, tags=["sent", "ours"]))
    together = Barrier(len(jobs))

    def run(job):
        try:
            together.wait(LONG_S)
            runner.run(job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for ended in [pool.submit(run, job) for job in jobs]:
            ended.result(LONG_S)
    results = [Job.objects.get(pk=job.pk) for job in jobs]
    assert {job.state for job in results} == {"succeeded"}, [job.error for job in results]
    first = Sample.objects.filter(dataset=dataset).exclude(name__endswith="new.jpg")
    assert {tuple(tags) for tags in first.values_list("tags", flat=True)} == {
        ("hers", "mine", "ours", "sent")
    }
    assert Sample.objects.get(name__endswith="new.jpg").tags == ["ours", "sent"]
    assert SampleTag.objects.filter(dataset=dataset).count() == 12 * 4 + 2
    assert drift_of(dataset.pk) == {}
