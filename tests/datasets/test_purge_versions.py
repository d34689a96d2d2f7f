"""Versions that others stand on outlive their data set, whole; what versions hold is named at the cost of its size."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from core.clock import utc_now
from core.services.blobs import blob_read
from datasets.models import DatasetVersion, Merge, Sample, VersionPicture
from datasets.services.datasets import dataset_delete
from datasets.services.version_hold import versions_hold
from tests.contracts.world_training import training_rows
from tests.datasets.bins.conftest import FILES
from tests.datasets.bins.test_bin import collected, emptied, frozen
from tests.datasets.bins.test_purge import another
from tests.datasets.bins.test_undo_ends import names, stored
from tests.datasets.merging import branched
from training.models import Alias, Evaluation, EvaluationSample, ModelVersion, Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def boss(project):
    return project.created_by


@pytest.fixture
def client(boss, client_for):
    return client_for(boss)


@pytest.fixture
def dataset(make_dataset, run_import):
    made = make_dataset()
    assert run_import(made, FILES).result["created"] == 6
    return made


@pytest.mark.parametrize("user", [Evaluation, ModelVersion])
def test_a_version_that_only_hidden_references_name_stays(client, project, boss, dataset, user):
    version = frozen(client, dataset)
    other = another(version, 2)
    training_rows(project, boss, other, Sample.objects.first())
    user.objects.update(dataset_version=version)
    Run.objects.update(dataset_version=version)
    ModelVersion.objects.update(run=None)
    EvaluationSample.objects.all().delete()
    Run.objects.all().delete()
    for model in {Evaluation, ModelVersion} - {user}:
        rows = model.objects.all()
        rows.update(dataset_version=None) if model is ModelVersion else rows.delete()
    held = names(dataset)
    dataset_delete(actor=boss, dataset_id=dataset.pk)
    assert emptied(client, project).result["entries"] == 1
    collected()
    assert stored(held) == held
    assert [row.pk for row in DatasetVersion.objects.all()] == [version.pk]
    assert Alias.objects.exists()


def test_versions_that_living_data_sets_came_from_or_took_in_stay(
    client, project, boss, dataset, make_dataset
):
    version = frozen(client, dataset)
    origin, base, unused = another(version, 2), another(version, 3), another(version, 4)
    branch = branched(client, {"id": str(origin.pk)})
    gone = branched(client, {"id": str(unused.pk)}, "gone")
    dataset_delete(actor=boss, dataset_id=gone.pk)
    other = make_dataset(name="other")
    Merge.objects.create(dataset=other, source=version, base=base, created_by=boss, created_at=utc_now())
    dataset_delete(actor=boss, dataset_id=dataset.pk)
    emptied(client, project)
    kept = set(DatasetVersion.objects.values_list("pk", flat=True))
    assert kept == {version.pk, origin.pk, base.pk}
    branch.refresh_from_db()
    assert branch.origin_id == origin.pk
    assert all(row.pictures.count() == 6 for row in DatasetVersion.objects.all())
    assert Merge.objects.get().base_id == base.pk


def test_what_a_needed_version_was_made_from_stays_to_the_root(client, project, boss, dataset):
    root = frozen(client, dataset)
    middle = another(root, 2, root)
    last = another(root, 3, middle)
    another(root, 4, another(root, 5))
    training_rows(project, boss, last, Sample.objects.first())
    dataset_delete(actor=boss, dataset_id=dataset.pk)
    job = emptied(client, project)
    assert (job.state, job.result["entries"]) == ("succeeded", 1), job.error_detail
    assert set(DatasetVersion.objects.values_list("pk", flat=True)) == {root.pk, middle.pk, last.pk}


def _context():
    told = {"fences": 0, "milestones": 0}

    class Fence:
        def __enter__(self):
            told["fences"] += 1

        def __exit__(self, *_):
            return False

    def milestone():
        told["milestones"] += 1

    return SimpleNamespace(fenced=Fence, check=lambda: None, milestone=milestone), told


def test_versions_are_asked_without_a_statement_a_line_and_named_once(
    client, dataset, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("datasets.services.version_hold.BATCH", 1)
    version = frozen(client, dataset)
    context, told = _context()
    blob_read(version.manifest_sha256)
    with django_assert_num_queries(2):  # the versions, and where the bytes of the one are
        versions_hold(context, [version.pk], ["f" * 64])
    assert told == {"fences": 0, "milestones": 0}
    with django_assert_num_queries(0):
        versions_hold(context, [version.pk], [])
    some = sorted(names(dataset))[:2]
    for _ in range(2):
        held = versions_hold(context, [version.pk], some)
        assert told == {"fences": 2, "milestones": 2}
    assert set(VersionPicture.objects.values_list("sha256", flat=True)) == set(some)
    assert held.covers([version.pk], some)
    assert not held.covers([uuid4()], some)
    assert not held.covers([], ["f" * 64])
