"""The demo project: made once, by the same services as anybody's data.

Every step looks first whether it was taken already, so a loader that is killed goes on where it stopped.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from core.errors import DomainError
from core.models import Job, Project, User
from core.services.projects import project_create
from core.services.uploads import upload_from
from datasets.selectors.datasets import datasets_visible_to, imports_of, version_for
from datasets.selectors.versions import versions_of
from datasets.services.datasets import dataset_create
from datasets.services.imports import ImportOptions, import_submit_upload
from datasets.services.versions import version_submit
from datasets.splits import SplitSpec
from labeling.selectors.access import campaigns_visible_to
from labeling.services.campaigns import CampaignPlan, campaign_create
from serving.selectors.endpoints import endpoints_visible_to
from serving.services.deploy import NameTaken, endpoint_create
from training.selectors.runs import run_for, run_render, runs_visible_to
from training.services.runs import RunRequest, run_submit

PICTURES: Final = Path(__file__).resolve().parent.parent / "demo"
NAME: Final = "Six subjects · 六种事物"
CLASSES: Final = (
    ("cat", "猫"),
    ("coffee", "咖啡"),
    ("flower", "花"),
    ("galaxies", "星系"),
    ("palace", "宫殿"),
    ("rocket", "火箭"),
)
POLL_S: Final = 1.0
TRIES: Final = 2


class DemoFailed(DomainError):
    """A step failed more than once; the project stays as far as it came."""

    code = "demo_failed"


def demo_load(actor: User, say: Callable[[str], None]) -> bool:
    """Make whatever of the demo is missing. False when it was complete or was deleted. Raises DomainError."""
    project = Project.objects.filter(is_demo=True).order_by("created_at").first()
    if project is not None and (project.deleted_at or _is_complete(actor, project)):
        return False
    if project is None:
        say("making the project")
        project = project_create(actor=actor, name=NAME, description=_description(), is_demo=True)
    dataset = _dataset(actor, project)
    for archive in ("labeled.zip", "unlabeled.zip"):
        say(f"importing {archive}")
        _imported(actor, dataset, archive)
    say("freezing a version")
    version = _version(actor, dataset)
    _campaign(actor, dataset)
    say("training a model")
    model_version = _trained(actor, project, version)
    say("publishing an endpoint")
    _published(actor, project, model_version)
    return True


def _description() -> str:
    return (
        "A project to look around in and to delete: six kinds of pictures, some without a label, one model. "
        "一个可以随意查看和删除的示例项目：六类图片，部分未标注，附带一个模型。"
    )


def _is_complete(actor: User, project: Project) -> bool:
    return endpoints_visible_to(actor).filter(project_id=project.pk).exists()


def _dataset(actor: User, project: Project) -> Any:
    found = datasets_visible_to(actor).filter(project_id=project.pk).first()
    if found is not None:
        return found
    classes = [
        {"name": name, "name_zh": name_zh, "key": str(number)}
        for number, (name, name_zh) in enumerate(CLASSES, start=1)
    ]
    return dataset_create(
        actor=actor, project=project, name=NAME, task="image_classification", classes=classes
    )


def _imported(actor: User, dataset: Any, archive: str) -> None:
    def jobs() -> list[uuid.UUID]:
        return list(imports_of(dataset.pk).filter(source_name=archive).values_list("job_id", flat=True))

    def submit() -> uuid.UUID:
        upload = upload_from(actor, filename=archive, chunks=_chunks(PICTURES / archive))
        options = ImportOptions()
        return import_submit_upload(
            actor=actor, dataset=dataset, upload_id=upload.pk, filename=archive, options=options
        ).pk

    _done_once(jobs, submit)


def _version(actor: User, dataset: Any) -> Any:
    def jobs() -> list[uuid.UUID]:
        rows = Job.objects.filter(project_id=dataset.project_id, kind="datasets.version")
        return list(rows.values_list("pk", flat=True))

    def submit() -> uuid.UUID:
        spec = SplitSpec(strategy="stratified", train=0.7, val=0.15, test=0.15, seed=1)
        return version_submit(actor=actor, dataset=dataset, name="v1", spec=spec, conditions={}).pk

    _done_once(jobs, submit)
    return version_for(actor, versions_of(dataset.pk).values_list("pk", flat=True)[0])


def _campaign(actor: User, dataset: Any) -> None:
    if not campaigns_visible_to(actor).filter(dataset_id=dataset.pk).exists():
        plan = CampaignPlan(name="Label the rest · 标注其余图片", selection={"filter": "unlabeled"})
        campaign_create(actor=actor, dataset=dataset, plan=plan)


def _trained(actor: User, project: Project, version: Any) -> uuid.UUID:
    def jobs() -> list[uuid.UUID]:
        return list(runs_visible_to(actor).filter(project_id=project.pk).values_list("job_id", flat=True))

    def submit() -> uuid.UUID:
        request = RunRequest(profile="fast", seed=1, name="Six subjects, fast · 六种事物（快速）")
        return run_submit(actor=actor, project=project, version=version, request=request).job_id

    job_id = _done_once(jobs, submit)
    run = run_for(actor, runs_visible_to(actor).get(job_id=job_id).pk)
    return uuid.UUID(str(run_render(run)["model_version"]))


def _published(actor: User, project: Project, model_version: uuid.UUID) -> None:
    routes = [{"model_version": str(model_version), "weight": 100}]
    try:
        endpoint_create(actor=actor, project=project, name="six-subjects", routes=routes)
    except NameTaken:
        endpoint_create(
            actor=actor, project=project, name=f"six-subjects-{project.pk.hex[-6:]}", routes=routes
        )


def _done_once(jobs: Callable[[], list[uuid.UUID]], submit: Callable[[], uuid.UUID]) -> uuid.UUID:
    """The id of a job of this step that succeeded; waits for one under way, submits one otherwise."""
    while True:
        states = dict(Job.objects.filter(pk__in=jobs()).order_by("created_at").values_list("pk", "state"))
        done = [pk for pk, state in states.items() if state == Job.State.SUCCEEDED]
        if done:
            return done[0]
        open_jobs = [pk for pk, state in states.items() if state in (Job.State.QUEUED, Job.State.RUNNING)]
        if not open_jobs and len(states) >= TRIES:
            raise DemoFailed("a step of the demo failed twice; the jobs page of the project says why")
        if not open_jobs:
            submit()
        time.sleep(POLL_S)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk
