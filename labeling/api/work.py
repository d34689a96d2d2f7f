"""`/campaigns/{id}/` for who runs it: overview, people, moving work, reports."""

import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.queries import choices_of
from core.api.views import StudioViewSet
from labeling.api import work_shapes as shapes
from labeling.api.rules import RULES
from labeling.models import Campaign
from labeling.reports.table import report_csv
from labeling.reports.weekly import Report
from labeling.reports.words import LANGUAGES
from labeling.selectors.access import campaign_for
from labeling.selectors.overview import campaign_overview, leaderboard
from labeling.selectors.report import campaign_report
from labeling.services.moves import Move, items_move

_LANGUAGE = OpenApiParameter("language", OpenApiTypes.STR, enum=list(LANGUAGES))


class WorkViewSet(StudioViewSet):
    """A campaign as who runs it sees it."""

    resource = "campaigns"
    rules = RULES

    @extend_schema(responses=shapes.OverviewShape)
    def overview(self, request: Request, pk: uuid.UUID) -> Response:
        """Burn-down with a forecast, pace, rework, label balance and people."""
        return Response(campaign_overview(self.user, self._campaign(pk).pk))

    @extend_schema(responses=shapes.LeaderboardShape)
    def leaderboard(self, request: Request, pk: uuid.UUID) -> Response:
        """What everybody has in hand, has done, and what came back to them; by name."""
        return Response({"results": leaderboard(self._campaign(pk).pk)})

    @extend_schema(request=shapes.MoveForm, responses=shapes.MovedShape)
    def moves(self, request: Request, pk: uuid.UUID) -> Response:
        """Move up to 500 open items from one person, or from the pool, to another."""
        campaign = self._campaign(pk)
        sent = accepted(shapes.MoveForm, request.data)
        move = Move(sent["from"], sent["to"], sent["count"], sent["items"], sent["begun"])
        moved = items_move(actor=self.user, campaign=campaign, move=move)
        return Response({"moved": moved.moved, "begun": moved.begun})

    @extend_schema(parameters=[_LANGUAGE], responses={(200, "text/csv"): OpenApiTypes.STR})
    def report_csv(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """The last seven days as a table."""
        return _download(report_csv(self._report(request, pk)), "text/csv; charset=utf-8", f"{pk}.csv")

    @extend_schema(parameters=[_LANGUAGE], responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def report_pdf(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """The last seven days as pages."""
        from labeling.reports.pages import report_pdf  # what draws it takes a third of a second to load

        return _download(report_pdf(self._report(request, pk)), "application/pdf", f"{pk}.pdf")

    def _report(self, request: Request, pk: uuid.UUID) -> Report:
        campaign = self._campaign(pk)
        asked = choices_of(request, "language", LANGUAGES)
        language = asked[0] if asked else self.user.language
        return campaign_report(self.user, campaign, language if language in LANGUAGES else LANGUAGES[0])

    def _campaign(self, pk: uuid.UUID) -> Campaign:
        campaign, _ = campaign_for(self.user, pk)
        self.allow(campaign.project_id)
        return campaign


def _download(body: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="week-{name}"'}
    return HttpResponse(body, content_type=kind, headers=headers)
