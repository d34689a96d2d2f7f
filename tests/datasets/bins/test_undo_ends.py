"""What cleanings take out is in the bin; what they keep for their way back goes after the period, and not before."""

from datetime import timedelta

import pytest

from core.clock import utc_now
from core.models import Blob, Job
from core.services.blobs import blob_read
from datasets.models import (
    BulkEdit,
    Cleaning,
    CleaningRow,
    Dataset,
    DatasetVersion,
    Merge,
    Sample,
    TableChange,
    TablePart,
    VersionPicture,
)
from datasets.selectors.counters import drift_of
from datasets.services import undo_ends
from datasets.services.bin import bins_due
from datasets.services.datasets import dataset_create, dataset_delete
from tests.datasets.bins.test_bin import collected, deleted, emptied, frozen, listed
from tests.datasets.cleaning.conftest import cleaned, done, posted, shown, undone
from tests.datasets.conftest import worked
from tests.datasets.tables.test_table_changes import brought
from tests.datasets.tables.test_table_changes import shown as rows_shown

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = ("resize", {"pixels": 160})
THREE = ("sample_random", {"keep": 3})


def names(dataset):
    return set(Sample.objects.filter(dataset=dataset).values_list("sha256", flat=True))


def stored(sha256s):
    return set(Blob.objects.filter(pk__in=sha256s).values_list("pk", flat=True))


def aged(days=31):
    Job.objects.exclude(finished_at=None).update(finished_at=utc_now() - timedelta(days=days))


def ended():
    assert bins_due() == 1
    assert bins_due() == 0  # its job is queued
    job = worked(Job.objects.get(kind="datasets.purge", finished_at=None))
    assert job.state == "succeeded", job.error_detail
    return job.result


def test_what_a_cleaning_took_out_is_an_entry_with_its_name_and_comes_back(client, project, boss, dataset):
    before = names(dataset)
    cleaned(client, dataset, THREE, name="Fewer")
    (entry,) = listed(client, project)
    assert (entry["kind"], entry["name"], entry["samples"]) == ("cleaning", "Fewer", 3)
    assert (entry["deleted_by"], entry["may_restore"]) == (boss.username, True)
    assert done(posted(client, f"bin/{entry['id']}/restore/"))["restored"] == 3
    assert names(dataset) == before
    assert listed(client, project) == []
    assert Cleaning.objects.get().state == "undone"


def test_an_emptied_cleaning_frees_what_it_took_out_and_versions_keep_theirs(client, project, dataset):
    version = frozen(client, dataset)
    held = names(dataset)
    result = cleaned(client, dataset, SMALL, THREE)
    small = set(Sample.objects.exclude(dataset=dataset).values_list("sha256", flat=True))
    assert emptied(client, project).result["samples"] == 3
    collected()
    assert stored(small) == set()
    assert all(blob_read(sha256) for sha256 in held)  # also what only the cleaning's rows named
    assert version.pictures.count() == 3
    assert undone(client, result)["restored"] == 3
    assert drift_of(dataset.pk) == {}


def test_a_purged_sample_takes_no_bytes_from_a_version_that_was_frozen_before_a_cleaning(
    client, project, boss, dataset
):
    frozen(client, dataset)
    held = names(dataset)
    cleaned(client, dataset, SMALL)
    deleted(boss, dataset)
    emptied(client, project)
    collected()
    assert stored(held) == held


def test_a_way_back_ends_after_the_period_and_not_before(client, project, dataset, settings):
    old = names(dataset)
    result = cleaned(client, dataset, SMALL)
    new = names(dataset)
    kept = sum(len(blob_read(sha256)) for sha256 in old)
    report = client.get(f"/api/v1/projects/{project.pk}/storage/").json()["parts"]
    assert report["bin"] > kept  # their thumbnails, too
    aged()
    settings.STUDIO_BIN_DAYS = 40
    assert bins_due() == 0
    collected()
    assert stored(old) == old
    assert shown(client, result)["undoable"] is True
    settings.STUDIO_BIN_DAYS = 30
    assert ended()["undos"] == 1
    collected()
    assert stored(old) == set()
    assert stored(new) == new
    assert client.get(f"/api/v1/projects/{project.pk}/storage/").json()["parts"]["bin"] == 0
    said = shown(client, result)
    assert (said["state"], said["undoable"]) == ("applied", False)
    refused = posted(client, f"cleanings/{result['cleaning']}/undo/")
    assert (refused.status_code, refused.json()["code"]) == (409, "cleaning_not_undoable")
    aged()
    assert bins_due() == 0  # once and for all


def test_an_undone_cleaning_lets_go_of_what_it_had_made(client, project, dataset):
    old = names(dataset)
    result = cleaned(client, dataset, SMALL)
    new = names(dataset)
    undone(client, result)
    aged()
    ended()
    collected()
    assert (stored(old), stored(new)) == (old, set())


def test_versions_keep_the_bytes_of_before_and_after_and_are_exported(client, project, boss, dataset):
    first = frozen(client, dataset)
    old = names(dataset)
    cleaned(client, dataset, SMALL)
    between = names(dataset)
    body = {"name": "w", "split": {"strategy": "random", "train": 1, "val": 0, "test": 0}}
    done(posted(client, f"datasets/{dataset.pk}/versions/", **body))
    cleaned(client, dataset, ("resize", {"pixels": 80}))
    aged()
    assert ended()["undos"] == 2
    assert not CleaningRow.objects.exists()
    collected()
    assert stored(old | between) == old | between
    assert set(first.pictures.values_list("sha256", flat=True)) == old
    assert not VersionPicture.objects.filter(sha256__in=names(dataset)).exists()
    for version in DatasetVersion.objects.all():
        path = f"versions/{version.pk}/exports/"
        made = done(posted(client, path, format="coco", include_media=True))
        assert made["bytes"] > 0


