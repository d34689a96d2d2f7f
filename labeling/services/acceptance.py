"""Accepting or returning a whole batch of submitted answers, by what a random part of it shows."""

import secrets
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from core.clock import utc_now
from core.faults import fault
from core.models import User
from core.services import audit
from labeling.lots import drawn
from labeling.models import Acceptance, AcceptanceItem, Annotation, Campaign, Item, Review
from labeling.selectors.acceptance import acceptance_for, judged_of, undecided
from labeling.selectors.access import item_for
from labeling.services.consensus import decides_together
from labeling.services.errors import (
    AcceptanceOpen,
    AlreadyReviewed,
    DecidedTogether,
    NothingSubmitted,
    NotJudged,
    ReasonRequired,
)
from labeling.services.reviews import Judgment, verdict_write

MAX_BATCH = 500


@transaction.atomic
def acceptance_begin(*, actor: User, campaign: Campaign, count: int) -> Acceptance:
    """Draw `count` of the answers that wait for review now, `MAX_BATCH` of them at most, the next in the queue first.

    Until it is decided no author changes an answer of the batch. Raises DecidedTogether, AcceptanceOpen,
    NothingSubmitted.
    """
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if decides_together(campaign):
        raise DecidedTogether("the answers of this campaign are settled together, and not by batches")
    if campaign.acceptances.filter(state=Acceptance.State.OPEN).exists():
        raise AcceptanceOpen("decide the open batch first")
    waiting = campaign.items.filter(state=Item.State.SUBMITTED, submission__isnull=False)
    locked = waiting.select_for_update(of=("self",)).select_related("submission")
    rows = list(locked.order_by("priority", "id")[:MAX_BATCH])
    if not rows:
        raise NothingSubmitted("no answer waits for review")
    seed = secrets.token_hex(16)
    looked_at = set(drawn((item.pk for item in rows), seed, count))
    number = campaign.acceptances.aggregate(last=Max("number"))["last"] or 0
    acceptance = Acceptance.objects.create(
        campaign=campaign,
        number=number + 1,
        seed=seed,
        size=len(rows),
        drawn=len(looked_at),
        created_by=actor,
    )
    fault("labeling.acceptance.rows")
    AcceptanceItem.objects.bulk_create(
        AcceptanceItem(
            acceptance=acceptance,
            item=item,
            annotation=item.submission,
            revision=item.submission.revision,
            is_drawn=item.pk in looked_at,
        )
        for item in rows
        if item.submission is not None
    )
    audit.record(
        actor,
        "labeling.acceptance.begun",
        acceptance,
        project=campaign.project_id,
        size=acceptance.size,
        drawn=acceptance.drawn,
    )
    return acceptance


@dataclass(frozen=True, slots=True)
class Decision:
    """Accepted as a whole, or returned as a whole for a reason."""

    acceptance_id: uuid.UUID
    is_accepted: bool
    reason: str = ""


@transaction.atomic
def acceptance_decide(reviewer: User, decision: Decision) -> None:
    """Accept or return what still waits in the batch; what a reviewer judged alone stays as judged.

    Returned answers go back to who gave them, with the reason. Repeating the call changes nothing. Raises NotFound,
    Forbidden, ReasonRequired, NotJudged while drawn answers are not judged, AlreadyReviewed.
    """
    seen, access = acceptance_for(reviewer, decision.acceptance_id)
    access.need("review_project")
    # Reviews, saves and batches of a campaign lock items; who decides a batch is alone with it by its row.
    row = Acceptance.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    state = Acceptance.State.ACCEPTED if decision.is_accepted else Acceptance.State.RETURNED
    if row.state != Acceptance.State.OPEN:
        if row.state == state:
            return
        raise AlreadyReviewed("this batch was decided the other way", state=row.state)
    reason = decision.reason.strip()
    if not decision.is_accepted and not reason:
        raise ReasonRequired("say what is wrong, so that it can be done better", field="reason")
    judged, wrong = judged_of(row)
    if judged < row.drawn:
        raise NotJudged("judge all drawn answers first", left=row.drawn - judged)
    moved = _write(reviewer, row, decision, reason)
    row.state, row.reason, row.wrong, row.moved = state, reason, wrong, moved
    row.decided_by, row.decided_at = reviewer, utc_now()
    row.save()
    fault("labeling.acceptance.decided")
    audit.record(
        reviewer,
        f"labeling.acceptance.{state}",
        row,
        project=seen.campaign.project_id,
        items=moved,
        wrong=wrong,
        drawn=row.drawn,
    )


def _write(reviewer: User, row: Acceptance, decision: Decision, reason: str) -> int:
    verdict = Review.Verdict.ACCEPT if decision.is_accepted else Review.Verdict.REJECT
    moved = 0
    for item_id, annotation_id in undecided(row):
        item, _ = item_for(reviewer, item_id, lock=True)
        if item.state != Item.State.SUBMITTED or item.submission_id != annotation_id:
            continue
        annotation = Annotation.objects.get(pk=annotation_id)
        judgment = Judgment(annotation_id, verdict, reason)
        verdict_write(item, annotation, judgment, reviewer, is_looked_at=False)
        moved += 1
    return moved
