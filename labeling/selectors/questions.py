"""Threads about items: who reads which, and how they look."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from core.errors import NotFound
from core.models import User
from labeling.models import Campaign, Comment, Item, Question
from labeling.selectors.access import Access, item_for


def item_talked_about(user: User, item_id: uuid.UUID) -> tuple[Item, Access]:
    """The item, for whoever views the project, holds or held it, or has answered it. Raises NotFound."""
    item, access = item_for(user, item_id)
    is_own = user.pk in (item.assignee_id, item.lease_holder_id)
    if not is_own and "view_project" not in access.permissions:
        asked = item.questions.filter(author_id=user.pk)
        if not (item.annotations.filter(author_id=user.pk).exists() or asked.exists()):
            raise NotFound
    return item, access


def question_for(user: User, question_id: uuid.UUID) -> tuple[Question, Access]:
    """The thread, for whoever reads those of its item. Raises NotFound."""
    question = questions().filter(pk=question_id).first()
    if question is None:
        raise NotFound
    _, access = item_talked_about(user, question.item_id)
    return question, access


def questions() -> QuerySet[Question]:
    """Threads with all that they show, in two statements."""
    comments = Comment.objects.select_related("author").order_by("created_at", "id")
    return Question.objects.select_related("author", "resolved_by", "item__sample").prefetch_related(
        Prefetch("comments", queryset=comments)
    )


def campaign_questions(
    user: User, campaign: Campaign, access: Access, *, only_open: bool
) -> QuerySet[Question]:
    """The threads of a campaign; annotators get those they began and those about what they hold."""
    rows = questions().filter(campaign=campaign)
    if only_open:
        rows = rows.filter(resolved_at__isnull=True)
    if "view_project" not in access.permissions:
        rows = rows.filter(Q(author_id=user.pk) | Q(item__assignee_id=user.pk))
    return rows


def questions_render(rows: Iterable[Question]) -> list[dict[str, Any]]:
    """Threads as the API shows them; the first comment is the question."""
    return [question_render(row) for row in rows]


def question_render(row: Question) -> dict[str, Any]:
    """One thread."""
    return {
        "id": row.pk,
        "campaign": row.campaign_id,
        "item": row.item_id,
        "sample": {"id": row.item.sample_id, "name": row.item.sample.name},
        "shape": row.shape,
        "point": None if row.x is None else [row.x, row.y],
        "author": row.author.username,
        "created_at": row.created_at,
        "resolved_by": row.resolved_by.username if row.resolved_by else None,
        "resolved_at": row.resolved_at,
        "comments": [
            {
                "id": one.pk,
                "author": one.author.username,
                "text": one.text,
                "created_at": one.created_at,
            }
            for one in row.comments.all()
        ],
    }
