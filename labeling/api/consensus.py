"""`/consensus/` and `/campaigns/{id}/agreement/`: what several people said of one sample, for reviewers."""

import csv
import io
import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import etag_of
from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.queries import choices_of, uuid_of
from core.api.views import StudioViewSet
from datasets.formats.tables import cell_escaped
from labeling.api import consensus_shapes as shapes
from labeling.api import forms
from labeling.api.rules import RULES
from labeling.models import Campaign, Consensus
from labeling.selectors.access import campaign_for
from labeling.selectors.agreement import campaign_agreement
from labeling.selectors.consensus import (
    Differing,
    consensus_document,
    consensus_for,
    consensus_listed,
    consensus_render,
    consensus_waiting,
)
from labeling.services.claims import Claimant
from labeling.services.conflicts import conflict_claim, conflict_release, conflicts_given
from labeling.services.resolve import Resolution, consensus_resolve


class ConsensusViewSet(StudioViewSet):
    """`/campaigns/{id}/consensus/` and `/consensus/{id}/`."""

    resource = "consensus"
    rules = RULES

    @extend_schema(
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, enum=Consensus.State.values),
            OpenApiParameter("a", OpenApiTypes.STR, description="Username of one who differs"),
            OpenApiParameter("b", OpenApiTypes.STR, description="Username of whom they differ from"),
            OpenApiParameter("label", OpenApiTypes.UUID, description="Class they differ in"),
        ],
        responses=paged(shapes.ConsensusShape),
    )
    def list(self, request: Request, campaign_id: uuid.UUID) -> Response:
        """Samples that several people have answered, with their answers side by side."""
        campaign = _reviewed(self, campaign_id)
        asked = request.query_params
        differing = Differing(asked.get("a", ""), asked.get("b", ""), uuid_of(request, "label"))
        states = choices_of(request, "state", Consensus.State.values)
        rows = consensus_listed(campaign, states, differing)
        return page(request, rows, render=consensus_render, ordering=("id",))

    @extend_schema(request=forms.ConflictClaimForm, responses=shapes.ConflictHandoutShape)
    def claim(self, request: Request, campaign_id: uuid.UUID) -> Response:
        """Take samples that wait for a reviewer, five minutes each; nobody else gets them meanwhile."""
        campaign = _reviewed(self, campaign_id)
        sent = accepted(forms.ConflictClaimForm, request.data)
        claimant = Claimant(self.user, campaign.pk, sent["count"], sent["held"])
        items = consensus_render(conflicts_given(conflict_claim(campaign, claimant)))
        return Response({"items": items, "remaining": consensus_waiting(campaign)})

    @extend_schema(request=None, responses={204: None})
    def release(self, request: Request, pk: uuid.UUID) -> Response:
        """Leave a sample to other reviewers."""
        self.scoped()
        conflict_release(self.user, pk)
        return self.no_content()

    @extend_schema(responses=shapes.ConsensusShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One sample with all answers to it."""
        self.scoped()
        row, _ = consensus_for(self.user, pk)
        return Response(consensus_document(row), headers={"ETag": etag_of(row.revision)})

    @extend_schema(request=forms.ResolveForm, responses=shapes.ConsensusShape)
    def resolve(self, request: Request, pk: uuid.UUID) -> Response:
        """Choose one of the answers, or give another; it becomes the sample's."""
        self.scoped()
        sent = accepted(forms.ResolveForm, request.data)
        resolution = Resolution(pk, sent["revision"], sent.get("annotation"), sent.get("shapes"))
        consensus_resolve(self.user, resolution)
        row, _ = consensus_for(self.user, pk)
        return Response(consensus_document(row), headers={"ETag": etag_of(row.revision)})


class AgreementViewSet(StudioViewSet):
    """`/campaigns/{id}/agreement/`."""

    resource = "campaigns"
    rules = RULES

    @extend_schema(responses=shapes.AgreementShape)
    def agreement(self, request: Request, pk: uuid.UUID) -> Response:
        """How far people agree: of all, of each two, and of each person and class, with 95 % intervals."""
        return Response(campaign_agreement(_reviewed(self, pk)))

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def agreement_csv(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """The same as a table."""
        campaign = _reviewed(self, pk)
        body = _csv(campaign_agreement(campaign))
        return HttpResponse(
            body.encode("utf-8-sig"),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="agreement-{campaign.pk}.csv"'},
        )


def _reviewed(view: StudioViewSet, campaign_id: uuid.UUID) -> Campaign:
    view.scoped()
    campaign, access = campaign_for(view.user, campaign_id)
    access.need("review_project")
    return campaign


def _csv(found: dict[str, Any]) -> str:
    names = {row["id"]: row["name"] for row in found["classes"]}
    rows: list[list[Any]] = [["figure", "a", "b", "class", "value", "low", "high", "samples"]]
    rows += [_line(name, figure) for name, figure in found["figures"].items()]
    for pair in found["pairs"]:
        rows.append(_line("agreement", pair["agreement"], pair["a"], pair["b"]))
        if pair["kappa"] is not None:
            rows.append(_line("cohen", pair["kappa"], pair["a"], pair["b"]))
    rows += [_line("f1", row["agreement"], label=row["name"]) for row in found["classes"]]
    for row in found["people_classes"]:
        label = names.get(row["label"], row["label"])
        rows.append(_line("f1", row["agreement"], row["person"], label=label))
    rows += [_line("known", row["figure"], row["person"]) for row in found["gold"]]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _line(name: str, figure: dict[str, Any], a: str = "", b: str = "", label: str = "") -> list[Any]:
    numbers = [figure[key] for key in ("value", "low", "high", "samples")]
    return [name, *map(cell_escaped, (a, b, label)), *numbers]
