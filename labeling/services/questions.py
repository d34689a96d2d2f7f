"""Asking about an item, answering, and calling it settled."""

import uuid
from dataclasses import dataclass

from django.db import transaction

from core.clock import utc_now
from core.errors import InvalidInput
from core.faults import fault
from core.models import User
from labeling.models import Comment, Question
from labeling.selectors.questions import item_talked_about, question_for

MAX_TEXT = 2000
MAX_THREADS = 100
MAX_COMMENTS = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about an item, about one of its shapes by id, or about a point of it in pixels."""

    item_id: uuid.UUID
    text: str
    shape: uuid.UUID | None = None
    point: tuple[float, float] | None = None


@transaction.atomic
def question_ask(user: User, ask: Ask) -> Question:
    """Begin a thread. Raises NotFound, Forbidden, InvalidInput."""
    item, access = item_talked_about(user, ask.item_id)
    access.need("label_project")
    if ask.shape is not None and ask.point is not None:
        raise InvalidInput("a question is about an object or about a point", field="point")
    if item.questions.count() >= MAX_THREADS:
        raise InvalidInput("there are too many questions about this sample already", field="text")
    now = utc_now()
    x, y = ask.point or (None, None)
    question = Question.objects.create(
        campaign_id=item.campaign_id, item=item, shape=ask.shape, x=x, y=y, author=user, created_at=now
    )
    fault("labeling.question.rows")
    Comment.objects.create(question=question, author=user, text=_text(ask.text), created_at=now)
    return question


@transaction.atomic
def comment_add(user: User, question_id: uuid.UUID, text: str) -> None:
    """Answer in a thread; one that was settled is open again by it. Raises NotFound, Forbidden, InvalidInput."""
    question, access = question_for(user, question_id)
    access.need("label_project")
    if question.comments.count() >= MAX_COMMENTS:
        raise InvalidInput("this thread is long enough; begin another one", field="text")
    Comment.objects.create(question=question, author=user, text=_text(text), created_at=utc_now())
    Question.objects.filter(pk=question.pk).update(resolved_at=None, resolved_by=None)


@transaction.atomic
def question_settle(user: User, question_id: uuid.UUID, *, is_settled: bool) -> None:
    """Call a thread settled, or open it again; to be so already changes nothing. Raises NotFound, Forbidden."""
    question, access = question_for(user, question_id)
    access.need("label_project")
    rows = Question.objects.filter(pk=question.pk, resolved_at__isnull=is_settled)
    rows.update(resolved_at=utc_now() if is_settled else None, resolved_by=user if is_settled else None)


def _text(text: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput("write a question or an answer", field="text")
    if len(text) > MAX_TEXT:
        raise InvalidInput(f"at most {MAX_TEXT} characters", field="text")
    return text
