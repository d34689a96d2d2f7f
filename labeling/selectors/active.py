"""What an active order rests on, and what it is worth."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from datasets.selectors.labels import labels_of
from labeling.active.honest import share_with_interval
from labeling.models import ActiveRound, Campaign, Item

MARGIN: Final = 0.2


def active_order(campaign: Campaign) -> dict[str, Any]:
    """The newest round of a campaign, and how right the studio was about samples that came in by chance.

    `state`: `off` where the order is another; `waiting` for vectors; `typical` as long as there are too few labels to
    doubt by; `doubt`.
    """
    if campaign.order != Campaign.Order.ACTIVE:
        return {"state": "off", "round": None, "honest": None}
    rounds = list(campaign.active_rounds.order_by("-number"))
    if not rounds:
        return {"state": "waiting", "round": None, "honest": None}
    newest = rounds[0]
    shown = {
        "number": newest.number,
        "made_at": newest.made_at,
        "answered": newest.answered,
        "labeled": newest.labeled,
        "asked": len(newest.asked),
        "accuracy": newest.accuracy,
        "wrong": newest.wrong,
        "wrong_by_chance": newest.wrong_by_chance,
    }
    state = "typical" if newest.accuracy is None else "doubt"
    return {"state": state, "round": shown, "honest": _honest(rounds)}


def hard_examples(campaign: Campaign, most: int) -> list[dict[str, Any]]:
    """Samples of the newest round nobody has answered, the most doubtful first, with the reasons."""
    newest = campaign.active_rounds.order_by("-number").first()
    asked = [] if newest is None else [row for row in newest.asked if "doubt" in row]
    open_rows = campaign.items.filter(state=Item.State.NEW, sample__in=[row["sample"] for row in asked])
    samples = {
        pk: {"id": pk, "name": name, "thumb_url": f"/media/t/{thumb}" if thumb else None}
        for pk, name, thumb in open_rows.values_list("sample_id", "sample__name", "sample__thumb_sha256")
    }
    asked.sort(key=lambda row: -row["doubt"])
    waiting = [(samples.get(uuid.UUID(row["sample"])), row) for row in asked]
    return [_example(sample, row) for sample, row in waiting if sample is not None][:most]


def _example(sample: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    (first, share), *others = row["told"]
    reasons = []
    if others and share - others[0][1] < MARGIN:
        reasons.append("low_margin")
    if row["near"] != first:
        reasons.append("neighbors_differ")
    return {
        "sample": sample,
        "doubt": row["doubt"],
        "told": [{"label": label, "share": part} for label, part in row["told"]],
        "near": row["near"],
        "reasons": reasons,
    }


def _honest(rounds: Sequence[ActiveRound]) -> dict[str, Any] | None:
    """Of the samples drawn by chance that have a class by now: how many the studio had told right before."""
    told = {
        sample: label for row in reversed(rounds) for sample, label in row.drawn.items() if label is not None
    }
    said = labels_of([uuid.UUID(sample) for sample in told])
    if not said:
        return None
    right = sum(str(label) == told[str(sample)] for sample, label in said.items())
    share, low, high = share_with_interval(right, len(said))
    return {"right": right, "answered": len(said), "share": share, "low": low, "high": high}
