"""The head of a queue put in order by what the answers so far leave in doubt, again and again as answers come.

Nothing waits for it and nothing is lost with it: the order is a number in each item, written ahead for the next ones
only. Whoever dies over it leaves the queue as it was.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max, Min, OuterRef, Q, Subquery, Sum

from core.clock import utc_now
from core.sql import bind
from datasets.geometry.placing import ONE_CLASS_TASKS
from datasets.selectors.labels import labels_known
from datasets.selectors.vectors import vectors_of
from labeling.active.order import UNKNOWN, Asked, Flags, Floats, Numbers, asked_next, narrower
from labeling.models import ActiveRound, Campaign, CampaignCounter, Item
from labeling.models.item import FIRST

# Beginning from so many: more would be no better judged, and takes longer.
POOL: Final = 20_000
LABELS: Final = 10_000
FEWEST, MOST, SHARE = 16, 200, 0.1
KEPT: Final = 20


def rounds_due() -> list[uuid.UUID]:
    """Open campaigns whose answers tell something new since they were put in order, or that never were."""
    newest = ActiveRound.objects.filter(campaign=OuterRef("pk")).order_by("-number").values("answered")[:1]
    counted = CampaignCounter.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign_id")
    answered = counted.annotate(n=Sum(F("submitted") + F("accepted") + F("rejected") + F("skipped"))).values(
        "n"
    )
    left = counted.annotate(n=Sum("new")).values("n")
    there = Campaign.objects.filter(project__deleted_at__isnull=True, dataset__deleted_at__isnull=True)
    rows = there.filter(order=Campaign.Order.ACTIVE, state=Campaign.State.OPEN).annotate(
        before=Subquery(newest), answered=Subquery(answered), left=Subquery(left)
    )
    found = rows.filter(left__gt=0).order_by("pk").values_list("pk", "before", "answered")
    return [pk for pk, before, now in found if before is None or now - before >= step_of(before)]


def step_of(answered: int) -> int:
    """After how many more answers a queue is put in order again: a tenth, from 16 to 200."""
    return int(min(MOST, max(FEWEST, SHARE * answered)))


def round_make(campaign_id: uuid.UUID) -> ActiveRound | None:
    """Put the next items of a campaign in order; None where its data set has no vectors yet or nothing is open."""
    campaign = Campaign.objects.select_related("dataset").get(pk=campaign_id)
    answered = _answered(campaign)
    matter = _matter_of(campaign)
    if matter is None:
        return None
    number = (campaign.active_rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    count = 2 * step_of(answered) * (1 if campaign.overlap == 1 else campaign.overlap)
    classes = len(matter.classes)
    asked = asked_next(matter.vectors, matter.labels, matter.is_open, classes, count, seed=number)
    if not len(asked.rows):
        return None
    try:
        with transaction.atomic():
            items_reorder(campaign, [matter.ids[row] for row in asked.rows.tolist()])
            made = ActiveRound.objects.create(
                campaign=campaign,
                number=number,
                made_at=utc_now(),
                answered=answered,
                labeled=int((matter.labels != UNKNOWN).sum()),
                **_told(matter, asked),
            )
    except IntegrityError:  # Another worker was quicker; its order stands.
        return None
    old = ActiveRound.objects.filter(campaign=campaign, number__lte=number - KEPT)
    old.delete()
    return made


@dataclass(frozen=True, slots=True)
class _Matter:
    """Rows that have a vector: samples that are open, and samples whose class is known."""

    ids: list[uuid.UUID]
    vectors: Floats
    labels: Numbers
    is_open: Flags
    classes: list[uuid.UUID]


def _matter_of(campaign: Campaign) -> _Matter | None:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=utc_now())
    queue = campaign.items.filter(free, state=Item.State.NEW, assignee__isnull=True)
    in_order = queue.order_by("priority", "id").values_list("sample_id", flat=True)
    waiting = set(in_order[: POOL * campaign.overlap])
    classes: list[uuid.UUID] = []
    said: dict[uuid.UUID, uuid.UUID] = {}
    if campaign.task in ONE_CLASS_TASKS:
        said = labels_known(campaign.dataset_id, LABELS)
        classes = sorted(set(said.values()))
    wanted = list(waiting | said.keys())
    found, vectors = vectors_of(campaign.dataset_id, wanted, narrower)
    if not found:
        return None
    number = {pk: index for index, pk in enumerate(classes)}
    labels = np.array([number[said[pk]] if pk in said else UNKNOWN for pk in found], np.int64)
    is_open = np.array([pk in waiting for pk in found], np.bool_) & (labels == UNKNOWN)
    return _Matter(found, vectors, labels, is_open, classes)


def _told(matter: _Matter, asked: Asked) -> dict[str, Any]:
    """What a round says of itself: the reasons of each sample, and what the labels can do so far."""
    rows = asked.rows.tolist()
    if asked.head is None:
        drawn = {
            str(matter.ids[row]): None
            for row, is_drawn in zip(rows, asked.by_chance, strict=True)
            if is_drawn
        }
        return {"asked": [{"sample": str(matter.ids[row])} for row in rows], "drawn": drawn}
    shares = asked.head.probabilities(matter.vectors[asked.rows])
    near = asked.neighbors(matter.vectors, matter.labels)
    told: list[dict[str, Any]] = []
    by_chance: dict[str, str] = {}
    for place, row in enumerate(rows):
        likeliest = np.argsort(-shares[place], kind="stable")[:2].tolist()
        named = [[str(matter.classes[index]), round(float(shares[place, index]), 4)] for index in likeliest]
        told.append(
            {
                "sample": str(matter.ids[row]),
                "doubt": round(float(asked.doubt[place]), 4),
                "told": named,
                "near": str(matter.classes[near[place]]),
            }
        )
        if asked.by_chance[place]:
            by_chance[str(matter.ids[row])] = str(named[0][0])
    everywhere = asked.head.probabilities(matter.vectors[matter.is_open])
    return {
        "asked": told,
        "drawn": by_chance,
        "accuracy": asked.head.accuracy,
        "wrong": float((1 - shares.max(axis=1)).mean()),
        "wrong_by_chance": float((1 - everywhere.max(axis=1)).mean()),
    }


def _answered(campaign: Campaign) -> int:
    done = F("submitted") + F("accepted") + F("rejected") + F("skipped")
    return int(campaign.counters.aggregate(n=Sum(done))["n"] or 0)


def items_reorder(campaign: Campaign, samples: Sequence[uuid.UUID]) -> None:
    """Put these samples in front of all that is open, in their order; what somebody holds stays where it is.

    What a manager asked for first stays in front of them.
    """
    open_items = campaign.items.filter(state=Item.State.NEW, priority__gte=FIRST)
    first = open_items.aggregate(first=Min("priority"))["first"] or 0
    base = first - len(samples) * campaign.overlap
    rows = [
        tuple(bind(value) for value in (base + slot * len(samples) + place, campaign.pk, sample, slot, FIRST))
        for slot in range(campaign.overlap)
        for place, sample in enumerate(samples)
    ]
    # Whoever else writes several of them goes by their ids, too.
    rows.sort(key=lambda row: str(row[2]))
    with connection.cursor() as cursor:
        cursor.executemany(_REORDER, rows)


_REORDER = (
    "UPDATE labeling_item SET priority = %s "
    "WHERE campaign_id = %s AND sample_id = %s AND slot = %s AND state = 'new' AND assignee_id IS NULL "
    "AND priority >= %s"
)
