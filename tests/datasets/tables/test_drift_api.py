"""The checks compare a table with the version that was chosen, or with the newest."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Job
from datasets.models import DatasetVersion, Finding
from datasets.services.imports import ImportOptions, import_submit_files
from tests.datasets.conftest import worked
from tests.datasets.tables.test_table_versions import api, freeze, make_table  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "x,target\n"


def rows(*lows):
    return HEAD + "".join(f"{low + i % 50}.{i:03},{'ab'[i % 2]}\n" for low in lows for i in range(200))


@pytest.fixture
def grown(api, make_table, project):  # noqa: F811
    """A table of two versions; most rows of the second are of another height."""
    dataset = make_table("grown", rows(0))
    first = freeze(api, dataset)
    file = SimpleUploadedFile("more.csv", rows(100, 101, 102).encode())
    job = import_submit_files(
        actor=project.created_by, dataset=dataset, files=[file], options=ImportOptions()
    )
    assert worked(job).state == "succeeded"
    return dataset, first, freeze(api, dataset)


def checked(api, dataset, **body):  # noqa: F811
    answer = api.post(f"/api/v1/datasets/{dataset.pk}/quality-checks/", body, format="json")
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    return Finding.objects.get(dataset=dataset, code="column_drift")


def test_without_a_choice_it_is_the_newest(api, grown):  # noqa: F811
    dataset, _, second = grown
    assert second.number == 2
    assert checked(api, dataset).count == 0


def test_the_chosen_version_is_compared_with_and_named(api, grown):  # noqa: F811
    dataset, first, _ = grown
    found = checked(api, dataset, against=str(first.pk))
    (column,) = found.params["columns"]
    assert (column["name"], column["measure"]) == ("x", "ks")
    assert column["value"] == pytest.approx(0.75, abs=0.01)
    assert sum(column["bins"]["before"]) == 200
    assert sum(column["bins"]["now"]) == 800
    assert found.params["version"] == {"id": str(first.pk), "number": 1, "name": first.name}
    assert checked(api, dataset).count == 0


def test_what_is_no_version_of_it_is_refused(api, make_table):  # noqa: F811
    dataset, other = make_table("rows", rows(0)), make_table("other", rows(0))
    url = f"/api/v1/datasets/{dataset.pk}/quality-checks/"
    for against in (str(uuid.UUID(int=1)), "no id", 7):
        assert api.post(url, {"against": against}, format="json").status_code in (400, 422)
    answer = api.post(url, {"against": str(freeze(api, other).pk)}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert not Job.objects.filter(kind="datasets.quality").exists()


def test_pictures_are_compared_with_nothing(client_for, project, make_dataset):
    dataset = make_dataset()
    answer = client_for(project.created_by).post(
        f"/api/v1/datasets/{dataset.pk}/quality-checks/", {"against": str(uuid.uuid4())}, format="json"
    )
    assert answer.status_code == 422


def test_a_version_that_went_meanwhile_is_said_to_be_gone(api, grown):  # noqa: F811
    dataset, first, _ = grown
    answer = api.post(
        f"/api/v1/datasets/{dataset.pk}/quality-checks/", {"against": str(first.pk)}, format="json"
    )
    DatasetVersion.objects.filter(pk=first.pk).delete()
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert (job.state, job.error_code) == ("failed", "not_found")
