"""How a campaign learns as it is labeled: what is missing until it does, and its rounds."""

import uuid
from math import ceil
from typing import Any, Final

from django.db.models import Sum

from core.selectors import job_render
from datasets.selectors.counters import totals_of
from datasets.selectors.schema import classes_of
from labeling.models import Campaign, Learning, LearningRound

GROWTH: Final = 1.5
FEWEST_CLASSES: Final = 2
MAX_ROUNDS: Final = 20
DEFAULT_PER_CLASS: Final = 5


def labels_by_class(dataset_id: uuid.UUID) -> dict[str, int]:
    """Class id -> samples that have it, of classes that are used. One statement."""
    return {
        key: count for key, count in totals_of(dataset_id, ("class",)).get("class", {}).items() if count > 0
    }


def is_due(campaign: Campaign, learning: Learning) -> bool:
    """Whether the labels are worth another look: enough of each class that is used, and half as many again as last time."""
    if not learning.is_on or campaign.state != Campaign.State.OPEN:
        return False
    labels = labels_by_class(campaign.dataset_id)
    if len(labels) < FEWEST_CLASSES or min(labels.values()) < learning.per_class:
        return False
    last = campaign.learning_rounds.order_by("-number").first()
    # Who switches it on again after a round that failed has mended what was wrong.
    is_mended = last is not None and last.state == "failed" and last.began_at < learning.switched_at
    if last is not None and not is_mended and sum(labels.values()) < GROWTH * last.labeled:
        return False
    return bool(campaign.counters.aggregate(n=Sum("new"))["n"])


def learning_document(campaign: Campaign) -> dict[str, Any]:
    """Whether it learns, what each class has and lacks, when the next round begins, and the rounds, newest first."""
    learning = Learning.objects.filter(campaign=campaign).first()
    per_class = learning.per_class if learning else DEFAULT_PER_CLASS
    labels = labels_by_class(campaign.dataset_id)
    rounds = list(
        campaign.learning_rounds.select_related("job", "run__model_version").order_by("-number")[:MAX_ROUNDS]
    )
    return {
        "on": bool(learning and learning.is_on),
        "per_class": per_class,
        "labeled": sum(labels.values()),
        "next_at": ceil(GROWTH * rounds[0].labeled) if rounds else None,
        "classes": [
            {
                "id": row.pk,
                "name": row.name,
                "name_zh": row.name_zh,
                "color": row.color,
                "labels": labels.get(str(row.pk), 0),
            }
            for row in classes_of(campaign.dataset_id)
        ],
        "rounds": [_render(row) for row in rounds],
    }


def _render(row: LearningRound) -> dict[str, Any]:
    made = getattr(row.run, "model_version", None)
    return {
        "number": row.number,
        "labeled": row.labeled,
        "state": row.state,
        "reason": row.reason,
        "accuracy": made.metrics.get("test", {}).get("accuracy") if made else None,
        "run": row.run_id,
        "model_version": made.pk if made else None,
        "job": job_render(row.job) if row.job else None,
        "began_at": row.began_at,
        "ended_at": row.ended_at,
    }
