"""Campaigns with their totals, as lists and single pages read them."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.clock import utc_now
from core.models import User
from datasets.selectors.schema import schema_render
from labeling.models import Campaign, CampaignAssignee, CampaignCounter, Consensus, Item
from labeling.selectors.access import Access, JoinedText, campaigns_visible_to, seen, with_access

COUNTED = ("new", "submitted", "accepted", "rejected", "skipped")


def campaigns_listed(
    user: User,
    *,
    project: uuid.UUID | None = None,
    dataset: uuid.UUID | None = None,
    states: Sequence[str] = (),
) -> QuerySet[Campaign]:
    """Campaigns `user` may know of, with everything `campaign_render` shows, in one statement."""
    rows = with_totals(with_access(campaigns_visible_to(user), user), user)
    wanted = {"project_id": project, "dataset_id": dataset, "state__in": states}
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def with_totals(rows: QuerySet[Campaign], user: User) -> QuerySet[Campaign]:
    """Annotate campaigns with counts, assignees and the user's own share."""
    counters = CampaignCounter.objects.filter(campaign_id=OuterRef("pk")).order_by().values("campaign_id")
    items = Item.objects.filter(campaign_id=OuterRef("pk")).order_by().values("campaign_id")
    leased = items.filter(state=Item.State.NEW, lease_until__gt=utc_now())
    own = items.filter(assignee_id=user.pk)
    people = CampaignAssignee.objects.filter(campaign_id=OuterRef("pk")).order_by().values("campaign_id")
    return rows.annotate(
        **{f"n_{name}": _number(counters.annotate(total=Sum(name)).values("total")) for name in COUNTED},
        n_conflicts=_number(_waiting().annotate(total=Count("pk")).values("total")),
        n_leased=_number(leased.annotate(total=Count("pk")).values("total")),
        mine_open=_number(own.filter(_IN_HAND).annotate(total=Count("pk")).values("total")),
        mine_done=_number(own.filter(_DONE).annotate(total=Count("pk")).values("total")),
        assignee_names=Subquery(people.annotate(names=JoinedText("user__username")).values("names")),
    )


def _waiting() -> QuerySet[Any, Any]:
    """What several people answered and a reviewer shall decide."""
    rows = Consensus.objects.filter(campaign_id=OuterRef("pk"), state__in=Consensus.WAITING)
    waiting: QuerySet[Any, Any] = rows.order_by().values("campaign_id")
    return waiting


_IN_HAND = Q(state__in=(Item.State.NEW, Item.State.REJECTED))
_DONE = Q(state__in=(Item.State.SUBMITTED, Item.State.ACCEPTED, Item.State.SKIPPED))


def campaign_document(user: User, campaign_id: uuid.UUID) -> dict[str, Any]:
    """One campaign as `campaign_render` shows it, with the label schema. Raises NotFound."""
    rows = with_totals(with_access(Campaign.objects.select_related("dataset"), user), user)
    row, access = seen(rows.filter(pk=campaign_id).first(), user)
    return {**campaign_render(row, access), "label_schema": schema_render(row.dataset)}


def campaign_left(user: User, campaign_id: uuid.UUID) -> tuple[Campaign, Access, int]:
    """The campaign, the user's access and how many items are still open, in one statement. Raises NotFound."""
    counters = CampaignCounter.objects.filter(campaign_id=OuterRef("pk")).order_by().values("campaign_id")
    left = _number(counters.annotate(total=Sum("new")).values("total"))
    rows = with_access(Campaign.objects.annotate(n_left=left), user)
    row, access = seen(rows.filter(pk=campaign_id).first(), user)
    return row, access, row.n_left


def campaign_render(row: Any, access: Access) -> dict[str, Any]:
    """A campaign as the API shows it."""
    counts = {name: getattr(row, f"n_{name}") for name in COUNTED}
    total = sum(counts.values())
    counts["new"] = max(counts["new"] - row.n_leased, 0)
    # Whoever only answers must not find out which samples are known, nor that some are.
    is_told = not row.gold_rate or "view_project" in access.permissions
    return {
        "id": row.pk,
        "project": row.project_id,
        "dataset": row.dataset_id,
        "name": row.name,
        "task": row.task,
        "selection": row.selection if is_told else {"filter": row.selection.get("filter", "all")},
        "assignees": sorted((row.assignee_names or "").split(",")) if row.assignee_names else [],
        "overlap": row.overlap,
        "review": {"rate": row.review_rate},
        "consensus": {"method": row.consensus, "quorum": row.quorum, "min_iou": row.min_iou},
        "conflicts": row.n_conflicts if "review_project" in access.permissions else 0,
        "gold": {"rate": row.gold_rate if is_told else 0.0},
        "order": row.order,
        "guideline": row.guideline,
        "guideline_number": row.guideline_number,
        "due": row.due,
        "state": row.state,
        "counts": {"total": total, "leased": row.n_leased, **counts},
        "mine": {"open": row.mine_open, "done": row.mine_done},
        "may": {
            "label": access.may_label and row.state == Campaign.State.OPEN,
            "review": "review_project" in access.permissions,
            "manage": "curate_project" in access.permissions,
        },
        "created_at": row.created_at,
        "closed_at": row.closed_at,
    }


def _number(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)
