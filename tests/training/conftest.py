import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.jobs import dispatch, runner
from core.models import Job
from datasets.services import datasets as dataset_services
from datasets.services.imports import ImportOptions, import_submit_files
from datasets.services.versions import version_submit
from datasets.splits import SplitSpec
from tests.datasets.pictures import zipped
from tests.training.small import CLASSES, colored


@pytest.fixture(autouse=True)
def _no_bells(monkeypatch):
    """Jobs are run by the tests themselves."""
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)


@pytest.fixture
def freeze():
    """A frozen version of a new data set of `project`: that many pictures a class."""

    def make(project, per_class=10, name="colors", files=None):
        actor = project.created_by
        dataset = dataset_services.dataset_create(
            actor=actor, project=project, name=name, task="image_classification", classes=None
        )
        files = files or {
            f"{color}/{number:02}.jpg": colored(color, number)
            for color in CLASSES
            for number in range(per_class)
        }
        upload = SimpleUploadedFile("upload.zip", zipped(files))
        worked(import_submit_files(actor=actor, dataset=dataset, files=[upload], options=ImportOptions()))
        spec = SplitSpec(strategy="stratified", train=0.6, val=0.2, test=0.2, seed=1)
        job = worked(version_submit(actor=actor, dataset=dataset, name="v1", spec=spec, conditions={}))
        assert job.state == "succeeded", job.error_detail
        return job.result

    return make


def worked(job):
    """Run the job in this process; the job as it ended."""
    runner.run(job.pk)
    return Job.objects.get(pk=job.pk)
