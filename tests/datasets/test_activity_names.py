"""The activity of a project says in which data set something was done, and who asked for it."""

import pytest

from core.models import Job
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_job_did_is_told_with_its_data_set_and_who_asked(
    members, client_for, make_dataset, run_import, project
):
    client = client_for(members["modeler"])
    dataset = make_dataset()
    run_import(dataset, {f"{'ab'[n % 2]}/{n}.jpg": picture(n) for n in range(4)})
    answer = client.post(f"/api/v1/datasets/{dataset.pk}/versions/", {"name": "first"}, format="json")
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    client.post(f"/api/v1/versions/{job.result['id']}/exports/", {"format": "imagenet_list"}, format="json")
    rows = client.get(f"/api/v1/projects/{project.pk}/activity/").json()["results"]
    told = {
        row["operation"]: (row["actor"], row["params"].get("dataset"), row["object_type"]) for row in rows
    }
    who = members["modeler"].username
    assert told["datasets.version.created"] == (who, str(dataset.pk), "datasetversion")
    assert told["datasets.export.submitted"][:2] == (who, str(dataset.pk))
