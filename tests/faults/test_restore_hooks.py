"""A restore that dies at each of its steps brings everything back once."""

import pytest

from core.jobs import dispatch, runner
from datasets.models import CleaningRow, Sample, VersionPicture
from datasets.services.bulk_edits import Selection, bulk_submit, bulk_undo
from datasets.services.cleanings import cleaning_submit
from datasets.services.version_restore import restore_submit
from tests.faults.forks import assert_dies
from tests.faults.state import broken, broken_but_jobs
from tests.faults.world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]

RESTORE = [f"restore.{step}" for step in ("before-begin", "before-commit", "before-finish")]
RESTORE_CONTENTS = ["restore.after-contents", *RESTORE[1:]]
HOOKS = [*RESTORE, RESTORE_CONTENTS[0]]
DELETE = {"action": "delete", "value": "", "selection": Selection()}


@pytest.fixture
def world(project, monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    return World(project)


def test_a_restore_that_dies_anywhere_brings_each_sample_back_once(world, monkeypatch):
    monkeypatch.setattr("datasets.services.version_walks.BATCH", 4)
    version = world.version()
    dataset = version.dataset
    many = Sample.objects.filter(dataset=dataset).count()
    for hook in RESTORE:
        world.finished(bulk_submit(actor=world.boss, dataset=dataset, **DELETE)[1])
        world.finished(world.import_job(each=2))
        edit, job = restore_submit(actor=world.boss, version=version, set_aside=True, preview=False)
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert broken_but_jobs() == [], hook
        world.finished(job)
        job.refresh_from_db()
        assert (job.result["returned"], job.result["set_aside"]) == (many, 4), hook
        assert Sample.objects.filter(dataset=dataset).count() == many, hook
        assert edit.rows.count() == many + 4, hook
        _, back = bulk_undo(actor=world.boss, edit_id=edit.pk)
        assert_dies("bulk.before-commit", lambda back=back: runner.run(back.pk))
        world.finished(back)
        assert Sample.objects.filter(dataset=dataset).count() == 4, hook
        world.finished(restore_submit(actor=world.boss, version=version, set_aside=True, preview=False)[1])
    assert broken() == []


def test_a_restore_of_what_was_cleaned_that_dies_anywhere_gives_each_sample_its_content_once(
    world, monkeypatch
):
    monkeypatch.setattr("datasets.services.version_walks.BATCH", 2)
    monkeypatch.setattr("datasets.services.bulk_edits.BATCH", 3)
    version = world.version()
    rows = Sample.objects.filter(dataset=version.dataset).order_by("pk")
    columns = ("pk", "sha256", "thumb_sha256", "payload", "features", "labels")
    then = list(rows.values_list(*columns))
    steps = {"steps": [{"op": "resize", "params": {"pixels": 24}}]}
    world.finished(cleaning_submit(actor=world.boss, dataset=version.dataset, recipe=steps)[1])
    now = list(rows.values_list(*columns))
    # Only the version still names the bytes of then, so that they are opened again.
    VersionPicture.objects.bulk_create([VersionPicture(version=version, sha256=row[1]) for row in then])
    CleaningRow.objects.all().delete()
    for hook in RESTORE_CONTENTS:
        edit, job = restore_submit(actor=world.boss, version=version, set_aside=True, preview=False)
        assert_dies(hook, lambda job=job: runner.run(job.pk))
        assert broken_but_jobs() == [], hook
        world.finished(job)
        job.refresh_from_db()
        assert (job.result["contents"], job.result["present"]) == (len(then), len(then)), hook
        assert list(rows.values_list(*columns)) == then, hook
        assert edit.contents.count() == len(then), hook
        _, back = bulk_undo(actor=world.boss, edit_id=edit.pk)
        assert_dies("bulk.before-commit", lambda back=back: runner.run(back.pk))
        assert broken_but_jobs() == [], hook
        world.finished(back)
        assert list(rows.values_list(*columns)) == now, hook
        CleaningRow.objects.all().delete()
    assert broken() == []
