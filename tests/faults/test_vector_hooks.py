"""Axes of texts that are made by a process that dies are made once, and vectors by no others."""

import pytest

from core.jobs import dispatch, runner
from datasets.models import EmbeddingPart, EmbeddingProjection, Sample
from datasets.services.datasets import dataset_create
from datasets.services.embeddings import embeddings_submit
from tests.datasets.embeddings.prose import english
from tests.faults.forks import assert_dies
from tests.faults.state import broken, broken_but_jobs
from tests.faults.world import World
from tests.training.analyses import upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]

HOOKS = ["embeddings.after-projection-blob", "embeddings.after-projection"]


@pytest.fixture
def world(project, monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    return World(project)


def test_axes_that_die_half_made_are_made_once(world):
    dataset = dataset_create(
        actor=world.boss, project=world.project, name="texts", modality="text", task="text_classification"
    )
    rows = english()[:32]
    begin, seen = 0, set()
    for hook, end in zip(HOOKS, (8, 32), strict=True):
        upload(
            dataset,
            {f"{service}/{n}.txt": text.encode() for n, (service, text) in enumerate(rows[begin:end])},
        )
        begin = end
        job = embeddings_submit(actor=world.boss, dataset=dataset)
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert broken_but_jobs() == [], hook
        world.finished(job)
        model = EmbeddingProjection.objects.get(dataset=dataset).model
        assert model not in seen
        seen.add(model)
        parts = EmbeddingPart.objects.filter(dataset=dataset)
        assert {one.model for one in parts} == {model}, hook
        assert sum(one.count for one in parts) == Sample.objects.filter(dataset=dataset).count() == end, hook
        assert Sample.objects.filter(dataset=dataset, has_vector=True).count() == end, hook
    assert broken() == []
