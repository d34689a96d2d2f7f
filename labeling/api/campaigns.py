"""`/campaigns/` and `/home/`."""

import uuid
from functools import partial
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.queries import choices_of, uuid_of
from core.api.views import StudioViewSet
from core.models import User
from datasets.selectors.datasets import dataset_for
from labeling.api import forms, shapes
from labeling.api.render import next_to_review
from labeling.api.rules import RULES
from labeling.models import Campaign, Item
from labeling.selectors.acceptance import drawn_items
from labeling.selectors.access import access_of, campaign_for
from labeling.selectors.campaigns import campaign_document, campaign_left, campaign_render, campaigns_listed
from labeling.selectors.progress import campaign_progress, labeling_home
from labeling.selectors.queue import Handout, handout, items_render
from labeling.services import campaigns, claims
from labeling.services.campaigns import CampaignPlan
from labeling.services.claims import Claimant
from labeling.services.errors import CampaignClosed


class HomeViewSet(StudioViewSet):
    """`/home/`."""

    resource = "home"
    rules = RULES

    @extend_schema(responses=shapes.HomeShape)
    def retrieve(self, request: Request) -> Response:
        """What waits for the caller, whatever their roles are."""
        return Response(labeling_home(self.user))


class CampaignViewSet(StudioViewSet):
    """`/campaigns/`."""

    resource = "campaigns"
    rules = RULES

    @extend_schema(
        parameters=[
            OpenApiParameter("project", OpenApiTypes.UUID),
            OpenApiParameter("dataset", OpenApiTypes.UUID),
            OpenApiParameter("state", OpenApiTypes.STR, enum=Campaign.State.values),
        ],
        responses=paged(shapes.CampaignShape),
    )
    def list(self, request: Request) -> Response:
        """Campaigns the caller works in or may view, newest first."""
        rows = campaigns_listed(
            self.user,
            project=uuid_of(request, "project"),
            dataset=uuid_of(request, "dataset"),
            states=choices_of(request, "state", Campaign.State.values),
        )
        return page(request, rows, render=partial(_rendered, self.user))

    @extend_schema(request=forms.CampaignForm, responses={201: shapes.CampaignDetailShape})
    def create(self, request: Request) -> Response:
        """Begin a campaign; its queue is written at once."""
        sent = accepted(forms.CampaignForm, request.data)
        dataset = dataset_for(self.user, sent["dataset"])
        self.allow(dataset.project_id)
        plan = CampaignPlan(
            name=sent["name"],
            selection=sent.get("selection") or {"filter": "all"},
            assignees=sent.get("assignees", ()),
            overlap=sent.get("overlap", 1),
            review_rate=sent.get("review", {}).get("rate", 0.0),
            **_settled(sent.get("consensus")),
            gold_rate=sent.get("gold", {}).get("rate", 0.0),
            order=sent.get("order", Campaign.Order.GIVEN),
            guideline=sent.get("guideline", ""),
            due=sent.get("due"),
        )
        campaign = campaigns.campaign_create(actor=self.user, dataset=dataset, plan=plan)
        return self.created(campaign_document(self.user, campaign.pk), f"/api/v1/campaigns/{campaign.pk}/")

    @extend_schema(responses=shapes.CampaignDetailShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One campaign with its totals and its classes."""
        return Response(campaign_document(self.user, pk))

    @extend_schema(request=forms.CampaignChangeForm, responses=shapes.CampaignDetailShape)
    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Change the name, the people, the guideline, the due date or the share that is reviewed."""
        campaign = self._managed(pk)
        changes = accepted(forms.CampaignChangeForm, request.data, partial=True)
        if "review" in changes:
            changes["review_rate"] = changes.pop("review")["rate"]
        campaigns.campaign_update(actor=self.user, campaign=campaign, changes=changes)
        return Response(campaign_document(self.user, pk))

    @extend_schema(request=None, responses=shapes.CampaignDetailShape)
    def close(self, request: Request, pk: uuid.UUID) -> Response:
        """Hand out nothing more and take no more answers."""
        campaigns.campaign_set_state(actor=self.user, campaign=self._managed(pk), state=Campaign.State.CLOSED)
        return Response(campaign_document(self.user, pk))

    @extend_schema(request=None, responses=shapes.CampaignDetailShape)
    def reopen(self, request: Request, pk: uuid.UUID) -> Response:
        """Go on."""
        campaigns.campaign_set_state(actor=self.user, campaign=self._managed(pk), state=Campaign.State.OPEN)
        return Response(campaign_document(self.user, pk))

    @extend_schema(request=forms.SamplesForm, responses=shapes.AddedShape)
    def samples(self, request: Request, pk: uuid.UUID) -> Response:
        """Queue more samples; those already in the campaign stay once. With `first` they come before all others."""
        campaign = self._managed(pk)
        sent = accepted(forms.SamplesForm, request.data)
        added, first = campaigns.campaign_add_samples(
            actor=self.user, campaign=campaign, selection=sent["selection"], first=sent["first"]
        )
        return Response({"added": added, "first": first})

    @extend_schema(request=forms.ClaimForm, responses=shapes.HandoutShape)
    def claim(self, request: Request, pk: uuid.UUID) -> Response:
        """Take the next items, five minutes each. What one holds already comes first."""
        self.scoped()
        sent = accepted(forms.ClaimForm, request.data)
        asked = Claimant(self.user, pk, sent["count"], sent["held"])
        claimed = claims.item_claim(asked) if asked.count else []
        found = handout(self.user, pk, claimed, sent["peek"]) if claimed or not asked.count else None
        if found is None or not (found.items or found.peek):
            campaign, access, remaining = campaign_left(self.user, pk)
            access.need_label()
            if campaign.state == Campaign.State.CLOSED:
                raise CampaignClosed("this campaign is closed", kept=False)
            found = Handout([], [], remaining)
        return Response({"items": found.items, "peek": found.peek, "remaining": found.remaining})

    @extend_schema(request=forms.ReviewClaimForm, responses=shapes.ReviewHandoutShape)
    def claim_review(self, request: Request, pk: uuid.UUID) -> Response:
        """Take submitted answers to review, five minutes each; one's own work comes last."""
        sent = accepted(forms.ReviewClaimForm, request.data)
        self.scoped()
        campaign, access = campaign_for(self.user, pk)
        access.need("review_project")
        acceptance = sent.get("acceptance")
        items = next_to_review(Claimant(self.user, pk, sent["count"], sent["held"]), acceptance)
        waiting = campaign.items.filter(state=Item.State.SUBMITTED)
        if acceptance is not None:
            waiting = waiting.filter(pk__in=drawn_items(campaign, acceptance))
        return Response({"items": items, "remaining": waiting.count()})

    @extend_schema(responses=paged(shapes.ItemShape))
    def review_queue(self, request: Request, pk: uuid.UUID) -> Response:
        """Submitted answers that wait for a reviewer, in the order of the queue."""
        self.scoped()
        campaign, access = campaign_for(self.user, pk)
        access.need("review_project")
        waiting = campaign.items.filter(state=Item.State.SUBMITTED)
        return page(request, waiting, render=items_render, ordering=("priority", "id"))

    @extend_schema(responses=shapes.ProgressShape)
    def progress(self, request: Request, pk: uuid.UUID) -> Response:
        """Totals, people, days and a forecast; annotators see their own part."""
        _, access = campaign_for(self.user, pk)
        only_own = "view_project" not in access.permissions
        return Response(campaign_progress(self.user, pk, only_own=only_own))

    def _managed(self, pk: uuid.UUID) -> Campaign:
        campaign, _ = campaign_for(self.user, pk)
        self.allow(campaign.project_id)
        return campaign


def _rendered(user: User, rows: list[Any]) -> list[Any]:
    return [campaign_render(row, access_of(row, user)) for row in rows]


def _settled(sent: dict[str, Any] | None) -> dict[str, Any]:
    if sent is None:
        return {}
    return {"consensus": sent["method"], "quorum": sent["quorum"], "min_iou": sent["min_iou"]}
