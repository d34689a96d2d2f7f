"""Samples whose answer is known, mixed into a campaign: drawn when it begins, scored when they are settled."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from core.errors import InvalidInput
from datasets.geometry.placing import ONE_CLASS_TASKS
from datasets.shape_json import ShapesJson, shapes_from_rows
from labeling.consensus.matching import counts_by_class
from labeling.geometry.shapes import Canvas, Shape, shapes_from_json
from labeling.models import Campaign, Consensus, Gold, GoldCount

MAX_GOLD = 1000
Known = Mapping[uuid.UUID, Sequence[dict[str, Any]]]


class NothingKnown(InvalidInput):
    """The data set has no reviewed samples outside of the selection."""

    code = "nothing_known"


def gold_drawn(dataset: Any, selected: QuerySet[Any, Any], rate: float) -> Known:
    """Reviewed samples outside of the selection with their labels, so many that they are `rate` (0 to 0.5) of all.

    By chance, `MAX_GOLD` at most; fewer where there are not so many. Raises NothingKnown where there are none.
    """
    count = selected.count() if rate else 0
    if not count:
        return {}
    wanted = min(MAX_GOLD, max(1, round(count * rate / (1 - rate))))
    reviewed = dataset.samples.filter(state="reviewed").exclude(pk__in=selected.values("id"))
    rows = reviewed.order_by("?").values_list("id", ShapesJson("id"))[:wanted]
    found = {pk: shapes_from_rows(said) for pk, said in rows}
    known = {pk: said for pk, said in found.items() if said or dataset.task not in ONE_CLASS_TASKS}
    if not known:
        raise NothingKnown("review some samples outside of the selection first", field="gold")
    return known


def with_gold(dataset: Any, selected: QuerySet[Any, Any], known: Known) -> QuerySet[Any, Any]:
    """The selection together with the known samples, as the queue is written from."""
    if not known:
        return selected
    rows = dataset.samples.order_by().filter(Q(pk__in=selected.values("id")) | Q(pk__in=list(known)))
    both: QuerySet[Any, Any] = rows.values("id", "imported_at", "name")
    return both


def gold_keep(campaign: Campaign, known: Known) -> None:
    """Write down what is known, as it is now."""
    rows = [Gold(campaign=campaign, sample_id=pk, shapes=list(shapes)) for pk, shapes in known.items()]
    Gold.objects.bulk_create(rows, batch_size=200)


def known_answer() -> Subquery:
    """What is known of the sample of a consensus; null where nothing is."""
    rows = Gold.objects.filter(campaign_id=OuterRef("campaign_id"), sample_id=OuterRef("sample_id"))
    return Subquery(rows.values("shapes")[:1])


def gold_score(
    row: Consensus, known: Sequence[dict[str, Any]], answers: Iterable[tuple[uuid.UUID, Sequence[Shape]]]
) -> None:
    """Compare every person's answer with what is known; scoring again changes nothing."""
    GoldCount.objects.filter(consensus=row).delete()
    truth = shapes_from_json(known, Canvas(row.campaign.task))
    scores: list[GoldCount] = []
    for person, shapes in answers:
        counts = counts_by_class(truth, shapes, row.campaign.min_iou)
        found = {label: (n.both, n.left_only, n.right_only) for label, n in counts.items()}
        for label, (shared, missed, extra) in (found or {"": (1, 0, 0)}).items():
            scores.append(
                GoldCount(
                    campaign_id=row.campaign_id,
                    consensus=row,
                    person_id=person,
                    label=label,
                    shared=shared,
                    missed=missed,
                    extra=extra,
                )
            )
    GoldCount.objects.bulk_create(scores)
