"""Jobs say what they are about: the data set, the version, the run, the model, by name and with a way there."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Job
from datasets.models import Dataset, DatasetVersion
from tests.factories import project_make
from training.models import Evaluation, ModelVersion, RegisteredModel, Run

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/jobs/"


@pytest.fixture
def client(members, client_for):
    return client_for(members["viewer"])


def job_of(project, kind="training.run", **params):
    return Job.objects.create(kind=kind, queue="short", project=project, params=params)


def subject_of(client, job):
    listed = {row["id"]: row["subject"] for row in client.get(f"{URL}?limit=100").json()["results"]}
    alone = client.get(f"{URL}{job.pk}/").json()["subject"]
    assert listed[str(job.pk)] == alone
    return alone


@pytest.fixture
def things(project, freeze):
    """What jobs are about, by the name of the param that says it."""
    version = DatasetVersion.objects.get(pk=freeze(project)["id"])
    actor = project.created_by
    run = Run.objects.create(
        project=project,
        job=job_of(project),
        dataset_version=version,
        name="first try",
        task=version.dataset.task,
        algorithm="a",
        profile="quick",
        created_by=actor,
    )
    model = RegisteredModel.objects.create(
        project=project, name="sorter", task=version.dataset.task, created_by=actor
    )
    made = ModelVersion.objects.create(
        model=model, number=3, task=model.task, sha256="0" * 64, size_bytes=1, dataset_version=version
    )
    evaluation = Evaluation.objects.create(model_version=made, dataset_version=version, split="test")
    return {
        "dataset": version.dataset, "version": version, "run": run, "model": model, "made": made,
        "evaluation": evaluation,
    }  # fmt: skip


def test_each_kind_of_thing_is_named_with_where_it_is(client, project, things):
    dataset, model = str(things["dataset"].pk), str(things["model"].pk)
    expected = {
        "dataset": ("dataset", dataset, None, "colors", None),
        "version": ("version", str(things["version"].pk), dataset, "colors", 1),
        "run": ("run", str(things["run"].pk), None, "first try", None),
        "model": ("model", model, None, "sorter", None),
        "made": ("model_version", str(things["made"].pk), model, "sorter", 3),
        "evaluation": ("report", str(things["made"].pk), model, "sorter", 3),
    }
    for name, (kind, id, owner, said, number) in expected.items():
        param = "version" if name == "made" else name
        found = subject_of(client, job_of(project, **{param: str(things[name].pk)}))
        assert found == {
            "kind": kind, "id": id, "belongs_to": owner, "name": said, "number": number, "gone": False,
        }, name  # fmt: skip


def test_the_most_telling_is_named_and_what_is_not_there_yet_is_passed_over(client, project, things):
    dataset, version = str(things["dataset"].pk), str(things["version"].pk)
    assert subject_of(client, job_of(project, dataset=dataset, version=version))["kind"] == "version"
    pending = job_of(project, dataset=dataset, version=str(uuid.uuid4()))
    assert subject_of(client, pending)["kind"] == "dataset"


def test_what_was_deleted_keeps_its_name(client, project, things):
    Dataset.objects.update(deleted_at=timezone.now())
    for param in ("dataset", "version"):
        found = subject_of(client, job_of(project, **{param: str(things[param].pk)}))
        assert (found["name"], found["gone"]) == ("colors", True)


@pytest.mark.parametrize("said", [None, 7, "x", "", [], {}, "0" * 32])
def test_params_that_name_nothing_have_no_subject(client, project, said):
    assert subject_of(client, job_of(project, dataset=said)) is None
    assert subject_of(client, job_of(project)) is None


def test_things_of_other_projects_are_never_named(client, project, things):
    other = project_make("Other")
    for param in ("dataset", "version", "run", "model", "evaluation"):
        job_of(project, **{param: str(things[param].pk)})
    Dataset.objects.update(project=other)
    Run.objects.update(project=other)
    RegisteredModel.objects.update(project=other)
    assert {row["subject"] and row["subject"]["name"] for row in client.get(URL).json()["results"]} == {None}


def test_a_list_costs_the_same_statements_whatever_it_names(client, project, things):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{URL}?limit=100").status_code == 200
        return len(queries)

    job_of(project, dataset=str(things["dataset"].pk))
    few = counted()
    for name, thing in things.items():
        for _ in range(3):
            job_of(project, **{"version" if name == "made" else name: str(thing.pk)})
    assert counted() == few
