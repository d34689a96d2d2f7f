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
    if not learning.is_on or campaign.state != Campaign.State.OPEN or campaign.gold_rate > 0:
        return False
    labels = labels_by_class(campaign.dataset_id)
    if len(labels) < FEWEST_CLASSES or min(labels.values()) < learning.per_class:
        return False
    if sum(labels.values()) < _next_at(campaign.learning_rounds.order_by("-number").first(), learning):
        return False
    return bool(campaign.counters.aggregate(n=Sum("new"))["n"])


def _next_at(last: LearningRound | None, learning: Learning | None) -> int:
    """How many labels begin the next round; who switched it on again after one that failed has mended what was wrong."""
    if last is None or (
        last.state == LearningRound.State.FAILED and learning and last.began_at < learning.switched_at
    ):
        return 0
    return ceil(GROWTH * last.labeled)


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
        "next_at": _next_at(rounds[0] if rounds else None, learning) or None,
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
