"""The registry: versions are written once; a name may point only at one that says what its network says."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from core.errors import Conflict, InvalidInput
from core.models import Project, User
from core.services import audit
from training.algorithms import ALGORITHMS
from training.models import Alias, Evaluation, EvaluationSample, ModelVersion, RegisteredModel, Run
from training.selectors.models import parity_check

ALIASES: Final = ("champion", "challenger")
_BATCH: Final = 1000


class ModelNameTaken(Conflict):
    """Another model of the project has this name."""

    code = "model_name_taken"


def model_create(
    *, actor: User, project: Project, name: str, task: str, description: str = ""
) -> RegisteredModel:
    """An empty model. Raises ModelNameTaken."""
    with _name_free(name), transaction.atomic():
        model = RegisteredModel.objects.create(
            project=project, name=name, task=task, description=description, created_by=actor
        )
        audit.record(actor, "training.model.created", model, project=project, name=name)
    return model


def model_update(*, actor: User, model: RegisteredModel, changes: Mapping[str, str]) -> RegisteredModel:
    """Change `name` or `description`. Raises ModelNameTaken."""
    with _name_free(changes.get("name", model.name)), transaction.atomic():
        model = RegisteredModel.objects.select_for_update().get(pk=model.pk)
        model.name = changes.get("name", model.name)
        model.description = changes.get("description", model.description)
        model.save(update_fields=["name", "description"])
        audit.record(actor, "training.model.updated", model, project=model.project_id, **changes)
    return model


def version_register(
    *, run: Run, facts: Mapping[str, Any], reports: Mapping[str, Any], card: str, predictions: Path
) -> ModelVersion:
    """Write the version of a run, its reports and their samples, in the caller's transaction.

    `facts` is the trainer's result.json; `predictions` the folder with predictions.jsonl.
    """
    dataset = run.dataset_version.dataset
    model, _ = RegisteredModel.objects.get_or_create(
        project_id=run.project_id,
        name=_model_name(run),
        defaults={"task": run.task, "created_by": run.created_by},
    )
    version = version_insert(
        model,
        run=run,
        dataset_version_id=run.dataset_version_id,
        facts=facts,
        card=card,
        licence=ALGORITHMS[run.algorithm].licence,
        lineage={
            "run": str(run.pk),
            "dataset": str(dataset.pk),
            "dataset_version": str(run.dataset_version_id),
            "content_hash": run.dataset_version.content_hash,
            "algorithm": run.algorithm,
            "profile": run.profile,
            "params": run.params,
            "seed": run.seed,
            "device": facts["device"],
        },
        created_by=run.created_by,
    )
    evaluations = {
        split: Evaluation.objects.create(
            model_version=version,
            dataset_version_id=run.dataset_version_id,
            split=split,
            report={**report, "parity": version.parity},
            count=report["count"],
            created_by=run.created_by,
        )
        for split, report in reports.items()
    }
    samples_insert(predictions / "predictions.jsonl", evaluations)
    audit.record(
        run.created_by, "training.model_version.created", version, project=run.project_id, run=str(run.pk)
    )
    return version


def version_insert(
    model: RegisteredModel,
    *,
    run: Run | None,
    dataset_version_id: Any,
    facts: Mapping[str, Any],
    card: str,
    licence: str,
    lineage: Mapping[str, Any],
    created_by: User | None,
) -> ModelVersion:
    """The next version of the model, in the caller's transaction."""
    RegisteredModel.objects.select_for_update().get(pk=model.pk)
    last = ModelVersion.objects.filter(model=model).aggregate(last=Max("number"))["last"] or 0
    version = ModelVersion(
        model=model,
        number=last + 1,
        run=run,
        dataset_version_id=dataset_version_id,
        task=model.task,
        sha256=facts["sha256"],
        size_bytes=facts["size_bytes"],
        labels=facts["labels"],
        label_indexes=facts.get("label_indexes", []),
        signature=facts["signature"],
        decode=facts["decode"],
        metrics=facts.get("metrics", {}),
        parity=facts["parity"],
        parity_ok=bool(facts["parity"]["ok"]),
        lineage=dict(lineage),
        licence=licence,
        card=card,
        limits=facts.get("limits", {}),
        created_by=created_by,
    )
    version.save(force_insert=True)
    return version


def samples_insert(path: Path, evaluations: Mapping[str, Evaluation]) -> None:
    """The predictions of a file, in batches, in the caller's transaction."""
    with path.open(encoding="utf-8") as lines:
        rows = _samples(map(json.loads, lines), evaluations)
        while batch := list(islice(rows, _BATCH)):
            EvaluationSample.objects.bulk_create(batch)


def alias_set(*, actor: User, model: RegisteredModel, name: str, version: ModelVersion) -> Alias:
    """Point a name at a version. Raises InvalidInput, ParityFailed."""
    if name not in ALIASES:
        raise InvalidInput("an alias is champion or challenger", field="alias")
    if version.model_id != model.pk:
        raise InvalidInput("no such version of this model", field="version")
    parity_check(version)
    with transaction.atomic():
        alias, _ = Alias.objects.update_or_create(
            model=model, name=name, defaults={"version": version, "set_by": actor}
        )
        audit.record(
            actor, "training.alias.set", model, project=model.project_id, alias=name, version=str(version.pk)
        )
    return alias


def alias_remove(*, actor: User, model: RegisteredModel, name: str) -> None:
    """Take a name away; doing it twice is the same."""
    with transaction.atomic():
        removed, _ = Alias.objects.filter(model=model, name=name).delete()
        if removed:
            audit.record(actor, "training.alias.removed", model, project=model.project_id, alias=name)


@contextmanager
def _name_free(name: str) -> Iterator[None]:
    """Around a transaction: its broken constraint becomes the answer for the caller. Raises ModelNameTaken."""
    try:
        yield
    except IntegrityError as exc:
        raise ModelNameTaken("a model of this project has this name already", name=name) from exc


def _model_name(run: Run) -> str:
    name = run.dataset_version.dataset.name
    taken = RegisteredModel.objects.filter(project_id=run.project_id, name=name).exclude(task=run.task)
    return f"{name} ({run.task})"[:200] if taken.exists() else name


def _samples(
    rows: Iterator[dict[str, Any]], evaluations: Mapping[str, Evaluation]
) -> Iterator[EvaluationSample]:
    for row in rows:
        yield EvaluationSample(
            evaluation=evaluations[row["split"]],
            sample_id=row["sample"],
            truth=row["truth"],
            predicted=row["predicted"],
            score=row["score"],
            scores=row["scores"],
        )
