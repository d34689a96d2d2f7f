"""How a campaign goes: totals, people, days, and when it will be done."""

import uuid
from collections import defaultdict
from datetime import UTC, date, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate

from core.clock import utc_now
from core.models import User
from core.selectors import jobs_visible_to
from labeling.models import (
    Annotation,
    AnnotationEvent,
    Campaign,
    CampaignAssignee,
    CampaignCounter,
    Consensus,
    Item,
)
from labeling.pace import forecast
from labeling.selectors.access import (
    access_of,
    campaigns_to_label,
    campaigns_to_review,
    campaigns_visible_to,
    with_access,
)
from labeling.selectors.campaigns import campaign_document, campaign_render, with_totals
from labeling.selectors.guidelines import numbers_at

RECENT_ANSWERS = 2000
RECENT_DAYS = 30


def campaign_progress(user: User, campaign_id: uuid.UUID, *, only_own: bool) -> dict[str, Any]:
    """Counts, median seconds an answer, per person, per day (UTC), forecast; `only_own` hides other people."""
    counts = campaign_document(user, campaign_id)["counts"]
    answers = Annotation.objects.filter(campaign_id=campaign_id, submitted_at__isnull=False)
    if only_own:
        answers = answers.filter(author_id=user.pk)
    recent = list(
        answers.order_by("-submitted_at").values_list("author__username", "seconds_spent")[:RECENT_ANSWERS]
    )
    days = _per_day(answers)
    left = counts["new"] + counts["leased"] + counts["rejected"]
    return {
        "counts": counts,
        "median_seconds": median(seconds for _, seconds in recent) if recent else None,
        "per_assignee": _per_person(campaign_id, recent, user if only_own else None),
        "per_day": [{"day": day, "submitted": n} for day, n in sorted(days.items())],
        "forecast": None if only_own else forecast_of(left, done_per_day(campaign_id)),
    }


def _per_day(answers: Any) -> dict[date, int]:
    since = utc_now() - timedelta(days=RECENT_DAYS)
    rows = answers.filter(submitted_at__gte=since).order_by().annotate(day=TruncDate("submitted_at"))
    return dict(rows.values("day").annotate(n=Count("pk")).values_list("day", "n"))


def _per_person(
    campaign_id: uuid.UUID, recent: list[tuple[str, float]], only: User | None
) -> list[dict[str, Any]]:
    items = Item.objects.filter(campaign_id=campaign_id, assignee_id__isnull=False)
    if only is not None:
        items = items.filter(assignee_id=only.pk)
    rows = items.order_by().values_list("assignee__username", "state").annotate(n=Count("pk"))
    people: dict[str, dict[str, int]] = defaultdict(dict)
    for name, state, n in rows:
        people[name][state] = n
    seconds: dict[str, list[float]] = defaultdict(list)
    for name, spent in recent:
        seconds[name].append(spent)
    return [
        {
            "username": name,
            "open": states.get("new", 0),
            **{state: states.get(state, 0) for state in ("submitted", "accepted", "rejected", "skipped")},
            "median_seconds": median(seconds[name]) if seconds[name] else None,
        }
        for name, states in sorted(people.items())
    ]


def done_per_day(campaign_id: uuid.UUID) -> dict[date, int]:
    """How many items were done on each day (UTC): by their answer, or when they were set aside."""
    done = Item.objects.filter(campaign_id=campaign_id, state__in=("submitted", "accepted", "skipped"))
    day = TruncDate(Coalesce("submission__submitted_at", "done_at"), tzinfo=UTC)
    rows = done.order_by().annotate(day=day).filter(day__isnull=False).values("day")
    return dict(rows.annotate(n=Count("pk")).values_list("day", "n"))


def forecast_of(left: int, days: dict[date, int]) -> dict[str, Any] | None:
    """When `left` items will be done at the pace of `days`. None: too little to tell."""
    found = forecast(left, days, utc_now().date())
    if found is None:
        return None
    return {
        "remaining": found.remaining,
        "per_day": found.per_day if left else None,
        "done_on": found.done_on,
        "earliest": found.earliest,
        "latest": found.latest,
    }


def annotation_history(annotation: Annotation) -> list[dict[str, Any]]:
    """Every step of an annotation, oldest first, each with the version of the guideline it was made under."""
    rows = AnnotationEvent.objects.filter(annotation_id=annotation.pk).order_by("revision")
    names = ("revision", "action", "actor__username", "shapes", "reason", "at")
    steps = list(rows.values_list(*names))
    numbers = numbers_at(annotation.campaign_id, [step[-1] for step in steps])
    return [
        {
            "revision": revision,
            "guideline": number,
            "action": action,
            "actor": actor,
            "shapes": shapes,
            "reason": reason,
            "at": at,
        }
        for (revision, action, actor, shapes, reason, at), number in zip(steps, numbers, strict=True)
    ]


def labeling_home(user: User, limit: int = 20) -> dict[str, Any]:
    """What waits for one person: where to continue, how many reviews, which campaigns are open."""
    rows = with_access(campaigns_visible_to(user).filter(state=Campaign.State.OPEN), user)
    listed = with_totals(rows, user).order_by("-created_at", "-id")[:limit]
    campaigns = [campaign_render(row, access_of(row, user)) for row in listed]
    return {
        "continue": _continue(user),
        "reviews_waiting": _reviews_waiting(user),
        "running_jobs": jobs_visible_to(user).filter(state__in=("queued", "running")).count(),
        "campaigns": campaigns,
    }


def _continue(user: User) -> dict[str, Any] | None:
    """The campaign one labeled in last, else one that was given to one, else any that has work left."""
    own = Annotation.objects.filter(author_id=user.pk, campaign_id=OuterRef("pk")).order_by("-saved_at")
    rows = with_totals(campaigns_to_label(user).filter(state=Campaign.State.OPEN), user).annotate(
        touched_at=Subquery(own.values("saved_at")[:1]),
        is_given=Exists(CampaignAssignee.objects.filter(campaign_id=OuterRef("pk"), user_id=user.pk)),
    )
    with_work = rows.filter(Q(n_new__gt=0) | Q(n_rejected__gt=0))
    row: Any = with_work.order_by(F("touched_at").desc(nulls_last=True), "-is_given", "-created_at").first()
    if row is None:
        return None
    left = row.n_new + row.n_rejected
    return {"campaign": row.pk, "name": row.name, "open": left, "mine": row.mine_open}


def _reviews_waiting(user: User) -> int:
    campaigns = campaigns_to_review(user).filter(state=Campaign.State.OPEN).values("pk")
    rows = CampaignCounter.objects.filter(campaign__in=campaigns)
    conflicts = Consensus.objects.filter(campaign__in=campaigns, state__in=Consensus.WAITING)
    return int(rows.aggregate(total=Sum("submitted"))["total"] or 0) + conflicts.count()
