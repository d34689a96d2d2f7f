"""Imports by reference, and versions that copy what is referred to, die at each of their steps and are made once."""

import pytest

from core.jobs import dispatch, runner
from core.models import OUTSIDE, Blob
from core.services.blobs import blob_read
from datasets.models import DatasetVersion, Reference, Sample
from datasets.services.imports import ImportOptions, import_submit_bucket
from tests.datasets.buckets import photos, server  # noqa: F401
from tests.faults.forks import assert_dies
from tests.faults.state import broken, broken_but_jobs
from tests.faults.world import World
from tests.training.small import CLASSES, colored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]

IMPORT = [f"import.{step}" for step in ("after-samples", "after-rows", "before-commit", "before-finish")]
COPY = ["outside.before-rename", "references.after-seal", "references.after-copied"]
HOOKS = COPY
FILES = {f"set/{name}/{n}.jpg": colored(name, n) for n in range(5) for name in CLASSES}


@pytest.fixture
def world(project, monkeypatch, settings, tmp_path):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    settings.DATA_DIR = tmp_path
    return World(project)


def test_an_import_by_reference_that_dies_anywhere_refers_once(world, photos):  # noqa: F811
    photos.put(FILES)
    many = 0
    for number, hook in enumerate(IMPORT):
        fresh = {
            f"set/{name}/{number}-{n}.jpg": colored(name, 10 + number * 2 + n)
            for n in (0, 1)
            for name in CLASSES
        }
        photos.put(fresh)
        many = len(photos.keys())
        bucket = photos.address(keep="reference", region="us-east-1")
        job = import_submit_bucket(
            actor=world.boss, dataset=world.dataset, bucket=bucket, options=ImportOptions()
        )
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert broken_but_jobs() == [], hook
        world.finished(job)
        assert (Sample.objects.count(), Reference.objects.count()) == (many, many), hook
    assert set(Reference.objects.values_list("key", flat=True)) == photos.keys()
    assert broken() == []


def test_a_version_that_copies_and_dies_anywhere_is_made_once_and_needs_no_bucket(
    world, photos, monkeypatch  # noqa: F811
):  # fmt: skip
    monkeypatch.setattr("datasets.services.reference_copies._CHUNK", 4)
    photos.put(FILES)
    bucket = photos.address(keep="reference", region="us-east-1")
    job = import_submit_bucket(
        actor=world.boss, dataset=world.dataset, bucket=bucket, options=ImportOptions()
    )
    world.finished(job)
    for hook in COPY:
        assert Blob.objects.filter(container=OUTSIDE).exists(), hook
        job = world.version_job()
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert DatasetVersion.objects.count() == 0, hook
        assert broken_but_jobs() == [], hook
    world.finished(job)
    version = DatasetVersion.objects.get()
    assert not Blob.objects.filter(container=OUTSIDE).exists()
    assert version.outside["copied"] > 0
    photos.delete(*FILES)
    contents = {blob_read(sha256) for sha256 in Sample.objects.values_list("sha256", flat=True)}
    assert contents == set(FILES.values())
