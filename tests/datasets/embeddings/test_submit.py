import pytest

from core.jobs import dispatch
from core.models import Job
from datasets.services.datasets import dataset_create
from datasets.services.embeddings import embeddings_submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(project, monkeypatch):
    """The job of an analysis of one and the same data set."""
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    dataset = dataset_create(
        actor=project.created_by, project=project, name="photos", task="image_classification", classes=None
    )
    return lambda: embeddings_submit(actor=project.created_by, dataset=dataset)


def test_an_analysis_that_is_under_way_is_not_begun_twice(asked):
    assert asked() == asked()
    assert Job.objects.count() == 1


@pytest.mark.parametrize("ended", ["cancelled", "succeeded", "failed"])
def test_what_ended_is_begun_anew(asked, ended):
    first = asked()
    Job.objects.filter(pk=first.pk).update(state=ended, finished_at=first.created_at)
    assert asked() != first


def test_what_was_told_to_stop_is_begun_anew(asked):
    first = asked()
    Job.objects.filter(pk=first.pk).update(cancel_requested_at=first.created_at)
    assert asked() != first
