"""What goes for good cannot be had back: only what is due, that nobody needs, and after versions name what they hold."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError

from core.clock import utc_now
from core.errors import Conflict
from core.models import Blob, Job
from core.services.blobs import blob_read
from datasets.models import CleaningRow, Dataset, DatasetVersion, Merge, Sample
from datasets.selectors.counters import drift_of
from datasets.services import branches, purge, undo_ends
from datasets.services.bin import bins_due, entry_restore
from datasets.services.bins import samples_move
from datasets.services.datasets import dataset_delete
from datasets.services.version_hold import versions_hold
from labeling.models import Item
from labeling.services import campaigns
from labeling.services.campaigns import (
    CampaignPlan,
    EmptySelection,
    campaign_add_samples,
    campaign_create,
    campaign_recount,
    campaign_set_state,
)
from tests.datasets.bins.test_bin import collected, deleted, emptied, frozen, listed
from tests.datasets.bins.test_undo_ends import aged, ended, names
from tests.datasets.cleaning.conftest import cleaned, done, posted
from tests.datasets.conftest import worked
from tests.datasets.merging import branch_asked
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)


def another(version, number, parent=None):
    """A second version of the same content."""
    values = {field.attname: getattr(version, field.attname) for field in version._meta.concrete_fields}
    values |= {"id": uuid4(), "number": number, "job_id": None, "parent_id": parent and parent.pk}
    return DatasetVersion.objects.create(**values)


def opened(project, kind, **params):
    return Job.objects.create(kind=kind, queue="import", project=project, params=params)


def bins():
    return Dataset.objects.filter(name__startswith="bin of")


def test_an_entry_that_fails_does_not_keep_the_others(
    client, project, boss, dataset, make_dataset, run_import, monkeypatch
):
    other = make_dataset(name="other")
    run_import(other, {"cat/9.jpg": picture(9)})
    needed = purge.versions_needed

    def fail(dataset_id):
        if dataset_id == other.pk:
            raise IntegrityError("somebody stands on it")
        return needed(dataset_id)

    monkeypatch.setattr(purge, "versions_needed", fail)
    for one in (dataset, other):
        dataset_delete(actor=boss, dataset_id=one.pk)
    job = emptied(client, project)
    assert (job.state, job.result["entries"], job.result["left"]) == ("succeeded", 1, 1)
    assert list(Sample.objects.values_list("dataset", flat=True)) == [other.pk]


def test_a_data_set_restored_since_the_job_was_ordered_keeps_its_bins(
    client, project, boss, dataset, monkeypatch
):
    deleted(boss, dataset, text="cat")
    dataset_delete(actor=boss, dataset_id=dataset.pk)
    change_of = purge.change_of

    def restored(entry):
        Dataset.objects.filter(pk=dataset.pk).update(deleted_at=None)
        return change_of(entry)

    with monkeypatch.context() as patched:
        patched.setattr(purge, "change_of", restored)
        job = emptied(client, project, entries=[str(dataset.pk)])
    assert (job.result["left"], Sample.objects.count()) == (1, 6)
    answer = client.post(f"/api/v1/projects/{project.pk}/bin/empty/", {}, format="json")
    bins().update(deleted_at=utc_now() + timedelta(seconds=60))  # and once more, after it was ordered
    worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert Sample.objects.count() == 6


def test_a_data_set_that_is_half_gone_is_not_brought_back_and_goes_the_next_time(
    client, project, boss, dataset, monkeypatch
):
    dataset_delete(actor=boss, dataset_id=dataset.pk)
    monkeypatch.setattr(purge, "BATCH", 2)
    answer = client.post(f"/api/v1/projects/{project.pk}/bin/empty/", {}, format="json")
    job = Job.objects.get(pk=answer.json()["job"]["id"])

    def die(name):
        if name == "purge.before-commit" and Sample.objects.count() == 2:
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(purge, "fault", die)
        with pytest.raises(SystemExit):
            worked(job)
    Job.objects.filter(pk=job.pk).update(state="cancelled", finished_at=utc_now(), lease_until=None)
    assert Sample.objects.count() == 4
    (entry,) = listed(client, project)
    assert entry["may_restore"] is False
    refused = client.post(f"/api/v1/bin/{entry['id']}/restore/")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_restorable")
    assert emptied(client, project).result["entries"] == 1
    assert not Dataset.objects.exists()


def _readers(dataset, other, version, boss):
    here = {"dataset": other, "created_by": boss, "created_at": utc_now()}
    to = str(other.pk)
    return {
        "datasets.branch": {"dataset": str(uuid4()), "version": str(version.pk)},
        "datasets.export": {"version": str(version.pk)},
        "datasets.augment": {"version": str(version.pk)},
        "datasets.merge_plan": {"dataset": to, "merge": str(Merge.objects.create(source=version, **here).pk)},
        "training.embeddings": {"dataset": str(dataset.pk)},
    }


@pytest.mark.parametrize("is_deleted", [False, True])
def test_what_any_kind_of_job_reads_is_left_for_the_next_time(
    client, project, boss, dataset, make_dataset, is_deleted
):
    version = frozen(client, dataset)
    deleted(boss, dataset, text="cat")
    readers = _readers(dataset, make_dataset(name="other"), version, boss)
    if is_deleted:
        dataset_delete(actor=boss, dataset_id=dataset.pk)
    for kind, params in readers.items():
        job = opened(project, kind, **params)
        assert emptied(client, project).result["entries"] == 0, kind
        assert Sample.objects.count() == 6, kind
        job.delete()
    Merge.objects.all().delete()
    assert emptied(client, project).result["samples"] == (6 if is_deleted else 3)


def test_a_job_that_begins_to_read_stops_a_purge_and_an_end_at_the_next_batch(
    client, project, boss, dataset, monkeypatch
):
    version = frozen(client, dataset)
    cleaned(client, dataset, ("resize", {"pixels": 24}))
    deleted(boss, dataset, text="cat")

    def read(name):
        if name in ("purge.before-commit", "purge.before-undo-gone"):
            opened(project, "datasets.export", version=str(version.pk))

    for module in (purge, undo_ends):
        monkeypatch.setattr(module, "BATCH", 2)
        monkeypatch.setattr(module, "fault", read)
    assert emptied(client, project).result["samples"] == 2
    kept = CleaningRow.objects.count()
    assert kept == 4
    Job.objects.filter(kind="datasets.export").delete()
    aged()
    assert ended()["undos"] == 0
    assert CleaningRow.objects.count() == kept - 2


def test_only_what_versions_were_asked_about_goes(client, project, boss, dataset, monkeypatch):
    version = frozen(client, dataset)
    deleted(boss, dataset, text="cat")
    late = Sample.objects.filter(dataset=dataset).first()

    def held(*args):
        answer = versions_hold(*args)
        if not Sample.objects.filter(pk=late.pk, dataset=bins().get()).exists():
            samples_move([late], dataset.pk, bins().get().pk)
            bins().update(deleted_at=utc_now() - timedelta(days=31))  # as if it had waited
        return answer

    monkeypatch.setattr(purge, "versions_hold", held)
    first = emptied(client, project)
    assert (first.result["left"], Sample.objects.count()) == (1, 6)
    assert emptied(client, project).result["samples"] == 4
    collected()
    assert blob_read(late.sha256)
    assert version.pictures.filter(sha256=late.sha256).exists()
    assert drift_of(dataset.pk) == {}


def test_a_version_frozen_since_the_others_were_asked_is_asked_the_next_time(
    client, project, boss, dataset, monkeypatch
):
    version = frozen(client, dataset)
    deleted(boss, dataset)

    def held(*args):
        answer = versions_hold(*args)
        if not DatasetVersion.objects.filter(number=2).exists():
            another(version, 2)
        return answer

    monkeypatch.setattr(purge, "versions_hold", held)
    assert (emptied(client, project).result["left"], Sample.objects.count()) == (1, 6)
    assert emptied(client, project).result["samples"] == 6
    assert DatasetVersion.objects.get(number=2).pictures.count() == 6


def test_what_comes_into_an_old_bin_waits_for_the_whole_period(client, project, boss, dataset):
    version = frozen(client, dataset)
    deleted(boss, dataset, text="cat")
    made = done(posted(client, f"versions/{version.pk}/restore/", set_aside=False))
    assert Sample.objects.filter(dataset=dataset).count() == 6
    bins().update(deleted_at=utc_now() - timedelta(days=31))
    done(posted(client, f"bulk-edits/{made['edit']}/undo/"))
    assert Sample.objects.filter(dataset=dataset).count() == 3
    assert bins_due() == 0
    bins().update(deleted_at=utc_now() - timedelta(days=31))
    assert bins_due() == 1


def test_a_rejected_sample_waits_for_its_author_and_totals_follow_what_goes(client, project, boss, dataset):
    campaign = campaign_create(
        actor=boss, dataset=dataset, plan=CampaignPlan(name="c", selection={"filter": "all"})
    )
    Item.objects.filter(campaign=campaign).update(state="accepted")
    waiting = Item.objects.filter(sample__name__contains="cat").first()
    Item.objects.filter(pk=waiting.pk).update(state="rejected")
    campaign_recount(campaign)
    deleted(boss, dataset)
    assert [sample.pk for sample in Sample.objects.filter(dataset=dataset)] == [waiting.sample_id]
    emptied(client, project)
    assert campaign.items.count() == 1
    assert campaign_recount(campaign) == 0
    campaign_set_state(actor=boss, campaign=campaign, state="closed")
    deleted(boss, dataset)
    emptied(client, project)
    assert campaign_recount(campaign) == 0


def test_a_branch_that_is_not_whole_is_no_entry_and_goes_after_the_period(
    client, project, boss, dataset, monkeypatch
):
    version = frozen(client, dataset)
    answer = branch_asked(client, {"id": str(version.pk)})
    job = Job.objects.get(pk=answer.json()["job"]["id"])

    def die(name):
        if name == "branch.before-finish":
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(branches, "fault", die)
        with pytest.raises(SystemExit):
            worked(job)
    made = Dataset.objects.get(name__startswith="branch ")
    assert Sample.objects.filter(dataset=made).count() == 6
    Dataset.objects.filter(pk=made.pk).update(deleted_at=utc_now() - timedelta(days=31))
    Job.objects.filter(kind="datasets.purge").delete()
    assert bins_due() == 1
    assert worked(Job.objects.get(kind="datasets.purge")).result["left"] == 1  # it is still being made
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=utc_now(), lease_until=None)
    assert listed(client, project) == []
    assert client.post(f"/api/v1/bin/{made.pk}/restore/").status_code == 404
    with pytest.raises(Conflict):
        entry_restore(actor=boss, entry=made)
    assert bins_due() == 1
    worked(Job.objects.get(kind="datasets.purge", finished_at=None))
    assert not Dataset.objects.filter(pk=made.pk).exists()
    assert Sample.objects.filter(dataset=dataset).count() == 6
    assert Blob.objects.filter(pk__in=names(dataset)).count() == 6


def test_a_campaign_waits_for_who_sets_samples_aside(boss, dataset, monkeypatch):
    """Whoever holds the data set finishes first: what went meanwhile is in no campaign."""
    plan = CampaignPlan(name="c", selection={"filter": "all"})
    campaign = campaign_create(actor=boss, dataset=dataset, plan=plan)
    Item.objects.filter(campaign=campaign).delete()

    def waited(dataset_id):
        Sample.objects.filter(dataset=dataset_id, name__contains="cat").delete()

    monkeypatch.setattr(campaigns, "dataset_locked", waited)
    assert campaign_add_samples(actor=boss, campaign=campaign, selection={"filter": "all"}) == (3, 0)
    Sample.objects.update(name="cat")
    with pytest.raises(EmptySelection):
        campaign_create(actor=boss, dataset=dataset, plan=plan)
