"""`/datasets/{id}/cleaning-operators/`, `/datasets/{id}/cleanings/` and `/cleanings/{id}/`."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from datasets.api import cleaning_forms as forms
from datasets.api.rules import RULES
from datasets.models import Cleaning
from datasets.selectors import cleanings as selectors
from datasets.selectors.datasets import dataset_for
from datasets.services import cleanings as services


class CleaningOperatorViewSet(StudioViewSet):
    """What a recipe may be made of."""

    resource = "cleaning_operators"
    rules = RULES

    @extend_schema(responses=forms.CleaningOperatorShape(many=True))
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """The operators for the data set's modality, with the JSON Schema of their parameters, in the order to be shown."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return Response(services.cleaner_of(dataset).operators())


class CleaningViewSet(StudioViewSet):
    """Recipes applied to data sets."""

    resource = "cleanings"
    rules = RULES
    reading_actions = frozenset({"preview"})

    @extend_schema(responses=paged(forms.CleaningShape))
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """The cleanings of the data set, newest first."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return page(request, selectors.cleanings_of(dataset_id), render=_rendered)

    @extend_schema(request=forms.CleaningForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Apply a recipe to all samples that meet the filter and are there now; the job's result names the `cleaning`."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        sent = accepted(forms.CleaningForm, request.data)
        _, job = services.cleaning_submit(
            actor=self.user,
            dataset=dataset,
            recipe=sent["recipe"],
            condition=sent.get("filter", ""),
            name=sent["name"],
        )
        return self.accepted(job)

    @extend_schema(request=forms.CleaningPreviewForm, responses=forms.CleaningPreviewShape)
    def preview(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """What a recipe makes of up to twelve samples, before and after; nothing is kept."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        sent = accepted(forms.CleaningPreviewForm, request.data)
        answer = services.cleaning_preview(dataset, sent["recipe"], sent.get("filter", ""), sent["limit"])
        return Response(answer)

    @extend_schema(responses=forms.CleaningShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One cleaning and how far it is."""
        cleaning = selectors.cleaning_for(self.user, pk)
        self.allow(cleaning.dataset.project_id)
        return Response(selectors.cleaning_render(cleaning))

    @extend_schema(request=None, responses={202: JobAcceptedSerializer})
    def undo(self, request: Request, pk: uuid.UUID) -> Response:
        """Take it back; samples that somebody touched since stay as they are and are counted as `kept`."""
        cleaning = selectors.cleaning_for(self.user, pk)
        self.allow(cleaning.dataset.project_id)
        _, job = services.cleaning_undo(actor=self.user, cleaning_id=cleaning.pk)
        return self.accepted(job)

    @extend_schema(request=forms.CleaningAgainForm, responses={202: JobAcceptedSerializer})
    def again(self, request: Request, pk: uuid.UUID) -> Response:
        """Apply the same recipe to what was imported since it was applied last."""
        cleaning = selectors.cleaning_for(self.user, pk)
        self.allow(cleaning.dataset.project_id)
        sent = accepted(forms.CleaningAgainForm, request.data)
        _, job = services.cleaning_again(actor=self.user, cleaning=cleaning, condition=sent.get("filter"))
        return self.accepted(job)


def _rendered(rows: "list[Cleaning]") -> "list[dict[str, Any]]":
    return [selectors.cleaning_render(row) for row in rows]
