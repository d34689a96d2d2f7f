"""A reviewer decides what the answers of several people come to."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core.clock import utc_now
from core.errors import InvalidInput, NotFound, StaleRevision
from core.models import User
from core.sql import run_together
from datasets.services.annotation_parts import NewAnnotation, annotation_parts
from labeling.geometry.shapes import check_complete
from labeling.models import Consensus, Item
from labeling.selectors.classes import relabeled, unknown_classes, unknown_relations
from labeling.selectors.consensus import consensus_for
from labeling.services.classes import check_asked, shapes_sent
from labeling.services.consensus import consensus_row_part, sample_locked, shapes_named_anew
from labeling.services.errors import NotSettled, ShapeIdTaken


@dataclass(frozen=True, slots=True)
class Resolution:
    """One of the answers by its id, or an answer of the reviewer's own; `revision` is what they looked at."""

    consensus_id: uuid.UUID
    revision: int
    annotation_id: uuid.UUID | None = None
    shapes: Any = None


@transaction.atomic
def consensus_resolve(reviewer: User, resolution: Resolution) -> None:
    """Make one answer the sample's. The answers keep what they say and can no longer be changed.

    Raises NotFound, Forbidden, NotSettled while answers are being compared, StaleRevision when another
    reviewer was first, InvalidInput, ShapeRefused, ShapeIdTaken.
    """
    seen, access = consensus_for(reviewer, resolution.consensus_id)
    access.need("review_project")
    item = sample_locked(seen.campaign_id, seen.sample_id)
    row = Consensus.objects.select_related("campaign__dataset").filter(pk=seen.pk).first()
    if row is None or item is None:
        raise NotFound
    if row.state == Consensus.State.DUE:
        raise NotSettled("the answers are being compared; try again in a few seconds", state=row.state)
    if row.revision != resolution.revision:
        raise StaleRevision(
            "somebody has decided this meanwhile", current={"revision": row.revision, "state": row.state}
        )
    shapes = _shapes(row, item, resolution)
    gone = unknown_classes(row.campaign.dataset, {shape["label"] for shape in shapes})
    if gone:
        raise InvalidInput(
            "a class of this answer no longer exists; give another answer",
            field="shapes",
            classes=sorted(gone),
        )
    if lost := unknown_relations(row.campaign.dataset, shapes):
        raise InvalidInput(
            "a relation type of this answer no longer exists; give another answer",
            field="shapes",
            relations=sorted(lost),
        )
    decided = consensus_row_part(
        row, Consensus.State.RESOLVED, row.reason, shapes, pattern=row.pattern, by=reviewer.pk
    )
    new = NewAnnotation(shapes, "reviewed", "human", reviewer.pk, utc_now())
    parts = [decided, *annotation_parts(item.sample, new)]
    counts = run_together(parts, step="labeling.resolve")
    if counts.get("sample_shapes", len(shapes)) != len(shapes):
        raise ShapeIdTaken("the id of a shape is used by another sample; make a new one", field="shapes")


def _shapes(row: Consensus, item: Item, resolution: Resolution) -> Sequence[dict[str, Any]]:
    if resolution.annotation_id is not None:
        items = Item.objects.filter(campaign_id=row.campaign_id, sample_id=row.sample_id)
        chosen = items.filter(submission_id=resolution.annotation_id)
        stored = chosen.values_list("submission__shapes", flat=True).first()
        if stored is None:
            raise InvalidInput("choose one of the answers to this sample", field="annotation")
        return shapes_named_anew(row, relabeled(row.campaign.dataset, stored))
    shapes = shapes_sent(row.campaign, item.sample.payload, resolution.shapes)
    check_complete(shapes, row.campaign.task)
    check_asked(row.campaign.dataset, shapes)
    return [shape.as_json() for shape in shapes]