def test_what_is_being_taken_back_or_read_keeps_its_way_back(client, project, dataset):
    result = cleaned(client, dataset, SMALL)
    back = posted(client, f"cleanings/{result['cleaning']}/undo/").json()["job"]["id"]
    aged()
    assert bins_due() == 0
    assert shown(client, result)["undoable"] is False
    worked(Job.objects.get(pk=back))
    aged()
    reader = Job.objects.create(
        kind="datasets.version", queue="import", project=project, params={"dataset": str(dataset.pk)}
    )
    assert ended()["undos"] == 0
    assert CleaningRow.objects.count() == 6
    reader.delete()
    assert ended()["undos"] == 1


def test_an_end_whose_process_dies_goes_on_where_it_stopped(client, project, dataset, monkeypatch):
    old = names(dataset)
    result = cleaned(client, dataset, SMALL)
    aged()
    bins_due()
    job = Job.objects.get(kind="datasets.purge")
    monkeypatch.setattr(undo_ends, "BATCH", 2)
    met = []

    def die(name):
        met.append(name)
        if len(met) == 3:
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(undo_ends, "fault", die)
        with pytest.raises(SystemExit):
            worked(job)
    assert CleaningRow.objects.count() == 4
    assert posted(client, f"cleanings/{result['cleaning']}/undo/").status_code == 409
    Job.objects.filter(pk=job.pk).update(state="cancelled", finished_at=utc_now(), lease_until=None)
    assert ended()["undos"] == 1
    collected()
    assert stored(old) == set()


def test_a_data_set_whose_versions_stay_keeps_nothing_of_its_cleanings(client, project, boss, dataset):
    from tests.contracts.world_training import training_rows

    version = frozen(client, dataset)
    training_rows(project, boss, version, Sample.objects.first())
    held = names(dataset)
    cleaned(client, dataset, SMALL, THREE)
    Merge.objects.create(dataset=dataset, source=version, created_by=boss, created_at=utc_now())
    dataset_delete(actor=boss, dataset_id=dataset.pk)
    assert [entry["kind"] for entry in listed(client, project)] == ["dataset", "cleaning"]
    assert [entry["may_restore"] for entry in listed(client, project)] == [True, False]
    emptied(client, project)
    collected()
    assert stored(held) == held
    assert Dataset.objects.get(pk=dataset.pk).purged_at is not None
    assert Dataset.objects.count() == 1
    assert not any(model.objects.exists() for model in (Cleaning, CleaningRow, Merge, Sample))


def test_the_old_rows_of_a_table_go_after_the_period(client, project, boss):
    table = dataset_create(
        actor=boss, project=project, name="rows", task="tabular_classification", modality="tabular"
    )
    brought(table, [f"p{i},{i},{'abc'[i % 3]},x" for i in range(20)])
    old = set(TablePart.objects.values_list("sha256", flat=True))
    fill = ("impute", {"columns": ["size"], "method": "mean"})
    first = cleaned(client, table, fill)
    second = cleaned(client, table, ("one_hot", {"columns": ["kind"]}))
    now = rows_shown(table)
    parts = client.get(f"/api/v1/projects/{project.pk}/storage/").json()["parts"]
    retired = TablePart.objects.exclude(retired_by=None)
    assert parts["bin"] == sum(retired.values_list("size_bytes", flat=True)) > 0
    # The later one waits for the earlier one, which tells by its parts that it was taken further.
    aged()
    Job.objects.filter(pk=Cleaning.objects.get(pk=first["cleaning"]).job_id).update(finished_at=utc_now())
    assert ended()["undos"] == 0
    refused = posted(client, f"cleanings/{first['cleaning']}/undo/")
    assert (refused.status_code, refused.json()["code"]) == (409, "table_taken_further")
    aged()
    assert ended()["undos"] == 2
    collected()
    assert stored(old) == set()
    assert not retired.exists()
    assert rows_shown(table) == now
    assert posted(client, f"cleanings/{second['cleaning']}/undo/").status_code == 409
    assert TableChange.objects.filter(state="applied").count() == 2


def test_the_rows_that_a_restore_of_a_table_set_aside_go_after_the_period(client, project, boss):
    table = dataset_create(
        actor=boss, project=project, name="rows", task="tabular_classification", modality="tabular"
    )
    brought(table, [f"p{i},{i},{'abc'[i % 3]},x" for i in range(20)])
    version = frozen(client, table)
    brought(table, ["n1,1,a,x"], name="more.csv")
    aside = set(TablePart.objects.values_list("sha256", flat=True))
    made = done(posted(client, f"versions/{version.pk}/restore/", set_aside=True))
    now = rows_shown(table)
    assert len(now) == 20
    aged()
    assert ended()["undos"] == 1
    collected()
    assert stored(aside) == set()
    assert rows_shown(table) == now
    refused = posted(client, f"bulk-edits/{made['edit']}/undo/")
    assert (refused.status_code, refused.json()["code"]) == (409, "edit_not_undoable")


def test_the_list_of_changes_says_whether_there_is_a_way_back(client, dataset):
    chosen = {"filter": "label:cat"}
    done(posted(client, f"datasets/{dataset.pk}/bulk-edits/", action="split", value="val", conditions=chosen))
    url = f"/api/v1/datasets/{dataset.pk}/bulk-edits/"
    assert client.get(url).json()["results"][0]["undoable"] is True
    BulkEdit.objects.update(undo_ended_at=utc_now())
    assert client.get(url).json()["results"][0]["undoable"] is False
