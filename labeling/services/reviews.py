"""A reviewer's verdict."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from core.clock import utc_now
from core.errors import InvalidInput, NotFound, StaleRevision
from core.ids import uuid7
from core.models import User
from core.sql import Part, run_together
from datasets.services.annotation_parts import NewAnnotation, annotation_parts, state_parts
from labeling.geometry.shapes import check_complete
from labeling.models import Annotation, AnnotationEvent, Item, Review
from labeling.selectors.access import item_for
from labeling.selectors.classes import relabeled, unknown_classes
from labeling.services.annotate import Saved
from labeling.services.claims import is_leased_to_another
from labeling.services.classes import check_asked, shapes_sent
from labeling.services.consensus import decides_together
from labeling.services.errors import DecidedTogether, NotSubmitted, ReasonRequired, UnderReview
from labeling.services.parts import (
    AnnotationRow,
    ItemChange,
    annotation_document,
    annotation_part,
    check_written,
    counter_part,
    event_part,
    item_part,
    present,
)

_ACTIONS = {
    Review.Verdict.ACCEPT: AnnotationEvent.Action.ACCEPTED,
    Review.Verdict.REJECT: AnnotationEvent.Action.REJECTED,
    Review.Verdict.FIX: AnnotationEvent.Action.FIXED,
}


@dataclass(frozen=True, slots=True)
class Judgment:
    """What a reviewer says of an annotation; `revision` is the one they looked at, if they name it."""

    annotation_id: uuid.UUID
    verdict: str
    reason: str = ""
    shapes: Any = None
    revision: int | None = None


@transaction.atomic
def annotation_review(reviewer: User, judgment: Judgment) -> Saved:
    """Accept, reject (back to its author, with the reason) or fix (accept with other shapes).

    Raises NotFound, Forbidden, ReasonRequired, DecidedTogether, NotSubmitted, UnderReview, StaleRevision, ShapeRefused.
    """
    if judgment.verdict == Review.Verdict.REJECT and not judgment.reason.strip():
        raise ReasonRequired("say what is wrong, so that it can be done better", field="reason")
    item_id = Annotation.objects.filter(pk=judgment.annotation_id).values_list("item_id", flat=True).first()
    if item_id is None:
        raise NotFound
    item, access = item_for(reviewer, item_id, lock=True)
    annotation = Annotation.objects.get(pk=judgment.annotation_id)
    if "view_project" not in access.permissions and annotation.author_id != reviewer.pk:
        raise NotFound
    access.need("review_project")
    if decides_together(item.campaign):
        raise DecidedTogether("the answers to this sample are settled together; choose among them there")
    _check_can_be_judged(item, annotation, judgment, reviewer)
    return verdict_write(item, annotation, judgment, reviewer)


def verdict_write(
    item: Item, annotation: Annotation, judgment: Judgment, reviewer: User, *, is_looked_at: bool = True
) -> Saved:
    """Write a verdict on a locked item. Raises ShapeRefused, InvalidInput, LostRace.

    What is accepted without a look (with its batch) is accepted and no more: nobody has reviewed that sample.
    """
    row = _judged(item, annotation, judgment)
    is_rejected = judgment.verdict == Review.Verdict.REJECT
    state = Item.State.REJECTED if is_rejected else Item.State.ACCEPTED
    change = ItemChange(state, {"lease_holder_id": None, "lease_until": None, "done_at": row.at})
    parts = present(
        annotation_part(item, row),
        event_part(row, _ACTIONS[Review.Verdict(judgment.verdict)], reviewer.pk),
        item_part(item, change),
        counter_part(item, state),
    )
    if is_looked_at or is_rejected:
        parts += [
            _review_part(annotation, judgment, reviewer, row),
            *_sample_parts(item, row, judgment, reviewer),
        ]
    counts = run_together(parts, step="labeling.review")
    check_written(counts, len(row.shapes))
    return Saved(row.id, item.campaign_id, row.revision, row.state, state, row.at)


def _check_can_be_judged(item: Item, annotation: Annotation, judgment: Judgment, reviewer: User) -> None:
    judged = (Annotation.State.SUBMITTED, Annotation.State.ACCEPTED)
    if item.submission_id != annotation.pk or annotation.state not in judged:
        raise NotSubmitted("this answer is not submitted", state=annotation.state)
    if is_leased_to_another(item, reviewer):
        raise UnderReview("another reviewer is looking at this answer")
    if judgment.revision is not None and judgment.revision != annotation.revision:
        current = annotation_document(annotation, item.campaign.dataset)
        raise StaleRevision("the answer was changed meanwhile", current=current)


def _judged(item: Item, annotation: Annotation, judgment: Judgment) -> AnnotationRow:
    rejected = judgment.verdict == Review.Verdict.REJECT
    row = AnnotationRow(
        id=annotation.pk,
        author_id=annotation.author_id,
        base_revision=annotation.revision,
        state=Annotation.State.REJECTED if rejected else Annotation.State.ACCEPTED,
        shapes=relabeled(item.campaign.dataset, annotation.shapes),
        at=utc_now(),
        seconds_spent=annotation.seconds_spent,
        digest=annotation.digest,
        verdict=judgment.verdict,
        reason=judgment.reason.strip(),
        submitted_at=annotation.submitted_at,
    )
    if judgment.verdict != Review.Verdict.FIX:
        return row
    shapes = shapes_sent(item.campaign, item.sample.payload, judgment.shapes)
    check_complete(shapes, item.campaign.task)
    gone = unknown_classes(item.campaign.dataset, {shape.label for shape in shapes})
    if gone:
        raise InvalidInput(
            "a class of this fix no longer exists; choose another one", field="shapes", classes=sorted(gone)
        )
    check_asked(item.campaign.dataset, shapes)
    return replace(row, shapes=[shape.as_json() for shape in shapes])


def _review_part(annotation: Annotation, judgment: Judgment, reviewer: User, row: AnnotationRow) -> Part:
    return Part(
        "review",
        "INSERT INTO labeling_review (id, annotation_id, reviewer_id, verdict, reason, revision, created_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (uuid7(), annotation.pk, reviewer.pk, judgment.verdict, row.reason, annotation.revision, row.at),
    )


def _sample_parts(item: Item, row: AnnotationRow, judgment: Judgment, reviewer: User) -> list[Part]:
    """The answer that a reviewer accepts becomes the sample's, whichever slot it was given in."""
    if judgment.verdict == Review.Verdict.REJECT:
        return state_parts(item.sample, "rejected") if item.slot == 0 else []
    if judgment.verdict == Review.Verdict.ACCEPT and item.slot == 0:
        return state_parts(item.sample, "reviewed")
    return annotation_parts(item.sample, NewAnnotation(row.shapes, "reviewed", "human", reviewer.pk, row.at))
