"""`/campaigns/{id}/active-order/` and `/campaigns/{id}/hard-examples/`."""

import uuid

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import number_of
from core.api.views import StudioViewSet
from labeling.api import active_shapes as shapes
from labeling.api.rules import RULES
from labeling.models import Campaign
from labeling.selectors.access import campaign_for
from labeling.selectors.active import active_order, hard_examples


class ActiveOrderViewSet(StudioViewSet):
    """What the order of a queue rests on, for those who decide on data and people."""

    resource = "active_orders"
    rules = RULES

    @extend_schema(responses=shapes.ActiveOrderShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """How the queue was put in order last, and how right the studio is about samples drawn by chance."""
        return Response(active_order(_reviewed(self, pk)))

    @extend_schema(
        parameters=[OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 100, default 24")],
        responses=shapes.HardExamplesShape,
    )
    def hard_examples(self, request: Request, pk: uuid.UUID) -> Response:
        """The most doubtful samples that nobody has answered, with the reasons."""
        campaign = _reviewed(self, pk)
        most = number_of(request, "limit", default=24, least=1, most=100)
        return Response({"results": hard_examples(campaign, most)})


def _reviewed(view: StudioViewSet, pk: uuid.UUID) -> Campaign:
    view.scoped()
    campaign, access = campaign_for(view.user, pk)
    access.need("review_project")
    return campaign
