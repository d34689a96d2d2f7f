"""Batches of submitted answers and what the drawn part of each shows."""

import uuid
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.errors import NotFound
from core.models import User
from labeling.lots import error_interval
from labeling.models import Acceptance, AcceptanceItem, Campaign, Item, Review
from labeling.selectors.access import Access, seen, with_access

_JUDGED: Final = Q(verdict__isnull=False)
_WRONG: Final = Q(verdict__in=(Review.Verdict.REJECT, Review.Verdict.FIX))


class Judged(NamedTuple):
    """How many of the drawn answers of a batch were judged, and how many of those were not right."""

    judged: int
    wrong: int


def acceptance_for(user: User, acceptance_id: uuid.UUID) -> tuple[Acceptance, Access]:
    """The batch with its campaign and what `user` may do there. Raises NotFound."""
    rows = with_access(with_judged(Acceptance.objects.select_related("campaign")), user, "campaign__")
    row, access = seen(rows.filter(pk=acceptance_id).first(), user)
    if "view_project" not in access.permissions:
        raise NotFound
    return row, access


def acceptances_listed(campaign: Campaign) -> QuerySet[Acceptance]:
    """The batches of a campaign."""
    return with_judged(Acceptance.objects.filter(campaign=campaign))


def with_judged(rows: QuerySet[Acceptance]) -> QuerySet[Acceptance]:
    """Annotate batches with how many of the drawn answers were judged, and how many of those were not right.

    The verdict is the reviewer's on the revision that was drawn: a fix, too, says that the answer was wrong.
    """
    said = _drawn().filter(acceptance_id=OuterRef("pk")).order_by().values("acceptance_id")

    def count(which: Q) -> Coalesce:
        counted = said.annotate(n=Count("pk", filter=which)).values("n")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

    return rows.select_related("created_by", "decided_by").annotate(
        n_judged=count(_JUDGED),
        n_wrong=count(_WRONG),
    )


def judged_of(acceptance: Acceptance) -> Judged:
    """The same two counts of one batch, as they stand now."""
    counted = _drawn().filter(acceptance=acceptance)
    return Judged(
        **counted.aggregate(judged=Count("pk", filter=_JUDGED), wrong=Count("pk", filter=_WRONG)),
    )


def _drawn() -> QuerySet[AcceptanceItem]:
    """Drawn answers with their `verdict`."""
    judged = Review.objects.filter(annotation_id=OuterRef("annotation_id"), revision=OuterRef("revision"))
    return AcceptanceItem.objects.filter(is_drawn=True).annotate(
        verdict=Subquery(judged.values("verdict")[:1])
    )


def acceptances_render(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Batches as the API shows them: never with the seed, nor with what was drawn."""
    return [_render(row) for row in rows]


def _render(row: Any) -> dict[str, Any]:
    low, high = error_interval(row.n_wrong, row.n_judged)
    return {
        "id": row.pk,
        "campaign": row.campaign_id,
        "number": row.number,
        "state": row.state,
        "size": row.size,
        "drawn": row.drawn,
        "judged": row.n_judged,
        "wrong": row.n_wrong,
        "error_rate": {
            "value": row.n_wrong / row.n_judged if row.n_judged else None,
            "low": low,
            "high": high,
            "samples": row.n_judged,
        },
        "reason": row.reason,
        "moved": row.moved,
        "created_by": row.created_by.username,
        "created_at": row.created_at,
        "decided_by": row.decided_by.username if row.decided_by else None,
        "decided_at": row.decided_at,
    }


def drawn_items(campaign: Campaign, acceptance_id: uuid.UUID) -> QuerySet[AcceptanceItem, Any]:
    """The ids of the items that were drawn in a batch of this campaign."""
    rows: QuerySet[AcceptanceItem, Any] = AcceptanceItem.objects.filter(
        acceptance_id=acceptance_id, acceptance__campaign_id=campaign.pk, is_drawn=True
    ).values("item_id")
    return rows


def undecided(acceptance: Acceptance) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Item and annotation of what still waits in a batch as it was when it was begun, in a fixed order."""
    rows = acceptance.rows.filter(item__state=Item.State.SUBMITTED).order_by("item_id")
    return list(rows.values_list("item_id", "annotation_id"))
