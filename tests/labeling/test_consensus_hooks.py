"""A settling and a resolution that die at any step are done again, and done once."""

import pytest

from datasets.models import Sample
from labeling.models import Consensus, PairCount
from labeling.services.consensus import consensus_settle
from labeling.services.resolve import Resolution, consensus_resolve
from tests.faults.forks import assert_dies
from tests.labeling.test_consensus import answer_all, rows

SETTLE = ["labeling.consensus.before", "labeling.consensus.after"]
RESOLVE = ["labeling.resolve.before", "labeling.resolve.after"]
HOOKS = SETTLE + RESOLVE
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def answered(lasting_world):
    world = lasting_world(samples=4)
    world.campaign(overlap=2, consensus="majority")
    answer_all(world, {"ann": lambda at: "cat", "ben": lambda at: "dog" if at < 2 else "cat"})
    return world


def test_a_settling_that_dies_is_still_due_and_a_resolution_is_still_a_conflict(answered):
    for hook, row in zip([*SETTLE, *SETTLE], rows(answered), strict=True):
        assert_dies(hook, lambda row=row: consensus_settle(row.pk))
        row.refresh_from_db()
        assert (row.state, PairCount.objects.filter(consensus=row).count()) == ("due", 0), hook
        assert consensus_settle(row.pk)
    states = [row.state for row in rows(answered)]
    assert states == ["conflict", "conflict", "agreed", "agreed"]
    for hook, row in zip(RESOLVE, rows(answered)[:2], strict=True):
        chosen = Resolution(row.pk, row.revision, shapes=[answered.mark("eel")])
        assert_dies(hook, lambda chosen=chosen: consensus_resolve(answered.manager, chosen))
        assert Consensus.objects.get(pk=row.pk).state == "conflict", hook
        consensus_resolve(answered.manager, chosen)
        assert Consensus.objects.get(pk=row.pk).state == "resolved", hook
    assert list(Sample.objects.order_by("name").values_list("annotation_revision", flat=True)) == [1] * 4
