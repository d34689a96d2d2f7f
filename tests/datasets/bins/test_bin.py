"""Deleted things wait, can be brought back, and go for good with their bytes; versions keep what they hold."""

from datetime import timedelta

import pytest

from core.clock import utc_now
from core.models import Blob, Job, Project
from core.services.blobs import blob_read
from core.services.collection import garbage_collect
from core.services.projects import project_delete
from datasets.models import BulkEdit, Dataset, DatasetVersion, Sample, VersionPicture
from datasets.selectors.counters import counts_of, drift_of
from datasets.services import purge
from datasets.services.bin import bins_due
from datasets.services.bulk_edits import Selection, bulk_submit
from datasets.services.datasets import dataset_delete
from tests.datasets.bins.conftest import FILES
from tests.datasets.conftest import worked

pytestmark = pytest.mark.django_db(transaction=True)


def deleted(boss, dataset, **conditions):
    edit, job = bulk_submit(
        actor=boss, dataset=dataset, action="delete", value="", selection=Selection(conditions)
    )
    assert worked(job).state == "succeeded"
    return edit


def frozen(client, dataset):
    body = {"name": "v", "split": {"strategy": "random", "train": 1, "val": 0, "test": 0}}
    answer = client.post(f"/api/v1/datasets/{dataset.pk}/versions/", body, format="json")
    assert worked(Job.objects.get(pk=answer.json()["job"]["id"])).state == "succeeded"
    return DatasetVersion.objects.get(dataset=dataset, name="v")


def listed(client, project):
    return client.get(f"/api/v1/projects/{project.pk}/bin/").json()["results"]


def emptied(client, project, **body):
    answer = client.post(f"/api/v1/projects/{project.pk}/bin/empty/", body, format="json")
    assert answer.status_code == 202, answer.content
    return worked(Job.objects.get(pk=answer.json()["job"]["id"]))


def collected():
    return garbage_collect(grace=timedelta(seconds=-60))


def test_deleted_samples_wait_in_the_bin_and_are_brought_back(client, project, boss, dataset):
    deleted(boss, dataset, text="cat")
    (entry,) = listed(client, project)
    assert (entry["kind"], entry["samples"], entry["deleted_by"]) == ("samples", 3, boss.username)
    assert entry["size_bytes"] == sum(len(FILES[f"cat/{i}.jpg"]) for i in (0, 2, 4))
    answer = client.post(f"/api/v1/bin/{entry['id']}/restore/")
    assert answer.status_code == 202
    worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert Sample.objects.filter(dataset=dataset).count() == 6
    assert listed(client, project) == []


def test_an_emptied_bin_frees_the_bytes_and_nothing_else(client, project, boss, dataset):
    deleted(boss, dataset, text="cat")
    gone = list(Sample.objects.exclude(dataset=dataset).values_list("sha256", flat=True))
    done = emptied(client, project)
    assert (done.state, done.result["samples"], done.result["entries"]) == ("succeeded", 3, 1)
    collected()
    assert not Blob.objects.filter(pk__in=gone).exists()
    for sha256 in Sample.objects.filter(dataset=dataset).values_list("sha256", flat=True):
        assert blob_read(sha256)
    assert counts_of([dataset.pk])[dataset.pk]["samples"] == 3
    assert drift_of(dataset.pk) == {}
    assert listed(client, project) == []
    assert not Dataset.objects.filter(name__startswith="bin of").exists()


def test_a_frozen_version_keeps_the_pictures_it_holds(client, project, boss, dataset):
    version = frozen(client, dataset)
    held = set(Sample.objects.values_list("sha256", flat=True))
    deleted(boss, dataset)
    emptied(client, project)
    collected()
    assert set(VersionPicture.objects.filter(version=version).values_list("sha256", flat=True)) == held
    assert all(blob_read(sha256) for sha256 in held)


def test_the_bin_is_emptied_by_itself_after_the_period_and_not_before(project, boss, dataset, settings):
    deleted(boss, dataset)
    assert bins_due() == 0
    Dataset.objects.filter(name__startswith="bin of").update(deleted_at=utc_now() - timedelta(days=31))
    settings.STUDIO_BIN_DAYS = 40
    assert bins_due() == 0
    settings.STUDIO_BIN_DAYS = 30
    assert bins_due() == 1
    assert bins_due() == 0  # its job is queued
    worked(Job.objects.get(kind="datasets.purge"))
    assert not Sample.objects.exists()


def test_a_deleted_data_set_comes_back_unless_its_name_is_taken(client, project, boss, dataset, make_dataset):
    dataset_delete(actor=boss, dataset_id=dataset.pk)
    (entry,) = listed(client, project)
    assert (entry["kind"], entry["name"], entry["samples"]) == ("dataset", "pictures", 6)
    assert entry["deleted_by"] == boss.username
    other = make_dataset()
    taken = client.post(f"/api/v1/bin/{entry['id']}/restore/")
    assert (taken.status_code, taken.json()["code"]) == (409, "dataset_name_taken")
    dataset_delete(actor=boss, dataset_id=other.pk)
    assert client.post(f"/api/v1/bin/{entry['id']}/restore/").status_code == 204
    assert client.get(f"/api/v1/datasets/{dataset.pk}/").status_code == 200


