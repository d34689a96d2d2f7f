"""Reports, and the pictures behind their figures."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from core.errors import InvalidInput, NotFound
from core.models import User
from core.selectors import job_render, project_ids_with
from datasets.selectors.samples import sample_render, samples_rows
from training.models import Evaluation, EvaluationSample

_JOINED = ("model_version__model", "dataset_version__dataset", "job", "created_by")


def evaluations_of(model_version_id: uuid.UUID) -> QuerySet[Evaluation]:
    """Evaluations of a model version."""
    return Evaluation.objects.filter(model_version_id=model_version_id).select_related(*_JOINED)


def evaluations_visible_to(user: User) -> QuerySet[Evaluation]:
    """Evaluations in the projects whose data `user` may view."""
    visible = project_ids_with(user, "view_project")
    rows = Evaluation.objects.filter(model_version__model__project_id__in=visible)
    return rows.select_related(*_JOINED)


def evaluation_for(user: User, evaluation_id: uuid.UUID) -> Evaluation:
    """The evaluation, if `user` belongs to its project. Raises NotFound."""
    mine = Evaluation.objects.filter(
        model_version__model__project_id__in=project_ids_with(user, "access_project")
    )
    evaluation = mine.select_related(*_JOINED).filter(pk=evaluation_id).first()
    if evaluation is None:
        raise NotFound
    return evaluation


def evaluation_brief(evaluation: Evaluation) -> dict[str, Any]:
    """One evaluation in a list: figures without matrix and curves."""
    report = evaluation.report or {}
    return {
        "id": evaluation.pk,
        "project": evaluation.model_version.model.project_id,
        "model_version": evaluation.model_version_id,
        "dataset_version": evaluation.dataset_version_id,
        "split": evaluation.split,
        "state": _state(evaluation),
        "job": job_render(evaluation.job) if evaluation.job else None,
        "count": evaluation.count,
        "metrics": report.get("metrics", {}),
        "created_at": evaluation.created_at,
        "created_by": evaluation.created_by.username if evaluation.created_by else None,
    }


def evaluation_render(evaluation: Evaluation) -> dict[str, Any]:
    """One evaluation with its whole report."""
    return {
        **(evaluation.report or {}),
        **evaluation_brief(evaluation),
        "parity": evaluation.model_version.parity,
        "labels": evaluation.model_version.labels,
    }


def evaluation_samples(evaluation: Evaluation, cell: tuple[int, int] | None) -> QuerySet[EvaluationSample]:
    """Answers behind the report, or behind one (true, predicted) cell of its matrix."""
    rows = EvaluationSample.objects.filter(evaluation=evaluation)
    return rows if cell is None else rows.filter(truth=cell[0], predicted=cell[1])


def samples_render(evaluation: Evaluation, rows: Sequence[EvaluationSample]) -> list[dict[str, Any]]:
    """A page of answers with their samples; a sample that is gone is null."""
    dataset, labels = evaluation.dataset_version.dataset, evaluation.model_version.labels
    wanted = [row.sample_id for row in rows]
    found = samples_rows(dataset.pk).filter(pk__in=wanted)
    samples = {sample["id"]: sample_render(sample) for sample in found}
    return [
        {
            "id": row.pk,
            "sample": samples.get(row.sample_id),
            "thumb_url": (samples.get(row.sample_id) or {}).get("thumb_url"),
            "truth": row.truth,
            "truth_label": labels[row.truth],
            "predicted": row.predicted,
            "predicted_label": labels[row.predicted],
            "score": row.score,
            "scores": [{"label": labels[label], "score": score} for label, score in row.scores],
        }
        for row in rows
    ]


def compared(a: Evaluation, b: Evaluation) -> dict[str, Any]:
    """Two evaluations side by side; on the same samples also who is right where the other is wrong."""
    answer: dict[str, Any] = {"a": evaluation_brief(a), "b": evaluation_brief(b), "comparable": False}
    if (a.dataset_version_id, a.split) != (b.dataset_version_id, b.split) or not (a.report and b.report):
        return answer
    right_a, right_b = _right(a), _right(b)
    both = right_a.keys() & right_b.keys()
    gained = sum(right_b[key] and not right_a[key] for key in both)
    lost = sum(right_a[key] and not right_b[key] for key in both)
    difference = (gained - lost) / max(len(both), 1)
    # Normal approximation for paired proportions: Agresti, Categorical Data Analysis (2002), eq. 10.1.
    spread = 1.96 * ((gained + lost - (gained - lost) ** 2 / max(len(both), 1)) ** 0.5) / max(len(both), 1)
    accuracy = {"value": difference, "low": difference - spread, "high": difference + spread}
    figures = {"count": len(both), "gained": gained, "lost": lost, "accuracy": accuracy}
    return {**answer, "comparable": True, "difference": figures}


def cell_of(text: str, evaluation: Evaluation) -> tuple[int, int] | None:
    """`true,predicted` as class numbers; None for no text. Raises InvalidInput."""
    if not text:
        return None
    parts = text.split(",")
    count = len(evaluation.model_version.labels)
    known = {str(number) for number in range(count)}
    if len(parts) != 2 or not set(parts) <= known:
        raise InvalidInput("cell is two class numbers: true,predicted", field="cell")
    return int(parts[0]), int(parts[1])


def _right(evaluation: Evaluation) -> dict[uuid.UUID, bool]:
    rows = EvaluationSample.objects.filter(evaluation=evaluation)
    labels = evaluation.model_version.labels
    answers = rows.values_list("sample_id", "truth", "predicted").iterator(10_000)
    return {sample: labels[truth] == labels[predicted] for sample, truth, predicted in answers}


def _state(evaluation: Evaluation) -> str:
    if evaluation.report is not None:
        return "succeeded"
    return evaluation.job.state if evaluation.job else "failed"
