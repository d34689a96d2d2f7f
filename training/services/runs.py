"""Submitting, cancelling, resuming and repeating runs."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.db import transaction

from core.errors import Conflict, InvalidInput
from core.ids import uuid7
from core.jobs import lease
from core.jobs.dispatch import job_submit
from core.models import Job, Project, User
from core.services import audit
from datasets.augment import pipeline_from
from datasets.augment.ops.mix import CopyPaste
from training.algorithms import algorithm_for
from training.algorithms.base import Algorithm
from training.engine.failures import BadData
from training.models import Run

KIND: Final = "training.run"
MAX_SEED: Final = 2**53


class RunNotEnded(Conflict):
    """Only a run that failed or was cancelled can be resumed."""

    code = "run_not_resumable"


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a person asks for. `algorithm` is a key or `auto`; `device` is auto, cpu or cuda:N.

    `recipe` is what `recipe_frozen` gives.
    """

    algorithm: str = "auto"
    profile: str = "balanced"
    params: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    device: str = "auto"
    name: str = ""
    recipe: Mapping[str, Any] | None = None


def run_submit(
    *, actor: User, project: Project, version: Any, request: RunRequest, parent: Run | None = None
) -> Run:
    """Queue a run on `version`, a row of datasets. What can be seen to fail already is refused now. Raises InvalidInput, BadData."""
    if version.dataset.project_id != project.pk:
        raise InvalidInput("no such version in this project", field="dataset_version")
    algorithm = algorithm_for(request.algorithm, version.dataset.task)
    params = algorithm.params_for(request.profile, request.params)
    if request.recipe is not None:
        _recipe_check(algorithm, params, request.recipe)
    trainable_check(version.classes)
    with transaction.atomic():
        run_id = uuid7()
        job = job_submit(KIND, project=project, actor=actor, params={"run": str(run_id)})
        run = Run.objects.create(
            id=run_id,
            project=project,
            job=job,
            dataset_version=version,
            parent=parent,
            name=request.name.strip()[:200] or f"{version.dataset.name} {request.profile}",
            task=version.dataset.task,
            algorithm=algorithm.key,
            profile=request.profile,
            params=asdict(params),
            recipe=request.recipe,
            seed=request.seed,
            device=request.device,
            created_by=actor,
        )
        audit.record(
            actor,
            "training.run.submitted",
            run,
            project=project,
            algorithm=algorithm.key,
            profile=request.profile,
            dataset_version=str(version.pk),
        )
    return run


def run_cancel(*, actor: User, run: Run) -> Job:
    """Ask the run to stop; its checkpoint stays. Raises JobHasEnded."""
    with transaction.atomic():
        job = lease.cancel_request(run.job_id)
        audit.record(actor, "training.run.cancelled", run, project=run.project_id)
    return job


def run_resume(*, actor: User, run: Run) -> Run:
    """Go on from the last checkpoint of a run that failed or was cancelled. Raises RunNotEnded."""
    with transaction.atomic():
        locked = Run.objects.select_for_update().select_related("job", "project").get(pk=run.pk)
        if locked.job.state not in (Job.State.FAILED, Job.State.CANCELLED):
            raise RunNotEnded("only a failed or cancelled run can be resumed", state=locked.job.state)
        locked.job = job_submit(KIND, project=locked.project, actor=actor, params={"run": str(run.pk)})
        locked.stage, locked.heard = "", 0
        locked.save(update_fields=["job", "stage", "heard"])
        audit.record(actor, "training.run.resumed", locked, project=run.project_id)
    return locked


def run_clone(*, actor: User, run: Run, changes: Mapping[str, Any]) -> Run:
    """A new run like this one, but for `changes` of RunRequest. Raises InvalidInput, BadData.

    With another profile only the parameters named in `changes` are kept from it.
    """
    params = dict(changes.get("params", {}))
    if changes.get("profile", run.profile) == run.profile:
        params = {**run.params, **params}
    request = RunRequest(
        algorithm=changes.get("algorithm", run.algorithm),
        profile=changes.get("profile", run.profile),
        params=params,
        seed=changes.get("seed", run.seed),
        device=changes.get("device", run.device),
        name=changes.get("name", run.name),
        recipe=changes.get("recipe", run.recipe),
    )
    return run_submit(
        actor=actor, project=run.project, version=run.dataset_version, request=request, parent=run
    )


def run_reproduce(*, actor: User, run: Run) -> Run:
    """The same again, from nothing. Raises InvalidInput, BadData."""
    return run_clone(actor=actor, run=run, changes={})


def trainable_check(classes: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what no classifier can learn, with the remedy. Raises BadData."""
    total = {str(row["name"]): sum(row[split] for split in ("train", "val", "test")) for row in classes}
    used = [row for row in classes if total[str(row["name"])]]
    if not used:
        raise BadData("no sample of this version is labeled; label some and freeze a new version")
    if len(used) < 2:
        raise BadData(f"all labels are {used[0]['name']}; label samples of at least one more class")
    for row in used:
        if total[str(row["name"])] < 2:
            raise BadData(f"class {row['name']} has one picture; add another one or remove the class")
        if not row["train"]:
            raise BadData(
                f"class {row['name']} has no picture in the training part; freeze a version with more of it"
            )


def recipe_frozen(recipe: Any, project: Project) -> dict[str, Any]:
    """What a run keeps of a recipe, a row of datasets: later changes of it change no run. Raises InvalidInput."""
    if recipe.project_id != project.pk:
        raise InvalidInput("no such recipe in this project", field="recipe")
    if recipe.modality != "image":
        raise InvalidInput("the recipe is for data of another kind", field="recipe")
    return {"id": str(recipe.pk), "name": recipe.name, "revision": recipe.revision, "steps": recipe.steps}


def _recipe_check(algorithm: Algorithm[Any], params: Any, recipe: Mapping[str, Any]) -> None:
    steps = pipeline_from(recipe["steps"]).steps
    if not steps:
        raise InvalidInput("the recipe has no steps", field="recipe")
    if any(step.operator.key == CopyPaste.key for step in steps):
        raise InvalidInput(
            "these pictures have classes and no objects that copy_paste could lay over others; take it out",
            field="recipe",
        )
    if not algorithm.takes_recipe(params):
        raise InvalidInput(
            "this profile trains the last layer on features made once; choose one with epochs, or freeze a "
            "version with augmented copies",
            field="recipe",
        )


def run_row(run_id: uuid.UUID) -> Run:
    """For the job: the run with what it needs."""
    return Run.objects.select_related("dataset_version__dataset", "project", "created_by").get(pk=run_id)
