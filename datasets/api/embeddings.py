"""`/datasets/{id}/embeddings/` and what the vectors of pictures, texts and recordings tell."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import page, paged
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from datasets.api import shapes_embeddings as shapes
from datasets.api.rules import RULES
from datasets.selectors.datasets import dataset_for
from datasets.selectors.distributions import distributions_of
from datasets.selectors.embeddings import (
    embeddings_state,
    map_render,
)
from datasets.selectors.suspicions import SUSPICION_ORDER, suspicions_of, suspicions_render
from datasets.services.embeddings import embeddings_submit
from datasets.services.suspicions import suspicion_settle


class EmbeddingViewSet(StudioViewSet):
    """`/datasets/{id}/embeddings/`."""

    resource = "embeddings"
    rules = RULES

    @extend_schema(responses=shapes.EmbeddingStateShape)
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """How many samples have a vector, what makes them, the newest job of it, and the map."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return Response(embeddings_state(dataset))

    @extend_schema(request=None, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Analyze pictures, texts or recordings: vectors for those that have none, then labels that do not fit, outliers, a map."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return self.accepted(embeddings_submit(actor=self.user, dataset=dataset))


class EmbeddingMapViewSet(StudioViewSet):
    """`/datasets/{id}/map/`."""

    resource = "embedding_maps"
    rules = RULES

    @extend_schema(responses=shapes.EmbeddingMapShape)
    def retrieve(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """All samples as points, near to what is alike; 409 before the data set was analyzed.

        The points say no ids: ask the sample list for a `region`.
        """
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return Response(map_render(dataset))


class DistributionViewSet(StudioViewSet):
    """`/datasets/{id}/distributions/`."""

    resource = "distributions"
    rules = RULES

    @extend_schema(responses=shapes.DistributionsShape)
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Brightness and shape of the pictures; number, places and sizes of the boxes."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return Response(distributions_of(dataset_id))


class LabelSuspicionViewSet(StudioViewSet):
    """`/datasets/{id}/label-suspicions/`."""

    resource = "label_suspicions"
    rules = RULES

    @extend_schema(responses=paged(shapes.LabelSuspicionShape))
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Labels that do not fit their samples, the least fitting first; what was changed or reviewed since is left out.

        To follow a suggestion, save it as the sample's annotation. `shape` is the mark that is meant. Where a picture
        may carry several classes, no `given` says that one is missing, no `suggested` that one is too many.
        """
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return page(
            request,
            suspicions_of(dataset),
            render=lambda rows: suspicions_render(dataset, rows),
            ordering=SUSPICION_ORDER,
        )

    @extend_schema(request=shapes.SuspicionSettleForm, responses={204: None})
    def partial_update(self, request: Request, dataset_id: uuid.UUID, suspicion_id: int) -> Response:
        """Say that a label is right although it does not look so; it is not asked again. Or take that back."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        form = shapes.SuspicionSettleForm(data=request.data)
        form.is_valid(raise_exception=True)
        settled = form.validated_data["settled"]
        suspicion_settle(actor=self.user, dataset=dataset, suspicion=suspicion_id, settled=settled)
        return Response(status=204)
