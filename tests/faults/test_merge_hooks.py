"""A branch and a merge that die at each of their steps are made once."""

import pytest

from core.jobs import dispatch, runner
from datasets.models import Dataset, DatasetVersion, Sample
from datasets.services.branches import branch_submit
from datasets.services.bulk_edits import Selection, bulk_submit, bulk_undo
from datasets.services.merge_apply import merge_apply
from datasets.services.merges import merge_submit
from datasets.services.versions import version_submit
from datasets.splits import SplitSpec
from tests.faults.forks import assert_dies
from tests.faults.state import broken, broken_but_jobs
from tests.faults.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]

BRANCH = [f"branch.{step}" for step in ("before-begin", "before-commit", "before-finish")]
MERGE_LOOK = ["merge.before-planned"]
MERGE = [f"merge.{step}" for step in ("before-begin", "before-commit", "before-finish")]
HOOKS = BRANCH + MERGE_LOOK + MERGE


@pytest.fixture
def world(project, monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    return World(project)


def test_a_branch_and_its_merge_that_die_anywhere_are_made_once(world, monkeypatch):
    monkeypatch.setattr("datasets.services.version_walks.BATCH", 4)
    version = world.version()
    dataset = version.dataset
    many = version.counts["samples"]
    for hook in BRANCH:
        job = branch_submit(actor=world.boss, version=version, name=hook)
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert not Dataset.objects.filter(name=hook, deleted_at=None).exists(), hook
        assert broken_but_jobs() == [], hook
        world.finished(job)
        job.refresh_from_db()
        branch = Dataset.objects.get(name=hook, deleted_at=None)
        assert Sample.objects.filter(dataset=branch).count() == job.result["samples"] == many, hook
    other = _frozen(world, branch)
    for hook in MERGE:
        look = MERGE_LOOK[0]
        merge, job = merge_submit(actor=world.boss, dataset=dataset, source=other, classes={}, removals=True)
        assert_dies(look, lambda job=job: runner.run(job.pk))
        world.finished(job)
        before = Sample.objects.filter(dataset=dataset).count()
        merge, job = merge_apply(actor=world.boss, merge=merge, policy="theirs")
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert broken_but_jobs() == [], hook
        world.finished(job)
        assert merge.edit.rows.count() == many, hook
        assert Sample.objects.filter(dataset=dataset, state="unlabeled").count() == many, hook
        _, back = bulk_undo(actor=world.boss, edit_id=merge.edit_id)
        assert_dies("bulk.before-commit", lambda back=back: runner.run(back.pk))
        world.finished(back)
        assert Sample.objects.filter(dataset=dataset, state="labeled").count() == before, hook
    assert broken() == []


def _frozen(world, branch):
    """A version of the branch after all of its labels were taken away."""
    world.finished(
        bulk_submit(actor=world.boss, dataset=branch, action="label", value="", selection=Selection())[1]
    )
    job = version_submit(
        actor=world.boss, dataset=branch, name="", spec=SplitSpec(), conditions={"state": "all"}
    )
    world.finished(job)
    return DatasetVersion.objects.get(dataset=branch)
