"""A machine that dies at any step goes on where it was, and says everything once."""

import pytest

from core.jobs import dispatch, runner
from core.models import Job
from labeling.models import Prelabel
from labeling.services.prelabels import PrelabelPlan, prelabel_submit
from tests.faults.forks import assert_dies
from tests.faults.world import expired
from tests.labeling.test_prelabels import shade, show, version_of

HOOKS = ["prelabel.after-part", "prelabel.before-finish"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_run_that_dies_goes_on_and_says_everything_once(lasting_world, monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    world = lasting_world(samples=4)
    show(world, *(shade(level) for level in (10, 20, 240, 250)))
    world.campaign()
    version = version_of(world)
    mapping = {"dark": str(world.classes["cat"].pk), "light": str(world.classes["dog"].pk)}
    for hook in HOOKS:
        plan = PrelabelPlan(str(version.pk), mapping)
        run, job = prelabel_submit(actor=world.manager, campaign=world.round, plan=plan)
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        kept = set(Prelabel.objects.filter(run=run).values_list("pk", flat=True))
        expired(job)
        runner.run(job.pk)
        assert Job.objects.get(pk=job.pk).state == "succeeded", hook
        rows = Prelabel.objects.filter(run=run)
        assert kept <= set(rows.values_list("pk", flat=True))
        assert [len(row.shapes) for row in rows] == [1] * 4, hook
