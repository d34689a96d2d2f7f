"""The training half of the contract world."""

from core.models import Job, Project, User
from datasets.models import DatasetVersion, Sample
from training.models import (
    Alias,
    Evaluation,
    EvaluationSample,
    ModelExport,
    ModelVersion,
    RegisteredModel,
    Run,
)


def training_rows(project: Project, owner: User, version: DatasetVersion, sample: Sample) -> dict[str, str]:
    """One run, model, model version, alias and evaluation; their ids by path segment."""
    job = Job.objects.create(kind="training.run", queue="train", project=project, created_by=owner)
    run = Run.objects.create(
        project=project,
        job=job,
        dataset_version=version,
        name="run",
        task="image_classification",
        algorithm="image_classification_lite0",
        profile="fast",
        created_by=owner,
    )
    model = RegisteredModel.objects.create(
        project=project, name="birds", task="image_classification", created_by=owner
    )
    number_one = ModelVersion.objects.create(
        model=model,
        number=1,
        run=run,
        dataset_version=version,
        task="image_classification",
        sha256=sample.sha256,
        size_bytes=1,
        labels=["cat"],
        created_by=owner,
    )
    Alias.objects.create(model=model, name="champion", version=number_one, set_by=owner)
    evaluation = Evaluation.objects.create(
        model_version=number_one, dataset_version=version, split="val", report={}, created_by=owner
    )
    EvaluationSample.objects.create(
        evaluation=evaluation, sample_id=sample.pk, truth=0, predicted=0, score=1.0
    )
    export = ModelExport.objects.create(
        model_version=number_one, target="onnx", sha256=sample.sha256, size_bytes=1
    )
    return {
        "runs": str(run.pk),
        "models": str(model.pk),
        "model-versions": str(number_one.pk),
        "aliases": "champion",
        "evaluations": str(evaluation.pk),
        "model-exports": str(export.pk),
    }
