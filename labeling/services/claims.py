"""Handing out work: the queue, its leases, and giving work back."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core.clock import utc_now
from core.errors import InvalidInput
from core.models import User
from core.prepared import Prepared
from core.sql import is_postgresql, marks, rows_of, run_together
from labeling.models import Campaign, Item
from labeling.selectors.access import campaigns_to_label, campaigns_to_review, item_for
from labeling.services.consensus import consensus_part
from labeling.services.errors import AlreadyReviewed, LeaseLost
from labeling.services.parts import counter_part, present

LEASE = timedelta(minutes=5)
MAX_CLAIM = 20


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who asks for work, where, how much of it, and what they already have on their screen."""

    user: User
    campaign_id: uuid.UUID
    count: int
    held: Sequence[uuid.UUID] = ()


def item_claim(claimant: Claimant) -> list[uuid.UUID]:
    """Lease up to `count` items to one person, in one statement; ids in no order.

    First what is theirs already (live leases, rejected answers, drafts, what a manager gave them), then the head of
    the queue without what was given to others.
    No item is ever leased to two people: PostgreSQL locks and skips, SQLite has one writer. Empty for
    whoever may not label in the campaign, for a closed campaign and for an empty queue.
    """
    mine = (
        "i.state IN ('new', 'rejected') AND i.assignee_id = %s",
        [claimant.user.pk],
        "CASE i.state WHEN 'rejected' THEN 0 ELSE 1 END, i.priority, i.id",
    )
    fresh = (
        "i.state = 'new' AND i.given_to_id IS NULL AND (i.assignee_id IS NULL OR i.assignee_id <> %s) "
        f"AND NOT EXISTS ({_TAKEN_SLOT})",
        [claimant.user.pk, claimant.user.pk, utc_now()],
        "i.priority, i.id",
    )
    with transaction.atomic():
        return _lease(claimant, (mine, fresh), campaigns_to_label, "assignee_id = %s,")


def review_claim(claimant: Claimant, acceptance: uuid.UUID | None = None) -> list[uuid.UUID]:
    """Lease up to `count` submitted items to a reviewer: other people's first, own work last.

    With an `acceptance`, only the drawn part of that batch.
    """
    drawn, batch = "", []
    if acceptance is not None:
        drawn, batch = _DRAWN, [acceptance]
    own = (
        f"i.state = 'submitted' AND i.assignee_id = %s {drawn}",
        [claimant.user.pk, *batch],
        "i.priority, i.id",
    )
    others = (
        f"i.state = 'submitted' AND (i.assignee_id IS NULL OR i.assignee_id <> %s) {drawn}",
        [claimant.user.pk, *batch],
        "i.priority, i.id",
    )
    with transaction.atomic():
        return _lease(claimant, (others, own), campaigns_to_review, "")


@transaction.atomic
def item_heartbeat(user: User, item_id: uuid.UUID) -> datetime:
    """Keep the lease for another five minutes. Raises LeaseLost, NotFound."""
    until = utc_now() + LEASE
    if not Item.objects.filter(pk=item_id, lease_holder_id=user.pk).update(lease_until=until):
        _, access = item_for(user, item_id)
        access.need("label_project")
        raise LeaseLost("this item is no longer yours; claim again", kept=False)
    return until


@transaction.atomic
def item_release(user: User, item_id: uuid.UUID) -> None:
    """Give an item back unanswered; a draft stays with its author. Raises NotFound.

    Releasing what one no longer holds changes nothing: it has been given back already.
    """
    item, access = item_for(user, item_id, lock=True)
    access.need("label_project")
    if item.lease_holder_id != user.pk:
        return
    keeps = item.state != Item.State.NEW or item.annotations.filter(author_id=user.pk).exists()
    item.lease_holder, item.lease_until = None, None
    if not keeps:
        item.assignee_id = item.given_to_id
    item.save(update_fields=["lease_holder", "lease_until", "assignee"])


@transaction.atomic
def item_skip(user: User, item_id: uuid.UUID, reason: str) -> uuid.UUID:
    """Set an item aside with a reason; the id of its campaign.

    Raises NotFound, Forbidden, InvalidInput, LeaseLost, AlreadyReviewed.
    """
    if not reason.strip():
        raise InvalidInput("say in a few words why you skip this", field="reason")
    item, access = item_for(user, item_id, lock=True)
    access.need_label()
    if item.state == Item.State.SKIPPED and item.assignee_id == user.pk:
        return item.campaign_id
    if item.assignee_id != user.pk or is_leased_to_another(item, user):
        raise LeaseLost("this item is no longer yours; claim again", kept=False)
    if item.state not in (Item.State.NEW, Item.State.REJECTED):
        raise AlreadyReviewed("this item is answered already", state=item.state)
    _move(item, Item.State.SKIPPED, skip_reason=reason.strip(), done_at=utc_now())
    return item.campaign_id


