"""Routes of labeling below /api/v1/."""

from django.urls import path
from django.urls.resolvers import URLPattern

from labeling.api.acceptance import AcceptanceViewSet
from labeling.api.active import ActiveOrderViewSet
from labeling.api.annotations import AnnotationViewSet
from labeling.api.assist import AssistViewSet
from labeling.api.campaigns import CampaignViewSet, HomeViewSet
from labeling.api.consensus import AgreementViewSet, ConsensusViewSet
from labeling.api.guidelines import GuidelineViewSet
from labeling.api.items import ItemViewSet
from labeling.api.learning import LearningViewSet
from labeling.api.prelabels import PrelabelViewSet
from labeling.api.questions import QuestionViewSet
from labeling.api.weak_rules import WeakRulesViewSet
from labeling.api.work import WorkViewSet

_ACCEPTANCE = "acceptances/<uuid:pk>"
_QUESTION = "questions/<uuid:pk>"
_CAMPAIGN = "campaigns/<uuid:pk>"
_CONSENSUS = "consensus/<uuid:pk>"
_ITEM = "items/<uuid:pk>"
_ANNOTATION = "annotations/<uuid:pk>"

urlpatterns: list[URLPattern] = [
    path("home/", HomeViewSet.as_view({"get": "retrieve"})),
    path("campaigns/", CampaignViewSet.as_view({"get": "list", "post": "create"})),
    path(f"{_CAMPAIGN}/", CampaignViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path(f"{_CAMPAIGN}/close/", CampaignViewSet.as_view({"post": "close"})),
    path(f"{_CAMPAIGN}/reopen/", CampaignViewSet.as_view({"post": "reopen"})),
    path(f"{_CAMPAIGN}/samples/", CampaignViewSet.as_view({"post": "samples"})),
    path(f"{_CAMPAIGN}/claim/", CampaignViewSet.as_view({"post": "claim"})),
    path(f"{_CAMPAIGN}/claim-review/", CampaignViewSet.as_view({"post": "claim_review"})),
    path(f"{_CAMPAIGN}/review-queue/", CampaignViewSet.as_view({"get": "review_queue"})),
    path(f"{_CAMPAIGN}/progress/", CampaignViewSet.as_view({"get": "progress"})),
    path(f"{_CAMPAIGN}/active-order/", ActiveOrderViewSet.as_view({"get": "retrieve"})),
    path(f"{_CAMPAIGN}/hard-examples/", ActiveOrderViewSet.as_view({"get": "hard_examples"})),
    path(f"{_CAMPAIGN}/overview/", WorkViewSet.as_view({"get": "overview"})),
    path(f"{_CAMPAIGN}/leaderboard/", WorkViewSet.as_view({"get": "leaderboard"})),
    path(f"{_CAMPAIGN}/moves/", WorkViewSet.as_view({"post": "moves"})),
    path(f"{_CAMPAIGN}/report/csv/", WorkViewSet.as_view({"get": "report_csv"})),
    path(f"{_CAMPAIGN}/report/pdf/", WorkViewSet.as_view({"get": "report_pdf"})),
    path(f"{_CAMPAIGN}/guideline/", GuidelineViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{_CAMPAIGN}/guideline/versions/", GuidelineViewSet.as_view({"get": "versions"})),
    path(f"{_CAMPAIGN}/guideline/examples/", GuidelineViewSet.as_view({"post": "examples"})),
    path(f"{_CAMPAIGN}/learning/", LearningViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{_CAMPAIGN}/prelabels/", PrelabelViewSet.as_view({"get": "retrieve", "post": "create"})),
    path(f"{_CAMPAIGN}/weak-rules/", WeakRulesViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{_CAMPAIGN}/weak-rules/preview/", WeakRulesViewSet.as_view({"post": "preview"})),
    path(f"{_CAMPAIGN}/weak-rules/apply/", WeakRulesViewSet.as_view({"post": "apply"})),
    path(f"{_CAMPAIGN}/agreement/", AgreementViewSet.as_view({"get": "agreement"})),
    path(f"{_CAMPAIGN}/agreement/csv/", AgreementViewSet.as_view({"get": "agreement_csv"})),
    path(
        "campaigns/<uuid:campaign_id>/acceptance/",
        AcceptanceViewSet.as_view({"get": "list", "post": "create"}),
    ),
    path(f"{_ACCEPTANCE}/", AcceptanceViewSet.as_view({"get": "retrieve"})),
    path(f"{_ACCEPTANCE}/accept/", AcceptanceViewSet.as_view({"post": "accept"})),
    path(f"{_ACCEPTANCE}/return/", AcceptanceViewSet.as_view({"post": "return_all"})),
    path("campaigns/<uuid:campaign_id>/questions/", QuestionViewSet.as_view({"get": "of_campaign"})),
    path("items/<uuid:item_id>/questions/", QuestionViewSet.as_view({"get": "list", "post": "create"})),
    path(f"{_QUESTION}/comments/", QuestionViewSet.as_view({"post": "comment"})),
    path(f"{_QUESTION}/resolve/", QuestionViewSet.as_view({"post": "resolve"})),
    path(f"{_QUESTION}/reopen/", QuestionViewSet.as_view({"post": "reopen"})),
    path("campaigns/<uuid:campaign_id>/consensus/", ConsensusViewSet.as_view({"get": "list"})),
    path("campaigns/<uuid:campaign_id>/consensus/claim/", ConsensusViewSet.as_view({"post": "claim"})),
    path(f"{_CONSENSUS}/", ConsensusViewSet.as_view({"get": "retrieve"})),
    path(f"{_CONSENSUS}/release/", ConsensusViewSet.as_view({"post": "release"})),
    path(f"{_CONSENSUS}/resolve/", ConsensusViewSet.as_view({"post": "resolve"})),
    path("campaigns/<uuid:campaign_id>/items/", ItemViewSet.as_view({"get": "list"})),
    path(f"{_ITEM}/", ItemViewSet.as_view({"get": "retrieve"})),
    path(f"{_ITEM}/heartbeat/", ItemViewSet.as_view({"post": "heartbeat"})),
    path(f"{_ITEM}/release/", ItemViewSet.as_view({"post": "release"})),
    path(f"{_ITEM}/skip/", ItemViewSet.as_view({"post": "skip"})),
    path(f"{_ITEM}/requeue/", ItemViewSet.as_view({"post": "requeue"})),
    path("assist/prepare/", AssistViewSet.as_view({"post": "prepare"})),
    path("assist/segment/", AssistViewSet.as_view({"post": "segment"})),
    path(f"{_ANNOTATION}/", AnnotationViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{_ANNOTATION}/take-back/", AnnotationViewSet.as_view({"post": "take_back"})),
    path(f"{_ANNOTATION}/review/", AnnotationViewSet.as_view({"post": "review"})),
    path(f"{_ANNOTATION}/history/", AnnotationViewSet.as_view({"get": "history"})),
]
