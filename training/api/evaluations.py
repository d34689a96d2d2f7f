"""`/model-versions/{id}/evaluations/` and `/evaluations/`."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.queries import uuid_of
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from core.errors import InvalidInput
from datasets.selectors.datasets import version_for
from training.api import forms, shapes
from training.api.rules import RULES
from training.models import Evaluation, EvaluationSample
from training.selectors.evaluations import (
    cell_of,
    compared,
    evaluation_brief,
    evaluation_for,
    evaluation_render,
    evaluation_samples,
    evaluations_of,
    evaluations_visible_to,
    samples_render,
)
from training.selectors.models import model_version_for
from training.services.evaluations import evaluation_submit


class EvaluationViewSet(StudioViewSet):
    """Reports."""

    resource = "evaluations"
    rules = RULES

    @extend_schema(responses=paged(shapes.EvaluationBriefShape))
    def list(self, request: Request, version_id: uuid.UUID) -> Response:
        """Evaluations of the model version, newest first."""
        self.allow(model_version_for(self.user, version_id).model.project_id)
        return page(request, evaluations_of(version_id), render=_rendered)

    @extend_schema(request=forms.EvaluationForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, version_id: uuid.UUID) -> Response:
        """Measure the version on a part of a dataset version."""
        model_version = model_version_for(self.user, version_id)
        self.allow(model_version.model.project_id)
        sent = accepted(forms.EvaluationForm, request.data)
        dataset_version = version_for(self.user, sent["dataset_version"])
        evaluation, job = evaluation_submit(
            actor=self.user,
            model_version=model_version,
            dataset_version=dataset_version,
            split=sent["split"],
        )
        return self.accepted(job, id=evaluation.pk)

    @extend_schema(responses=shapes.EvaluationShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """The report, with intervals, confusion matrix and curves."""
        return Response(evaluation_render(self._evaluation(pk)))

    @extend_schema(responses=paged(shapes.EvaluationSampleShape), parameters=[OpenApiParameter("cell", str)])
    def samples(self, request: Request, pk: uuid.UUID) -> Response:
        """The samples behind the report, most certain first; `cell=true,predicted` behind one cell."""
        evaluation = self._evaluation(pk)
        cell = cell_of(request.query_params.get("cell", ""), evaluation)

        def render(rows: "list[EvaluationSample]") -> "list[dict[str, Any]]":
            return samples_render(evaluation, rows)

        return page(request, evaluation_samples(evaluation, cell), render=render, ordering=("-score", "-id"))

    @extend_schema(
        responses=shapes.ComparisonShape,
        parameters=[
            OpenApiParameter("a", uuid.UUID, required=True),
            OpenApiParameter("b", uuid.UUID, required=True),
        ],
    )
    def compare(self, request: Request) -> Response:
        """Two evaluations side by side, with the difference on the samples they share."""
        self.scoped()
        found = [self._visible(request, name) for name in ("a", "b")]
        return Response(compared(*found))

    def _visible(self, request: Request, name: str) -> Evaluation:
        wanted = uuid_of(request, name)
        evaluation = evaluations_visible_to(self.user).filter(pk=wanted).first() if wanted else None
        if evaluation is None:
            raise InvalidInput("no such evaluation", field=name)
        return evaluation

    def _evaluation(self, pk: uuid.UUID) -> Evaluation:
        evaluation = evaluation_for(self.user, pk)
        self.allow(evaluation.model_version.model.project_id)
        return evaluation


def _rendered(rows: "list[Evaluation]") -> "list[dict[str, Any]]":
    return [evaluation_brief(row) for row in rows]