@transaction.atomic
def item_requeue(user: User, item_id: uuid.UUID) -> None:
    """Put a skipped or rejected item back for anybody to answer. Raises NotFound, Forbidden, Conflict."""
    item, access = item_for(user, item_id, lock=True)
    access.need("curate_project")
    if item.state == Item.State.NEW:
        return
    if item.state not in (Item.State.SKIPPED, Item.State.REJECTED):
        raise AlreadyReviewed("only a skipped or rejected item can go back into the queue", state=item.state)
    item.assignee, item.given_to = None, None
    _move(item, Item.State.NEW, skip_reason="", done_at=None)


def is_leased_to_another(item: Item, user: User) -> bool:
    """Whether somebody else holds a live lease on the item."""
    return (
        item.lease_holder_id not in (None, user.pk)
        and item.lease_until is not None
        and item.lease_until > utc_now()
    )


def _move(item: Item, state: str, *, skip_reason: str, done_at: datetime | None) -> None:
    is_end = state == Item.State.SKIPPED
    parts = present(counter_part(item, state), consensus_part(item) if is_end else None)
    if parts:
        run_together(parts, step="labeling.move")
    item.state, item.skip_reason, item.done_at = state, skip_reason, done_at
    item.lease_holder, item.lease_until = None, None
    item.save()


# Another slot of the same sample is this person's, or a lower one is still free: that one goes first.
_TAKEN_SLOT = (
    "SELECT 1 FROM labeling_item o WHERE o.campaign_id = i.campaign_id AND o.sample_id = i.sample_id "
    "AND o.slot <> i.slot AND (o.assignee_id = %s OR (o.slot < i.slot AND o.state = 'new' "
    "AND o.given_to_id IS NULL AND (o.lease_until IS NULL OR o.lease_until < %s)))"
)

_DRAWN = (
    "AND i.id IN (SELECT a.item_id FROM labeling_acceptanceitem a WHERE a.acceptance_id = %s AND a.is_drawn)"
)

_Source = tuple[str, list[Any], str]


_Campaigns = Callable[[User], QuerySet[Campaign]]


def _open(campaigns: _Campaigns, user: User, campaign_id: uuid.UUID) -> QuerySet[Campaign, Any]:
    """The campaign that a person asks for, where they may work in it and it is open."""
    return campaigns(user).filter(pk=campaign_id, state=Campaign.State.OPEN).order_by().values("pk")


@cache
def _open_known(campaigns: _Campaigns) -> Prepared:
    return Prepared(lambda user_id, pk: _open(campaigns, User(pk=user_id), pk), uuid.UUID, uuid.UUID)


def _open_sql(campaigns: _Campaigns, claimant: Claimant) -> tuple[str, Sequence[Any]]:
    user = claimant.user
    # Of a site administrator nothing is asked that would name them.
    if user.is_superuser:
        return _open(campaigns, user, claimant.campaign_id).query.sql_with_params()
    return _open_known(campaigns).statement(user.pk, claimant.campaign_id)


def _lease(
    claimant: Claimant, sources: tuple[_Source, _Source], open_to: _Campaigns, also_set: str
) -> list[uuid.UUID]:
    now, me = utc_now(), claimant.user.pk
    allowed_sql, allowed_params = _open_sql(open_to, claimant)
    lock = "FOR UPDATE OF i SKIP LOCKED" if is_postgresql() else ""
    held = f"AND i.id NOT IN {marks(claimant.held)}" if claimant.held else ""
    texts: list[str] = []
    params: list[Any] = []
    for (condition, values, order), limit in zip(sources, _LIMITS, strict=True):
        texts.append(
            f"(SELECT i.id FROM labeling_item i WHERE i.campaign_id = ({allowed_sql}) AND {condition} "  # noqa: S608
            f"AND (i.lease_until IS NULL OR i.lease_until < %s OR i.lease_holder_id = %s) {held} "
            f"ORDER BY {order} LIMIT {limit} {lock})"
        )
        params += [*allowed_params, *values, now, me, *claimant.held, claimant.count]
    sql = (
        f"WITH one AS {texts[0]}, two AS {texts[1]} "  # noqa: S608
        f"UPDATE labeling_item SET {also_set} lease_holder_id = %s, lease_until = %s "
        "WHERE id IN (SELECT id FROM one UNION ALL SELECT id FROM two) RETURNING id"
    )
    params += [*([me] if also_set else []), me, now + LEASE]
    return [row[0] if isinstance(row[0], uuid.UUID) else uuid.UUID(row[0]) for row in rows_of(sql, params)]


_LIMITS = ("%s", "(%s - (SELECT count(*) FROM one))")
