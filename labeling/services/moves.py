"""Moving work from one person, or from the pool, to another."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from core.errors import InvalidInput
from core.faults import fault
from core.models import User
from core.services import audit
from labeling.models import Campaign, CampaignCounter, Item
from labeling.selectors.access import campaigns_to_label
from labeling.selectors.overview import untouched
from labeling.services.errors import CampaignClosed

MAX_MOVED = 500


@dataclass(frozen=True, slots=True)
class Move:
    """From whom (None: the pool) to whom (None: back into the pool), how many, and of which items (none: of all).

    What somebody has begun (on their screen, with a draft, or sent back to them) stays theirs unless `begun`.
    """

    giver: str | None
    taker: str | None
    count: int = MAX_MOVED
    items: Sequence[uuid.UUID] = ()
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """How many items moved, and how many of them somebody had begun."""

    moved: int
    begun: int


@transaction.atomic
def items_move(*, actor: User, campaign: Campaign, move: Move) -> Moved:
    """Give up to `count` open items to one person, who alone is handed them then; the next ones in the queue first.

    Nothing that was drawn is lost: drafts stay with their authors, and who submits late is told so (LeaseLost) with
    the work kept as a draft. What was sent back is asked anew. Raises InvalidInput, CampaignClosed.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.state == Campaign.State.CLOSED:
        raise CampaignClosed("this campaign is closed; open it again before you move work", kept=True)
    if move.giver == move.taker:
        raise InvalidInput("work moves from one person to another", field="to")
    giver, taker = _person(move.giver, "from"), _taker(campaign, move.taker)
    rows = movable(campaign, giver, begun=move.begun)
    if move.items:
        rows = rows.filter(pk__in=list(move.items))
    if taker is not None:
        other = Item.objects.filter(campaign_id=campaign.pk, sample_id=OuterRef("sample_id"))
        rows = rows.exclude(Exists(other.filter(assignee_id=taker.pk)))
    chosen = _one_a_sample(rows, move.count)
    begun = _begun(chosen)
    _write(campaign, chosen, taker)
    fault("labeling.moved.rows")
    audit.record(
        actor,
        "labeling.items.moved",
        campaign,
        project=campaign.project_id,
        giver=move.giver,
        taker=move.taker,
        items=len(chosen),
        begun=begun,
    )
    return Moved(len(chosen), begun)


def movable(campaign: Campaign, giver: User | None, *, begun: bool) -> QuerySet[Item]:
    """Open items of one person, or those of nobody, that may be moved."""
    rows = Item.objects.filter(campaign_id=campaign.pk, assignee=giver)
    if begun:
        return rows.filter(state__in=(Item.State.NEW, Item.State.REJECTED))
    return rows.filter(untouched(), state=Item.State.NEW)


def _one_a_sample(rows: QuerySet[Item], count: int) -> list[Item]:
    """The head of the queue, locked. One slot of a sample at most: nobody answers twice. Who is just being saved is left out."""
    locked = rows.select_for_update(of=("self",), skip_locked=True).order_by("priority", "id")
    chosen: dict[uuid.UUID, Item] = {}
    for item in locked[: min(count, MAX_MOVED)]:
        chosen.setdefault(item.sample_id, item)
    return list(chosen.values())


def _begun(chosen: Sequence[Item]) -> int:
    ids = [item.pk for item in chosen]
    return Item.objects.filter(pk__in=ids).exclude(untouched(), state=Item.State.NEW).count()


def _write(campaign: Campaign, chosen: Sequence[Item], taker: User | None) -> None:
    returned = Counter(item.shard for item in chosen if item.state == Item.State.REJECTED)
    Item.objects.filter(pk__in=[item.pk for item in chosen]).update(
        assignee=taker,
        given_to=taker,
        lease_holder=None,
        lease_until=None,
        state=Item.State.NEW,
        submission=None,
        done_at=None,
    )
    for shard, count in sorted(returned.items()):
        counter = CampaignCounter.objects.filter(campaign=campaign, shard=shard)
        counter.update(new=F("new") + count, rejected=F("rejected") - count)


def _person(username: str | None, field: str) -> User | None:
    if username is None:
        return None
    person = User.objects.filter(username=username).first()
    if person is None:
        raise InvalidInput("nobody has this name", field=field)
    return person


def _taker(campaign: Campaign, username: str | None) -> User | None:
    person = _person(username, "to")
    if person is None:
        return None
    if not person.is_active or not campaigns_to_label(person).filter(pk=campaign.pk).exists():
        raise InvalidInput(
            "only people of this campaign can be given work; add them to it first",
            field="to",
            unable=[username],
        )
    return person
