"""What several people said of one sample, side by side. Never for those who answer."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.errors import InvalidInput
from core.models import User
from labeling.models import Campaign, Consensus, Item, PairCount
from labeling.selectors.access import Access, seen, with_access
from labeling.selectors.classes import relabeled


@dataclass(frozen=True, slots=True)
class Differing:
    """A cell of the tables of agreement: two people, or one person and a class, or one person."""

    one: str = ""
    other: str = ""
    label: uuid.UUID | None = None


def consensus_for(user: User, consensus_id: uuid.UUID) -> tuple[Consensus, Access]:
    """The consensus, for those who review in its project. Raises NotFound, Forbidden."""
    rows = with_access(Consensus.objects.select_related("campaign"), user, "campaign__")
    row, access = seen(rows.filter(pk=consensus_id).first(), user)
    access.need("review_project")
    return row, access


def consensus_listed(campaign: Campaign, states: Sequence[str], differing: Differing) -> QuerySet[Consensus]:
    """Samples of a campaign that several people have answered, in the states, or those where they differ."""
    rows = Consensus.objects.filter(campaign=campaign)
    if states:
        rows = rows.filter(state__in=states)
    if not (differing.one or differing.other or differing.label):
        return rows
    return rows.filter(Exists(_differing(campaign, differing).filter(consensus_id=OuterRef("pk"))))


def consensus_waiting(campaign: Campaign) -> int:
    """How many samples wait for a reviewer."""
    return Consensus.objects.filter(campaign=campaign, state__in=Consensus.WAITING).count()


def _differing(campaign: Campaign, wanted: Differing) -> QuerySet[PairCount]:
    pairs = PairCount.objects.filter(Q(left_only__gt=0) | Q(right_only__gt=0), campaign=campaign)
    for name in filter(None, (wanted.one, wanted.other)):
        person = User.objects.filter(username=name).values_list("pk", flat=True).first()
        if person is None:
            raise InvalidInput("nobody has this name", field="a" if name == wanted.one else "b")
        pairs = pairs.filter(Q(left_id=person) | Q(right_id=person))
    return pairs.filter(label=str(wanted.label)) if wanted.label else pairs


def consensus_document(row: Consensus) -> dict[str, Any]:
    """One sample with all answers to it."""
    return consensus_render([row])[0]


def consensus_render(rows: Sequence[Consensus]) -> list[dict[str, Any]]:
    """Samples with all answers to each, in two statements."""
    ids = [row.pk for row in rows]
    full = Consensus.objects.filter(pk__in=ids).select_related("sample", "decided_by", "campaign__dataset")
    found = {row.pk: row for row in full}
    schemas = {row.campaign_id: row.campaign.dataset for row in found.values()}
    answers: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for item in _items(rows):
        answers[item["sample_id"]].append(
            {
                "id": item["submission_id"],
                "author": item["submission__author__username"],
                "shapes": relabeled(schemas[item["campaign_id"]], item["submission__shapes"]),
                "seconds_spent": item["submission__seconds_spent"],
                "submitted_at": item["submission__submitted_at"],
            }
        )
    return [_rendered(found[pk], answers[found[pk].sample_id]) for pk in ids if pk in found]


def _items(rows: Sequence[Consensus]) -> QuerySet[Item, dict[str, Any]]:
    items = Item.objects.filter(
        campaign_id__in={row.campaign_id for row in rows},
        sample_id__in=[row.sample_id for row in rows],
        submission__isnull=False,
    )
    names = ("author__username", "shapes", "seconds_spent", "submitted_at")
    found: QuerySet[Item, dict[str, Any]] = items.order_by("slot").values(
        "campaign_id", "sample_id", "submission_id", *(f"submission__{name}" for name in names)
    )
    return found


def _rendered(row: Consensus, answers: list[dict[str, Any]]) -> dict[str, Any]:
    sample = row.sample
    return {
        "id": row.pk,
        "campaign": row.campaign_id,
        "state": row.state,
        "reason": row.reason,
        "revision": row.revision,
        "sample": {
            "id": sample.pk,
            "name": sample.name,
            "media_type": sample.media_type,
            "payload": sample.payload,
            "media_url": f"/media/b/{sample.sha256}?s={sample.pk}",
            "thumb_url": f"/media/t/{sample.thumb_sha256}" if sample.thumb_sha256 else None,
        },
        "shapes": relabeled(row.campaign.dataset, row.shapes),
        "answers": answers,
        "decided_by": row.decided_by.username if row.decided_by else None,
        "decided_at": row.decided_at,
    }
