"""`/campaigns/{id}/acceptance/` and `/acceptances/`: whole batches, by what a random part of them shows."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.views import StudioViewSet
from labeling.api import work_shapes as shapes
from labeling.api.rules import RULES
from labeling.models import Campaign
from labeling.selectors.acceptance import acceptance_for, acceptances_listed, acceptances_render
from labeling.selectors.access import campaign_for
from labeling.services.acceptance import Decision, acceptance_begin, acceptance_decide


class AcceptanceViewSet(StudioViewSet):
    """Batches of submitted answers."""

    resource = "acceptances"
    rules = RULES

    @extend_schema(responses=paged(shapes.AcceptanceShape))
    def list(self, request: Request, campaign_id: uuid.UUID) -> Response:
        """The batches of a campaign, the newest first."""
        rows = acceptances_listed(self._campaign(campaign_id))
        return page(request, rows, render=acceptances_render, ordering=("-created_at", "-id"))

    @extend_schema(request=shapes.AcceptanceForm, responses={201: shapes.AcceptanceShape})
    def create(self, request: Request, campaign_id: uuid.UUID) -> Response:
        """Make a batch of what waits for review, 500 answers at most, and draw some of it at random."""
        campaign = self._campaign(campaign_id)
        sent = accepted(shapes.AcceptanceForm, request.data)
        begun = acceptance_begin(actor=self.user, campaign=campaign, count=sent["count"])
        return self.created(self._document(begun.pk), f"/api/v1/acceptances/{begun.pk}/")

    @extend_schema(responses=shapes.AcceptanceShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One batch with its error rate so far."""
        self.scoped()
        return Response(self._document(pk))

    @extend_schema(request=None, responses=shapes.AcceptanceShape)
    def accept(self, request: Request, pk: uuid.UUID) -> Response:
        """Accept what was not looked at along with the rest."""
        self.scoped()
        acceptance_decide(self.user, Decision(pk, is_accepted=True))
        return Response(self._document(pk))

    @extend_schema(request=shapes.ReturnForm, responses=shapes.AcceptanceShape)
    def return_all(self, request: Request, pk: uuid.UUID) -> Response:
        """Send what was not looked at back to who gave it, with a reason."""
        self.scoped()
        reason = accepted(shapes.ReturnForm, request.data)["reason"]
        acceptance_decide(self.user, Decision(pk, is_accepted=False, reason=reason))
        return Response(self._document(pk))

    def _document(self, pk: uuid.UUID) -> dict[str, object]:
        row, access = acceptance_for(self.user, pk)
        access.need("review_project")
        return acceptances_render([row])[0]

    def _campaign(self, pk: uuid.UUID) -> Campaign:
        campaign, _ = campaign_for(self.user, pk)
        self.allow(campaign.project_id)
        return campaign
