"""Rules that are killed at any step go on where they were, and say everything once."""

import pytest

from core.jobs import dispatch, runner
from core.models import Job
from labeling.models import Prelabel
from labeling.services import prelabel_source
from labeling.services.weak_rules import rules_apply, rules_save
from tests.faults.forks import assert_dies
from tests.faults.world import expired
from tests.labeling.test_prelabel_hooks import HOOKS
from tests.labeling.test_weak_rules import texts_in, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(300)]


def test_rules_that_die_go_on_and_say_everything_once(lasting_world, monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    monkeypatch.setattr(prelabel_source, "CHUNK", 2)
    world = texts_in(lasting_world, "text_classification", *(f"a cat {number}" for number in range(5)))
    raw = [words(world, "cat", "cat")]
    rules_save(actor=world.manager, campaign=world.round, revision=0, raw=raw)
    for hook, kept_then in zip(HOOKS, (2, 5), strict=True):
        run, job = rules_apply(actor=world.manager, campaign=world.round, revision=1)
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        kept = set(Prelabel.objects.filter(run=run).values_list("pk", flat=True))
        assert len(kept) == kept_then, hook
        expired(job)
        runner.run(job.pk)
        assert Job.objects.get(pk=job.pk).state == "succeeded", hook
        rows = Prelabel.objects.filter(run=run)
        assert kept <= set(rows.values_list("pk", flat=True))
        assert [len(row.shapes) for row in rows] == [1] * 5, hook
