"""Saving an answer: never lost, never doubled, never over somebody else's."""

import hashlib
import logging
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from core.clock import utc_now
from core.errors import DomainError, InvalidInput, NotFound, StaleRevision
from core.models import User
from core.prepared import Prepared
from core.sql import Part, as_json, run_together
from datasets.services.annotation_parts import NewAnnotation, annotation_parts, state_parts
from labeling.geometry.shapes import Shape, check_complete
from labeling.models import Annotation, AnnotationEvent, Campaign, Item, Review
from labeling.selectors.access import annotation_for, item_for
from labeling.selectors.classes import unknown_classes
from labeling.services.claims import LEASE, is_leased_to_another
from labeling.services.classes import check_asked, shapes_sent
from labeling.services.consensus import consensus_part, decides_together
from labeling.services.errors import (
    AlreadyReviewed,
    CampaignClosed,
    LeaseLost,
    SaveContested,
    UnderReview,
)
from labeling.services.parts import (
    AnnotationRow,
    ItemChange,
    LostRace,
    annotation_document,
    annotation_part,
    check_written,
    counter_part,
    event_part,
    item_part,
    present,
)
from labeling.services.sampling import is_sampled

DRAFT, SUBMITTED = Annotation.State.DRAFT, Annotation.State.SUBMITTED
MAX_SECONDS = 86_400.0
ATTEMPTS = 3
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Save:
    """What a client sends to keep: the revision it has seen (0: none) and the whole answer."""

    annotation_id: uuid.UUID
    item_id: uuid.UUID
    revision: int
    state: str
    shapes: Any
    seconds_spent: float = 0.0

    @property
    def digest(self) -> str:
        """The same for a repeated request, different for any other."""
        parts = [str(self.item_id), self.revision, self.state, self.shapes, self.seconds_spent]
        return hashlib.sha256(as_json(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Saved:
    """How the answer stands after a save; `findings` say why a submission was kept as a draft."""

    id: uuid.UUID
    campaign_id: uuid.UUID
    revision: int
    state: str
    item_state: str
    saved_at: datetime
    findings: tuple[dict[str, Any], ...] = ()


def annotation_save(user: User, save: Save) -> Saved:
    """Keep an answer as a draft or submit it. Repeating the call changes nothing and answers the same.

    Raises NotFound, Forbidden, ShapeRefused, ShapeIdTaken; StaleRevision when `revision` is not the
    present one; SaveContested; AlreadyReviewed, UnderReview; LeaseLost and CampaignClosed after keeping the
    work as the author's draft; of a submission AttributeMissing, AttributeInvalid, KeypointsMismatch. A class
    that is gone turns a submission into a draft with a finding.
    """
    if save.state not in (DRAFT, SUBMITTED):
        raise InvalidInput("a save is draft or submitted", field="state")
    saved, refusal = _save_in_the_end(user, save)
    if refusal is not None:
        raise refusal
    return saved


def annotation_take_back(user: User, annotation_id: uuid.UUID) -> Saved:
    """Turn an unreviewed submission into a draft again, under a new lease. Repeatable.

    Raises NotFound, AlreadyReviewed, UnderReview, LeaseLost, CampaignClosed.
    """
    seen, _ = annotation_for(user, annotation_id)
    if seen.author_id != user.pk:
        raise NotFound
    with transaction.atomic():
        item, access = item_for(user, seen.item_id, lock=True)
        access.need_label()
        annotation = Annotation.objects.get(pk=annotation_id)
        if annotation.state in (DRAFT, Annotation.State.REJECTED):
            return _as_saved(annotation, item)
        refusal = _refusal(item, annotation, user)
        if refusal is not None:
            raise refusal
        row = AnnotationRow(
            id=annotation.pk,
            author_id=user.pk,
            base_revision=annotation.revision,
            state=DRAFT,
            shapes=annotation.shapes,
            at=utc_now(),
            seconds_spent=annotation.seconds_spent,
        )
        return _keep_in_hand(item, row, user, AnnotationEvent.Action.TAKEN_BACK)


def _save_in_the_end(user: User, save: Save) -> tuple[Saved, DomainError | None]:
    lost: Exception | None = None
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _save(user, save)
        except (LostRace, IntegrityError) as exc:
            lost = exc
    logger.warning("a save lost every race", exc_info=lost)
    raise SaveContested("others wrote at the same moment; send this again") from lost


def _save(user: User, save: Save) -> tuple[Saved, DomainError | None]:
    item, access = item_for(user, save.item_id, lock=True)
    access.need_label()
    existing = _existing(user, save, item)
    if existing is not None and existing.digest == save.digest:
        return _replayed(existing, item, save), None
    if save.revision != (existing.revision if existing else 0) or (
        existing and existing.pk != save.annotation_id
    ):
        raise StaleRevision(
            "this answer was changed elsewhere; nothing was overwritten",
            current=annotation_document(existing, item.campaign.dataset) if existing else None,
        )
    shapes = shapes_sent(item.campaign, item.sample.payload, save.shapes)
    row = AnnotationRow(
        id=save.annotation_id,
        author_id=user.pk,
        base_revision=save.revision,
        state=DRAFT,
        shapes=[shape.as_json() for shape in shapes],
        at=utc_now(),
        seconds_spent=min(max(save.seconds_spent, 0.0), MAX_SECONDS),
        digest=save.digest,
        verdict=existing.verdict if existing else "",
        reason=existing.reason if existing else "",
    )
    refusal = _refusal(item, existing, user)
    if refusal is not None:
        return _keep_aside(item, row, user, refusal), refusal
    findings = _findings(item, shapes) if save.state == SUBMITTED else ()
    if save.state == DRAFT or findings:
        kept = _keep_in_hand(item, row, user, AnnotationEvent.Action.DRAFTED)
        return replace(kept, findings=findings), None
    check_complete(shapes, item.campaign.task)
    check_asked(item.campaign.dataset, shapes)
    return _submit(item, row, user), None


# An answer of this name, and the one that its author has to the item already.
_SAME: Final = Prepared(
    lambda pk, item_id, author_id: (
        Annotation.objects.filter(pk=pk) | Annotation.objects.filter(item_id=item_id, author_id=author_id)
    ),
    uuid.UUID,
    uuid.UUID,
    uuid.UUID,
)


def _existing(user: User, save: Save, item: Item) -> Annotation | None:
    rows: dict[uuid.UUID, Annotation] = {
        row.pk: row for row in _SAME.found(save.annotation_id, item.pk, user.pk)
    }
    annotation = rows.get(save.annotation_id)
    if annotation is None:
        return next(iter(rows.values()), None)
    if annotation.author_id != user.pk:
        raise NotFound
    if annotation.item_id != item.pk:
        raise InvalidInput("this annotation belongs to another item", field="item")
    return annotation


def _refusal(item: Item, existing: Annotation | None, user: User) -> DomainError | None:
    """Why the author may not change the answer now; LeaseLost and CampaignClosed still keep the work."""
    if item.assignee_id != user.pk:
        return LeaseLost("somebody else has this item now; your work is kept as a draft", kept=True)
    is_decided = existing is not None and (
        existing.state == Annotation.State.ACCEPTED or getattr(item, "is_resolved", False)
    )
    if existing is not None and is_decided:
        raise AlreadyReviewed(
            "a reviewer has accepted this answer",
            current=annotation_document(existing, item.campaign.dataset),
        )
    if item.state == Item.State.SUBMITTED and is_leased_to_another(item, user):
        raise UnderReview("a reviewer is looking at this answer; try again in a few minutes")
    if item.state == Item.State.SUBMITTED and getattr(item, "is_in_batch", False):
        raise UnderReview("this answer belongs to a batch that is being judged; it stays as it is until then")
    if is_leased_to_another(item, user):
        return LeaseLost("somebody else has this item now; your work is kept as a draft", kept=True)
    if item.campaign.state == Campaign.State.CLOSED:
        if existing is not None and existing.state == SUBMITTED:
            raise CampaignClosed("this campaign is closed; your submitted answer stands", kept=False)
        return CampaignClosed("this campaign is closed; your work is kept as a draft", kept=True)
    return None


def _keep_aside(item: Item, row: AnnotationRow, user: User, refusal: DomainError) -> Saved:
    refusal.params["current"] = {"id": row.id, "revision": row.revision, "state": DRAFT, "saved_at": row.at}
    _write([annotation_part(item, row), event_part(row, AnnotationEvent.Action.DRAFTED, user.pk)], row)
    return Saved(row.id, item.campaign_id, row.revision, DRAFT, item.state, row.at)


def _keep_in_hand(item: Item, row: AnnotationRow, user: User, action: str) -> Saved:
    state = item.state if item.state == Item.State.REJECTED else Item.State.NEW
    columns: dict[str, Any] = {"lease_holder_id": user.pk, "lease_until": row.at + LEASE}
    if item.state != state:
        columns |= {"submission_id": None, "done_at": None, "skip_reason": ""}
    returns = item.state in (Item.State.SUBMITTED, Item.State.ACCEPTED)
    begins = item.sample.state == "unlabeled"
    # Where answers are settled together, one that is taken back changes nothing before it is given again.
    is_first = begins if decides_together(item.campaign) else item.slot == 0 and (returns or begins)
    sample = state_parts(item.sample, "draft") if is_first else []
    parts = present(
        annotation_part(item, row),
        event_part(row, action, user.pk),
        item_part(item, ItemChange(state, columns)),
        counter_part(item, state),
    )
    _write([*parts, *sample], row)
    return Saved(row.id, item.campaign_id, row.revision, DRAFT, state, row.at)


def _submit(item: Item, draft: AnnotationRow, user: User) -> Saved:
    is_rework = draft.verdict == Review.Verdict.REJECT
    together = decides_together(item.campaign)
    waits = not together and (is_rework or is_sampled(item.pk, item.campaign.review_rate))
    state = Item.State.SUBMITTED if waits else Item.State.ACCEPTED
    row = replace(draft, state=SUBMITTED, verdict="", reason="", submitted_at=draft.at)
    columns = {
        "lease_holder_id": None,
        "lease_until": None,
        "submission_id": row.id,
        "done_at": row.at,
        "skip_reason": "",
    }
    sample = _sample_parts(item, row, user)
    parts = present(
        annotation_part(item, row),
        event_part(row, AnnotationEvent.Action.SUBMITTED, user.pk),
        item_part(item, ItemChange(state, columns)),
        counter_part(item, state),
        consensus_part(item),
    )
    _write([*parts, *sample], row)
    return Saved(row.id, item.campaign_id, row.revision, SUBMITTED, state, row.at)


def _sample_parts(item: Item, row: AnnotationRow, user: User) -> list[Part]:
    """What one answer alone says of its sample: all where answers stand alone, else that somebody has begun."""
    if decides_together(item.campaign):
        return state_parts(item.sample, "draft") if item.sample.state == "unlabeled" else []
    new = NewAnnotation(row.shapes, "labeled", "human", user.pk, row.at)
    return annotation_parts(item.sample, new) if item.slot == 0 else []


def _write(parts: list[Part], row: AnnotationRow) -> None:
    counts = run_together(parts, step="labeling.save")
    check_written(counts, len(row.shapes))


def _replayed(existing: Annotation, item: Item, save: Save) -> Saved:
    findings: tuple[dict[str, Any], ...] = ()
    if save.state == SUBMITTED and existing.state == DRAFT:
        findings = _findings(item, shapes_sent(item.campaign, item.sample.payload, save.shapes))
    return replace(_as_saved(existing, item), findings=findings)


def _as_saved(annotation: Annotation, item: Item) -> Saved:
    return Saved(
        annotation.pk,
        item.campaign_id,
        annotation.revision,
        annotation.state,
        item.state,
        annotation.saved_at,
    )


def _findings(item: Item, shapes: tuple[Shape, ...]) -> tuple[dict[str, Any], ...]:
    gone = unknown_classes(item.campaign.dataset, {shape.label for shape in shapes})
    if not gone:
        return ()
    return (
        {
            "code": "class_unknown",
            "detail": "a class of this answer no longer exists; choose another one and submit again",
            "classes": sorted(gone),
            "shapes": [shape.id for shape in shapes if shape.label in gone],
        },
    )
