"""Handing out samples on which people do not agree, each to one reviewer at a time."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core.clock import utc_now
from core.models import User
from core.sql import is_postgresql, marks, rows_of
from labeling.models import Campaign, Consensus
from labeling.selectors.consensus import consensus_for
from labeling.services.claims import LEASE, Claimant


@transaction.atomic
def conflict_claim(campaign: Campaign, claimant: Claimant) -> list[uuid.UUID]:
    """Lease up to `count` samples that wait for a reviewer, the oldest first; their ids in order.

    None of them is in another reviewer's hands: PostgreSQL locks and skips, SQLite has one writer. What the
    claimant holds already is theirs for another while. A closed campaign still has its conflicts settled.
    """
    now, me = utc_now(), claimant.user.pk
    _keep(campaign, claimant)
    if not claimant.count:
        return []
    held = f"AND c.id NOT IN {marks(claimant.held)}" if claimant.held else ""
    lock = "FOR UPDATE OF c SKIP LOCKED" if is_postgresql() else ""
    sql = (
        "WITH free AS (SELECT c.id FROM labeling_consensus c "  # noqa: S608
        "WHERE c.campaign_id = %s AND c.state IN ('review', 'conflict') "
        f"AND (c.lease_until IS NULL OR c.lease_until < %s OR c.lease_holder_id = %s) {held} "
        f"ORDER BY c.id LIMIT %s {lock}) "
        "UPDATE labeling_consensus SET lease_holder_id = %s, lease_until = %s "
        "WHERE id IN (SELECT id FROM free) RETURNING id"
    )
    params: list[Any] = [campaign.pk, now, me, *claimant.held, claimant.count, me, now + LEASE]
    return sorted(
        row[0] if isinstance(row[0], uuid.UUID) else uuid.UUID(row[0]) for row in rows_of(sql, params)
    )


def _keep(campaign: Campaign, claimant: Claimant) -> None:
    mine = Consensus.objects.filter(campaign=campaign, lease_holder=claimant.user, pk__in=claimant.held)
    if claimant.held:
        mine.update(lease_until=utc_now() + LEASE)


@transaction.atomic
def conflict_release(reviewer: User, consensus_id: uuid.UUID) -> None:
    """Leave a sample to others; what one does not hold is left as it is. Raises NotFound, Forbidden."""
    row, _ = consensus_for(reviewer, consensus_id)
    own = Consensus.objects.filter(pk=row.pk, lease_holder=reviewer)
    own.update(lease_holder=None, lease_until=None)


def conflicts_given(ids: Sequence[uuid.UUID]) -> list[Consensus]:
    """The claimed rows in their order."""
    return list(Consensus.objects.filter(pk__in=ids).order_by("pk"))
