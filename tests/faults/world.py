"""A project whose pictures are imported, frozen and trained on by the jobs themselves, in this process."""

import io
import itertools
import uuid
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core.clock import utc_now
from core.jobs import runner
from core.models import Job, Project
from datasets.models import Dataset, DatasetVersion
from datasets.services.datasets import dataset_create
from datasets.services.imports import ImportOptions, import_submit_files
from datasets.services.versions import version_submit
from datasets.splits import SplitSpec
from tests.faults.actors import zip_of
from tests.training.small import CLASSES, colored
from training.models import Run
from training.services.runs import RunRequest, run_submit

SPLIT = SplitSpec(strategy="stratified", train=0.6, val=0.2, test=0.2, seed=1)


class World:
    """Made with a project; bells must be silent."""

    def __init__(self, project: Project) -> None:
        self.project, self.boss = project, project.created_by
        self.numbers = itertools.count()
        self.dataset: Dataset = dataset_create(
            actor=self.boss, project=project, name="two", task="image_classification"
        )

    def import_job(self, each: int = 10) -> Job:
        """An import of new pictures, that many of each class."""
        names = {f"{c}/{n}.jpg": colored(c, n) for n in itertools.islice(self.numbers, each) for c in CLASSES}
        file = SimpleUploadedFile("two.zip", zip_of(names))
        return import_submit_files(
            actor=self.boss, dataset=self.dataset, files=[file], options=ImportOptions()
        )

    def version_job(self) -> Job:
        """A version of everything."""
        return version_submit(actor=self.boss, dataset=self.dataset, name="v", spec=SPLIT, conditions={})

    def version(self) -> DatasetVersion:
        """Pictures, frozen."""
        self.finished(self.import_job())
        self.finished(self.version_job())
        return DatasetVersion.objects.get(dataset=self.dataset)

    def run(self, version: DatasetVersion, request: RunRequest) -> Run:
        """A run, queued."""
        return run_submit(actor=self.boss, project=self.project, version=version, request=request)

    def finished(self, job: Job) -> Job:
        """The job, worked on here to its success; an earlier attempt has died and lost its lease."""
        expired(job)
        runner.run(job.pk)
        ended = Job.objects.get(pk=job.pk)
        assert ended.state == "succeeded", (ended.kind, ended.state, ended.error_code, ended.error_detail)
        return ended


def expired(job: Job) -> None:
    """The lease of whoever had the job is over, and the job has not died before."""
    running = Job.objects.filter(pk=job.pk, state="running")
    running.update(lease_until=utc_now() - timedelta(seconds=1), deaths=0)


def mark_of(label: Any) -> dict[str, Any]:
    """A class, as an annotator says it."""
    return {"id": str(uuid.uuid4()), "kind": "class", "label": str(label), "source": "human"}


def stream(content: bytes) -> io.BytesIO:
    """A request's body."""
    return io.BytesIO(content)
