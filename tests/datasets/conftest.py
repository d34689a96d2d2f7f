import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.jobs import dispatch, runner
from core.models import Job
from datasets.services import datasets as dataset_services
from datasets.services.imports import ImportOptions, import_submit_files
from datasets.services.quality import quality_submit
from tests.datasets.pictures import zipped


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch):
    """Jobs are run by the tests themselves."""
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)


@pytest.fixture
def make_dataset(project):
    """An empty data set of `project`."""

    def make(task="image_classification", name="pictures", classes=None):
        return dataset_services.dataset_create(
            actor=project.created_by, project=project, name=name, task=task, classes=classes
        )

    return make


@pytest.fixture
def submit(project):
    """Queue an import of files; the job."""

    def run(dataset, files, **options):
        content = files if isinstance(files, bytes) else zipped(files)
        upload = SimpleUploadedFile("upload.zip", content)
        return import_submit_files(
            actor=project.created_by, dataset=dataset, files=[upload], options=ImportOptions(**options)
        )

    return run


@pytest.fixture
def run_import(submit):
    """Import files to the end; the job as it ended."""

    def run(dataset, files, **options):
        return worked(submit(dataset, files, **options))

    return run


@pytest.fixture
def check(project):
    """Run the checks of a data set; its job as it ended."""
    return lambda dataset: worked(quality_submit(actor=project.created_by, dataset=dataset))


@pytest.fixture
def findings(members, client_for):
    """The findings of a data set by their code."""

    def read(dataset):
        answer = client_for(members["modeler"]).get(f"/api/v1/datasets/{dataset.pk}/findings/")
        return {row["code"]: row for row in answer.json()["results"]}

    return read


@pytest.fixture
def names(members, client_for):
    """The names of the samples that a finding opens."""

    def read(finding):
        answer = client_for(members["modeler"]).get(finding["samples_url"] + "&limit=500")
        return {row["name"].rsplit("/", 1)[-1] for row in answer.json()["results"]}

    return read


def worked(job):
    """Run the job in this process; the job as it ended."""
    runner.run(job.pk)
    return Job.objects.get(pk=job.pk)
