"""A campaign as who runs it sees it: burn-down, pace, rework, balance, and how people do."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from core.clock import utc_now
from core.models import User
from datasets.selectors.label_counts import label_counts
from labeling.models import Annotation, CampaignAssignee, Item, Question, Review
from labeling.selectors.campaigns import campaign_document
from labeling.selectors.progress import RECENT_ANSWERS, done_per_day, forecast_of

MAX_DAYS = 180
# Today and the six days before it.
WEEK = timedelta(days=6)
_DONE = ("submitted", "accepted", "skipped")
_ANSWERED = ("submitted", "accepted")


def campaign_overview(user: User, campaign_id: uuid.UUID) -> dict[str, Any]:
    """Everything the manager's page shows but agreement, which has figures of its own. Days are UTC."""
    document = campaign_document(user, campaign_id)
    counts = document["counts"]
    left = counts["new"] + counts["leased"] + counts["rejected"]
    days = done_per_day(campaign_id)
    recent = _recent(campaign_id)
    people = leaderboard(campaign_id, recent)
    found = forecast_of(left, days)
    answers, returned = (sum(row[name] for row in people) for name in ("answers", "sent_back"))
    return {
        "counts": counts,
        "left": left,
        "due": document["due"],
        "due_state": due_state(document["due"], left, found),
        "burn_down": burn_down(document["created_at"].date(), counts["total"], days),
        "forecast": found,
        "median_seconds": median([seconds for _, seconds in recent]) if recent else None,
        "answers": answers,
        "sent_back": returned,
        "fixed": sum(row["fixed"] for row in people),
        "rework_rate": returned / answers if answers else None,
        "balance": label_counts(document["dataset"], _labeled(campaign_id)),
        "questions": Question.objects.filter(campaign_id=campaign_id, resolved_at__isnull=True).count(),
        "pool": _free(campaign_id).count(),
        "people": people,
    }


def leaderboard(
    campaign_id: uuid.UUID, recent: Iterable[tuple[str, float]] | None = None
) -> list[dict[str, Any]]:
    """Everybody who works or worked here, by name: what they have in hand, have done, and what came back.

    By name and not by rank: who orders people by a figure shall do so on purpose.
    """
    seconds: dict[str, list[float]] = {}
    for name, spent in _recent(campaign_id) if recent is None else recent:
        seconds.setdefault(name, []).append(spent)
    held, said = _held(campaign_id), _said(campaign_id)
    given = CampaignAssignee.objects.filter(campaign_id=campaign_id).values_list("user__username", flat=True)
    return [
        {
            "username": name,
            **{key: held.get(name, {}).get(key, 0) for key in _HELD},
            **{key: said.get(name, {}).get(key, 0) for key in ("answers", "sent_back", "fixed")},
            "rework_rate": _share(said.get(name)),
            "median_seconds": median(seconds[name]) if name in seconds else None,
            "last_at": said.get(name, {}).get("last_at"),
        }
        for name in sorted({*held, *said, *given})
    ]


def untouched() -> Q:
    """Items that nobody has on the screen and that whoever has them now has not drawn anything on."""
    own = Annotation.objects.filter(item_id=OuterRef("pk"), author_id=OuterRef("assignee_id"))
    return (Q(lease_until__isnull=True) | Q(lease_until__lt=utc_now())) & ~Q(Exists(own))


def due_state(due: datetime | None, left: int, found: Mapping[str, Any] | None) -> str:
    """How a due date stands: `none`, `done`, `late`, `at_risk` (the interval reaches past it), `on_time`, `unknown`."""
    if due is None:
        return "none"
    if left == 0:
        return "done"
    if due < utc_now():
        return "late"
    if found is None:
        return "unknown"
    last = due.astimezone(UTC).date()
    if found["done_on"] > last:
        return "late"
    return "at_risk" if found["latest"] is None or found["latest"] > last else "on_time"


def burn_down(begun: date, total: int, days: Mapping[date, int]) -> list[dict[str, Any]]:
    """What was done on each day and what was left at its end, of the items that there are today; `MAX_DAYS` at most."""
    today = utc_now().date()
    first = min(begun, min(days, default=today), today)
    first = max(first, today - timedelta(days=MAX_DAYS - 1))
    left = total - sum(count for day, count in days.items() if day < first)
    rows: list[dict[str, Any]] = []
    for at in range((today - first).days + 1):
        day = first + timedelta(days=at)
        left -= days.get(day, 0)
        rows.append({"day": day, "done": days.get(day, 0), "left": left})
    return rows


_HELD = ("in_hand", "movable", "begun", "done", "accepted", "rejected", "skipped", "week")


def _held(campaign_id: uuid.UUID) -> dict[str, dict[str, int]]:
    since = datetime.combine(utc_now().date() - WEEK, time.min, UTC)
    rows = Item.objects.filter(campaign_id=campaign_id, assignee_id__isnull=False).order_by()
    rows = rows.annotate(at=Coalesce("submission__submitted_at", "done_at"))
    found = rows.values("assignee__username").annotate(
        in_hand=Count("pk", filter=Q(state__in=("new", "rejected"))),
        movable=Count("pk", filter=Q(state="new") & untouched()),
        done=Count("pk", filter=Q(state__in=_DONE)),
        accepted=Count("pk", filter=Q(state="accepted")),
        rejected=Count("pk", filter=Q(state="rejected")),
        skipped=Count("pk", filter=Q(state="skipped")),
        week=Count("pk", filter=Q(state__in=_DONE, at__gte=since)),
    )
    return {
        row["assignee__username"]: {**row, "begun": row["in_hand"] - row["movable"]}
        for row in found.values("assignee__username", *(name for name in _HELD if name != "begun"))
    }


def _said(campaign_id: uuid.UUID) -> dict[str, dict[str, Any]]:
    judged = Review.objects.filter(annotation_id=OuterRef("pk"))
    came_back = Q(Exists(judged.filter(verdict=Review.Verdict.REJECT)))
    rows = Annotation.objects.filter(Q(submitted_at__isnull=False) | came_back, campaign_id=campaign_id)
    found = rows.order_by().values("author__username")
    return {
        row["author__username"]: dict(row)
        for row in found.annotate(
            answers=Count("pk"),
            sent_back=Count("pk", filter=came_back),
            fixed=Count("pk", filter=Q(Exists(judged.filter(verdict=Review.Verdict.FIX)))),
            last_at=Max("submitted_at"),
        )
    }


def _share(said: Mapping[str, Any] | None) -> float | None:
    return said["sent_back"] / said["answers"] if said and said["answers"] else None


def _recent(campaign_id: uuid.UUID) -> list[tuple[str, float]]:
    answers = Annotation.objects.filter(campaign_id=campaign_id, submitted_at__isnull=False)
    rows = answers.order_by("-submitted_at").values_list("author__username", "seconds_spent")
    return list(rows[:RECENT_ANSWERS])


def _labeled(campaign_id: uuid.UUID) -> QuerySet[Item, Any]:
    rows: QuerySet[Item, Any] = Item.objects.filter(campaign_id=campaign_id, state__in=_ANSWERED).values(
        "sample_id"
    )
    return rows


def _free(campaign_id: uuid.UUID) -> QuerySet[Item]:
    rows = Item.objects.filter(campaign_id=campaign_id, state=Item.State.NEW, assignee_id__isnull=True)
    return rows.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=utc_now()))
