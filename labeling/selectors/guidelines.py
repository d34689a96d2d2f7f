"""Guidelines with their examples, as people read them beside their work."""

import uuid
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from core.errors import NotFound
from core.models import User
from labeling.models import Campaign, GuidelineExample, GuidelineVersion, Item
from labeling.selectors.access import Access, campaign_for, campaigns_visible_to
from labeling.selectors.classes import relabeled
from labeling.selectors.queue import sample_render

_SAMPLE = (
    "sample_id",
    *(f"sample__{name}" for name in ("name", "sha256", "thumb_sha256", "media_type", "payload")),
)


def guideline_document(user: User, campaign_id: uuid.UUID, number: int | None = None) -> dict[str, Any]:
    """The guideline in force, or as it stood as version `number`, with its examples. Raises NotFound.

    Version 0 is the empty one of a campaign for which none was written. Three statements at most.
    """
    campaign, access = campaign_for(user, campaign_id)
    asked = campaign.guideline_number if number is None else number
    version = campaign.guidelines.select_related("author").filter(number=asked).first()
    if version is None and asked != 0:
        raise NotFound
    return {
        "number": asked,
        "newest": campaign.guideline_number,
        "text": version.text if version else "",
        "examples": _examples(campaign, version.examples if version else [], access),
        "author": version.author.username if version else None,
        "written_at": version.written_at if version else None,
    }


def guideline_versions(user: User, campaign_id: uuid.UUID) -> QuerySet[GuidelineVersion]:
    """Every version of a campaign's guideline. Raises NotFound."""
    campaign, _ = campaign_for(user, campaign_id)
    return campaign.guidelines.select_related("author").defer("text")


def versions_render(rows: Sequence[GuidelineVersion]) -> list[dict[str, Any]]:
    """Versions as a list shows them."""
    return [
        {
            "number": row.number,
            "author": row.author.username,
            "written_at": row.written_at,
            "examples": len(row.examples),
        }
        for row in rows
    ]


def examples_readable_by(user: User) -> QuerySet[GuidelineExample]:
    """Examples of campaigns that `user` may know of; what lies in the bin is shown to nobody."""
    return GuidelineExample.objects.filter(
        campaign__in=campaigns_visible_to(user).values("pk"), sample__dataset_id=F("campaign__dataset_id")
    )


def numbers_at(campaign_id: uuid.UUID, moments: Sequence[Any]) -> list[int]:
    """Which version was in force at each moment; 0: none."""
    rows = GuidelineVersion.objects.filter(campaign_id=campaign_id).order_by("number")
    numbers, begun = [0], []
    for number, written_at in rows.values_list("number", "written_at"):
        numbers.append(number)
        begun.append(written_at)
    return [numbers[bisect_right(begun, moment)] for moment in moments]


def items_wanted() -> QuerySet[Item]:
    """Items, of whichever campaign, that somebody shall still answer alone."""
    return Item.objects.filter(
        state__in=(Item.State.NEW, Item.State.REJECTED), campaign__state=Campaign.State.OPEN
    )


def _examples(campaign: Campaign, shown: Sequence[dict[str, str]], access: Access) -> list[dict[str, Any]]:
    """Examples in their order; one whose sample is gone, or lies in the bin, is left out.

    So is one whose sample has come back into a queue, but for those who write the guideline or judge answers.
    """
    if not shown:
        return []
    there = campaign.examples.filter(sample__dataset_id=campaign.dataset_id)
    if not access.permissions & {"curate_project", "review_project"}:
        there = there.exclude(Exists(items_wanted().filter(sample_id=OuterRef("sample_id"))))
    rows = there.filter(pk__in=[one["id"] for one in shown]).values("id", "shapes", *_SAMPLE)
    found = {str(row["id"]): row for row in rows}
    return [
        {
            "id": one["id"],
            "kind": one["kind"],
            "note": one["note"],
            "sample": sample_render(found[one["id"]]),
            "shapes": relabeled(campaign.dataset, found[one["id"]]["shapes"]),
        }
        for one in shown
        if one["id"] in found
    ]
