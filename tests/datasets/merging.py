"""Branches and merges by the API, for tests."""

from core.models import Job
from datasets.models import Dataset, Sample
from datasets.selectors.counters import drift_of
from tests.datasets.conftest import worked
from tests.datasets.test_bulk_edits_api import edited

GIVEN = {"strategy": "given"}
EVERY = {"split": GIVEN, "filter": {"state": "all"}}


def job_of(answer, state="succeeded"):
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == state, (job.error_code, job.error_detail)
    return job


def branch_asked(client, version, name="branch"):
    return client.post(f"/api/v1/versions/{version['id']}/branches/", {"name": name}, format="json")


def branched(client, version, name="branch"):
    return Dataset.objects.get(pk=job_of(branch_asked(client, version, name)).result["dataset"])


def merge_asked(client, dataset, version, **body):
    return client.post(
        f"/api/v1/datasets/{dataset.pk}/merges/", {"version": version["id"], **body}, format="json"
    )


def looked(client, dataset, version, **body):
    return job_of(merge_asked(client, dataset, version, **body)).result


def apply_asked(client, merge, policy="ours"):
    return client.post(f"/api/v1/merges/{merge['id']}/apply/", {"policy": policy}, format="json")


def merged(client, dataset, version, policy="ours", **body):
    return job_of(apply_asked(client, looked(client, dataset, version, **body), policy)).result


def conflicts_of(client, merge):
    return client.get(f"/api/v1/merges/{merge['id']}/conflicts/").json()["results"]


def chosen(client, merge, choice, *conflicts):
    named = {"conflicts": [row["id"] for row in conflicts]} if conflicts else {}
    body = {"choice": choice, **named}
    return client.post(f"/api/v1/merges/{merge['id']}/choices/", body, format="json")


def labeled(client, dataset, sample, name):
    living = dataset.classes.filter(deleted_at__isnull=True)
    label = str(living.get(name=name).pk) if name else ""
    return edited(client, dataset, action="label", value=label, ids=[str(sample.pk)])


def at(dataset, name):
    return Sample.objects.get(dataset=dataset, name=name)


def counted(result, *names):
    return tuple(result.get(name, 0) for name in names)


def assert_no_drift():
    for dataset in Dataset.objects.all():
        assert drift_of(dataset.pk) == {}


def class_added(client, dataset, name):
    url = f"/api/v1/datasets/{dataset.pk}/"
    rows = client.get(url).json()["label_schema"]["classes"]
    kept = [{"id": row["id"], "name": row["name"]} for row in rows]
    answer = client.patch(url, {"label_schema": {"classes": [*kept, {"name": name}]}}, format="json")
    assert answer.status_code == 200, answer.content