def test_a_deleted_data_set_goes_with_its_versions_and_its_bins(client, project, boss, dataset):
    frozen(client, dataset)
    deleted(boss, dataset, text="cat")
    dataset_delete(actor=boss, dataset_id=dataset.pk)
    done = emptied(client, project)
    assert done.state == "succeeded", done.error_detail
    assert not Dataset.objects.exists()
    assert not Sample.objects.exists()
    collected()
    assert not Blob.objects.exists()


def test_a_version_that_a_model_was_made_from_stays_whole(client, project, boss, dataset):
    from tests.contracts.world_training import training_rows

    version = frozen(client, dataset)
    training_rows(project, boss, version, Sample.objects.first())
    held = set(Sample.objects.values_list("sha256", flat=True))
    dataset_delete(actor=boss, dataset_id=dataset.pk)
    done = emptied(client, project)
    assert done.state == "succeeded", done.error_detail
    collected()
    assert DatasetVersion.objects.filter(pk=version.pk).exists()
    assert all(blob_read(sha256) for sha256 in held)
    assert blob_read(version.manifest_sha256)
    assert Dataset.objects.get(pk=dataset.pk).purged_at is not None
    assert listed(client, project) == []


def test_data_sets_of_a_deleted_project_go_after_the_period(project, boss, dataset):
    project_delete(actor=boss, project=project)
    assert bins_due() == 0
    Project.objects.filter(pk=project.pk).update(deleted_at=utc_now() - timedelta(days=31))
    assert bins_due() == 1
    worked(Job.objects.get(kind="datasets.purge"))
    assert not Sample.objects.exists()


def test_what_is_being_restored_or_frozen_is_left_for_the_next_time(client, project, boss, dataset):
    edit = deleted(boss, dataset)
    back = Job.objects.create(kind="datasets.bulk_edit", queue="import", project=project)
    BulkEdit.objects.filter(pk=edit.pk).update(state="undoing", job=back)
    counts = {"entries": 0, "samples": 0, "size_bytes": 0, "left": 1, "undos": 0}
    assert emptied(client, project).result == counts
    BulkEdit.objects.filter(pk=edit.pk).update(state="done", job=edit.job)
    reader = Job.objects.create(
        kind="datasets.version", queue="import", project=project, params={"dataset": str(dataset.pk)}
    )
    assert emptied(client, project).result["left"] == 1
    reader.delete()
    assert emptied(client, project).result["samples"] == 6


def test_a_purge_whose_process_dies_goes_on_where_it_stopped(client, project, boss, dataset, monkeypatch):
    deleted(boss, dataset)
    monkeypatch.setattr(purge, "BATCH", 2)
    answer = client.post(f"/api/v1/projects/{project.pk}/bin/empty/", {}, format="json")
    job = Job.objects.get(pk=answer.json()["job"]["id"])
    met = []

    def die(name):
        met.append(name)
        if len(met) == 3:
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(purge, "fault", die)
        with pytest.raises(SystemExit):
            worked(job)
    assert Sample.objects.count() == 4
    Job.objects.filter(pk=job.pk).update(state="queued", lease_until=None)
    assert worked(job).state == "succeeded"
    assert not Sample.objects.exists()


def test_who_may_see_and_who_may_empty(members, client_for, project, boss, dataset):
    deleted(boss, dataset)
    assert client_for(members["modeler"]).get(f"/api/v1/projects/{project.pk}/bin/").status_code == 200
    assert client_for(members["modeler"]).post(f"/api/v1/projects/{project.pk}/bin/empty/").status_code == 403
    assert client_for(members["viewer"]).get(f"/api/v1/projects/{project.pk}/bin/").status_code == 403


def test_the_storage_report_names_the_bytes_of_every_part(
    client, project, boss, dataset, django_assert_num_queries
):
    frozen(client, dataset)
    deleted(boss, dataset, text="cat")
    report = client.get(f"/api/v1/projects/{project.pk}/storage/").json()
    parts = report["parts"]
    assert parts["samples"] == sum(len(FILES[f"dog/{i}.jpg"]) for i in (1, 3, 5))
    assert parts["bin"] == sum(len(FILES[f"cat/{i}.jpg"]) for i in (0, 2, 4))
    assert parts["versions"] == Blob.objects.get(pk=DatasetVersion.objects.get().manifest_sha256).size_bytes
    assert parts["thumbnails"] > 0
    assert (parts["exports"], parts["models"]) == (0, 0)
    assert report["total_bytes"] == sum(parts.values())


def test_the_administration_shows_what_a_project_keeps(client_for, site_admin, project, dataset):
    page = client_for(site_admin).get(f"/admin/core/project/{project.pk}/change/")
    assert page.status_code == 200
    assert "Samples and tables" in page.content.decode()
