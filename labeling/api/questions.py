"""`/items/{id}/questions/`, `/campaigns/{id}/questions/` and `/questions/`."""

import uuid

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.queries import choices_of
from core.api.views import StudioViewSet
from labeling.api import work_shapes as shapes
from labeling.api.rules import RULES
from labeling.selectors.access import campaign_for
from labeling.selectors.questions import (
    campaign_questions,
    item_talked_about,
    question_for,
    question_render,
    questions,
    questions_render,
)
from labeling.services.questions import Ask, comment_add, question_ask, question_settle


class QuestionViewSet(StudioViewSet):
    """Threads about items."""

    resource = "questions"
    rules = RULES

    @extend_schema(responses=shapes.QuestionsShape)
    def list(self, request: Request, item_id: uuid.UUID) -> Response:
        """All threads about one item, the oldest first."""
        item, _ = item_talked_about(self.user, item_id)
        rows = questions().filter(item_id=item.pk).order_by("created_at", "id")
        return Response({"results": questions_render(rows)})

    @extend_schema(request=shapes.QuestionForm, responses={201: shapes.QuestionShape})
    def create(self, request: Request, item_id: uuid.UUID) -> Response:
        """Ask about an item, one of its objects or a point of it."""
        self.scoped()
        sent = accepted(shapes.QuestionForm, request.data)
        point = sent["point"]
        ask = Ask(item_id, sent["text"], sent["shape"], (point[0], point[1]) if point else None)
        return self.created(self._document(question_ask(self.user, ask).pk))

    @extend_schema(
        parameters=[OpenApiParameter("state", OpenApiTypes.STR, enum=["open"])],
        responses=paged(shapes.QuestionShape),
    )
    def of_campaign(self, request: Request, campaign_id: uuid.UUID) -> Response:
        """The threads of a campaign, the newest first; annotators get their own."""
        campaign, access = campaign_for(self.user, campaign_id)
        only_open = bool(choices_of(request, "state", ["open"]))
        rows = campaign_questions(self.user, campaign, access, only_open=only_open)
        return page(request, rows, render=questions_render, ordering=("-id",))

    @extend_schema(request=shapes.CommentForm, responses=shapes.QuestionShape)
    def comment(self, request: Request, pk: uuid.UUID) -> Response:
        """Answer in a thread; that opens it again."""
        self.scoped()
        comment_add(self.user, pk, accepted(shapes.CommentForm, request.data)["text"])
        return Response(self._document(pk))

    @extend_schema(request=None, responses=shapes.QuestionShape)
    def resolve(self, request: Request, pk: uuid.UUID) -> Response:
        """Call a thread settled."""
        self.scoped()
        question_settle(self.user, pk, is_settled=True)
        return Response(self._document(pk))

    @extend_schema(request=None, responses=shapes.QuestionShape)
    def reopen(self, request: Request, pk: uuid.UUID) -> Response:
        """It is not settled."""
        self.scoped()
        question_settle(self.user, pk, is_settled=False)
        return Response(self._document(pk))

    def _document(self, pk: uuid.UUID) -> dict[str, object]:
        question, _ = question_for(self.user, pk)
        return question_render(question)
