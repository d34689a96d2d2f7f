"""Emptying the bin and ending a way back that die at each of their steps let each thing go once."""

from datetime import timedelta

import pytest

from core.clock import utc_now
from core.jobs import dispatch, runner
from core.models import Job
from datasets.models import Sample
from datasets.services.bin import bin_empty, bins_due
from datasets.services.bulk_edits import Selection, bulk_submit
from datasets.services.cleanings import cleaning_submit
from tests.faults.forks import assert_dies
from tests.faults.state import broken, broken_but_jobs
from tests.faults.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]

PURGE = ["purge.before-begin", "purge.after-held", "purge.before-commit"]
UNDO_END = ["purge.before-close", "purge.after-held", "purge.before-undo-gone"]
HOOKS = PURGE + UNDO_END
DELETE = {"action": "delete", "value": "", "selection": Selection()}


@pytest.fixture
def world(project, monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    return World(project)


def test_a_purge_that_dies_lets_each_sample_go_once_and_keeps_what_a_version_holds(world, monkeypatch):
    monkeypatch.setattr("datasets.services.purge.BATCH", 2)
    version = world.version()
    held = Sample.objects.filter(dataset=version.dataset).count()
    world.finished(bulk_submit(actor=world.boss, dataset=version.dataset, **DELETE)[1])
    for hook in PURGE:
        job = bin_empty(actor=world.boss, project=world.project)
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert Sample.objects.count() == held, hook
        assert broken_but_jobs() == [], hook
        if hook != PURGE[-1]:
            Job.objects.filter(pk=job.pk).update(state="cancelled", finished_at=utc_now())
    world.finished(job)
    assert not Sample.objects.exists()
    assert version.pictures.count() == held
    # What an import tells of has gone since.
    assert [line for line in broken() if not line.startswith("import ")] == []


def test_the_end_of_a_way_back_that_dies_lets_go_of_it_once_and_names_what_a_version_holds(
    world, monkeypatch
):
    monkeypatch.setattr("datasets.services.undo_ends.BATCH", 2)
    version = world.version()
    dataset = version.dataset
    held = set(Sample.objects.filter(dataset=dataset).values_list("sha256", flat=True))
    recipe = {"steps": [{"op": "resize", "params": {"pixels": 24}}]}
    cleaning, job = cleaning_submit(actor=world.boss, dataset=dataset, recipe=recipe)
    world.finished(job)
    Job.objects.filter(pk=job.pk).update(finished_at=utc_now() - timedelta(days=31))
    for hook in UNDO_END:
        assert bins_due() == 1, hook
        end = Job.objects.get(kind="datasets.purge", finished_at=None)
        assert_dies(hook, lambda end=end: runner.run(end.pk))
        assert cleaning.rows.count() == len(held), hook
        assert broken_but_jobs() == [], hook
        cleaning.refresh_from_db()
        assert cleaning.undoable is (hook == UNDO_END[0]), hook
        if hook != UNDO_END[-1]:
            Job.objects.filter(pk=end.pk).update(state="cancelled", finished_at=utc_now())
    world.finished(end)
    assert not cleaning.rows.exists()
    assert set(version.pictures.values_list("sha256", flat=True)) == held
    assert bins_due() == 0
    assert broken() == []
