"""`/items/`: one piece of work in somebody's hands."""

import uuid
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.queries import choices_of
from core.api.views import StudioViewSet
from core.errors import NotFound
from labeling.api import forms, shapes
from labeling.api.render import next_to_label
from labeling.api.rules import RULES
from labeling.models import Item
from labeling.selectors.access import campaign_for, item_for
from labeling.selectors.queue import item_document, items_render
from labeling.services import claims
from labeling.services.claims import Claimant


class ItemViewSet(StudioViewSet):
    """`/campaigns/{id}/items/` and `/items/{id}/`."""

    resource = "items"
    rules = RULES

    @extend_schema(
        parameters=[OpenApiParameter("state", OpenApiTypes.STR, enum=Item.State.values)],
        responses=paged(shapes.ItemShape),
    )
    def list(self, request: Request, campaign_id: uuid.UUID) -> Response:
        """Items of a campaign; annotators see the ones they hold or held."""
        campaign, access = campaign_for(self.user, campaign_id)
        rows = campaign.items.all()
        if states := choices_of(request, "state", Item.State.values):
            rows = rows.filter(state__in=states)
        if "view_project" not in access.permissions:
            rows = rows.filter(assignee_id=self.user.pk)
        return page(request, rows, render=items_render, ordering=("id",))

    @extend_schema(responses=shapes.ItemShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One item with the caller's answer, or the submitted one."""
        item, access = item_for(self.user, pk)
        held = self.user.pk in (item.assignee_id, item.lease_holder_id)
        if not held and "view_project" not in access.permissions:
            answered = item.annotations.filter(author_id=self.user.pk).exists()
            if not answered:
                raise NotFound
        return Response(item_document(self.user, pk))

    @extend_schema(request=None, responses=shapes.LeaseShape)
    def heartbeat(self, request: Request, pk: uuid.UUID) -> Response:
        """Hold the item for another five minutes."""
        self.scoped()
        return Response({"lease_until": claims.item_heartbeat(self.user, pk)})

    @extend_schema(request=None, responses={204: None})
    def release(self, request: Request, pk: uuid.UUID) -> Response:
        """Give the item back; a draft stays with its author."""
        self.scoped()
        claims.item_release(self.user, pk)
        return self.no_content()

    @extend_schema(request=forms.SkipForm, responses=shapes.SkippedShape)
    def skip(self, request: Request, pk: uuid.UUID) -> Response:
        """Set the item aside and say why."""
        self.scoped()
        sent = accepted(forms.SkipForm, request.data)
        campaign_id = claims.item_skip(self.user, pk, sent["reason"])
        body: dict[str, Any] = {"id": pk, "state": Item.State.SKIPPED}
        if sent["next"]:
            body["next"] = next_to_label(Claimant(self.user, campaign_id, 1, sent["held"]))
        return Response(body)

    @extend_schema(request=None, responses={204: None})
    def requeue(self, request: Request, pk: uuid.UUID) -> Response:
        """Put a skipped or rejected item back for anybody."""
        self.scoped()
        claims.item_requeue(self.user, pk)
        return self.no_content()
