"""Settling what several people say of one sample, after the last of them has answered."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db import transaction

from core.clock import utc_now
from core.ids import uuid7
from core.sql import Part, run_together
from datasets.geometry.placing import ONE_CLASS_TASKS
from datasets.relations import relinked
from datasets.services.annotation_parts import NewAnnotation, annotation_parts, state_parts
from labeling.consensus.decide import Answer, Outcome, Rule, decide
from labeling.consensus.matching import counts_by_class
from labeling.geometry.shapes import Canvas, shapes_from_json
from labeling.models import Campaign, Consensus, Item, PairCount
from labeling.selectors.classes import relabeled, unknown_classes, unknown_relations
from labeling.services.beliefs import beliefs_known, beliefs_refresh
from labeling.services.gold import gold_score, known_answer
from labeling.services.sampling import is_sampled

BATCH = 200
OPEN = (Item.State.NEW, Item.State.REJECTED)


def decides_together(campaign: Campaign) -> bool:
    """Whether the answers to a sample of this campaign are settled together, rather than each alone."""
    return campaign.consensus != Campaign.Agreement.NONE


def consensus_part(item: Item) -> Part | None:
    """Call the sample due once no other slot of it waits for an answer; to be written with this item's end.

    What a reviewer has resolved stays as it is.
    """
    if not decides_together(item.campaign):
        return None
    return Part(
        "consensus",
        "INSERT INTO labeling_consensus "
        "(id, campaign_id, sample_id, state, reason, pattern, shapes, revision, due_at) "
        "SELECT %s, %s, %s, 'due', '', '', %s, 1, %s WHERE NOT EXISTS (SELECT 1 FROM labeling_item o "
        "WHERE o.campaign_id = %s AND o.sample_id = %s AND o.id <> %s AND o.state IN ('new', 'rejected')) "
        "ON CONFLICT (campaign_id, sample_id) DO UPDATE SET state = 'due', due_at = excluded.due_at, "
        "revision = labeling_consensus.revision + 1 WHERE labeling_consensus.state <> 'resolved'",
        (
            *(uuid7(), item.campaign_id, item.sample_id, [], utc_now()),
            *(item.campaign_id, item.sample_id, item.pk),
        ),
    )


def consensus_due(after: uuid.UUID) -> list[uuid.UUID]:
    """The next samples that are due, by id."""
    due = Consensus.objects.filter(state=Consensus.State.DUE, pk__gt=after).order_by("pk")
    return list(due.values_list("pk", flat=True)[:BATCH])


def consensus_learned(settled: Sequence[uuid.UUID]) -> None:
    """Bring what campaigns with weighted votes believe of their people up to date with what was settled."""
    weighted = Campaign.objects.filter(consensus=Campaign.Agreement.WEIGHTED, consensuses__in=settled)
    for campaign in weighted.distinct().order_by("pk"):
        beliefs_refresh(campaign)


@transaction.atomic
def consensus_settle(consensus_id: uuid.UUID) -> bool:
    """Decide one sample that is due by the rule of its campaign. False when there is nothing to decide (any more)."""
    seen = Consensus.objects.filter(pk=consensus_id).values_list("campaign_id", "sample_id").first()
    if seen is None:
        return False
    item = sample_locked(*seen)
    due = Consensus.objects.filter(pk=consensus_id, state=Consensus.State.DUE)
    row: Any = due.select_related("campaign__dataset").annotate(known=known_answer()).first()
    if row is None or item is None:
        return False
    answers = answers_of(row)
    if answers is None:
        row.delete()  # An answer was taken back: it comes due again with that.
        return False
    if row.known is not None:
        _write_known(row, answers, row.known)
        return True
    outcome = _outcome(row, answers)
    _compare(row, answers)
    _write(row, item, answers, outcome)
    return True


def sample_locked(campaign_id: uuid.UUID, sample_id: uuid.UUID) -> Item | None:
    """An item of the sample, with the sample locked: whatever is read from here on is not written under us."""
    rows = Item.objects.filter(campaign_id=campaign_id, sample_id=sample_id).select_related("sample")
    return rows.select_for_update(of=("sample",)).order_by("slot").first()


@dataclass(frozen=True, slots=True)
class Given:
    """A submitted answer: whose, and its shapes as they are stored and as they are compared."""

    author_id: uuid.UUID
    stored: Sequence[dict[str, Any]]
    answer: Answer


def answers_of(row: Consensus) -> list[Given] | None:
    """The answers to a sample, by slot; skipped slots have none. None while a slot is open."""
    items = Item.objects.filter(campaign_id=row.campaign_id, sample_id=row.sample_id).order_by("slot")
    found = items.values_list("state", "submission__author_id", "submission__shapes")
    if any(state in OPEN for state, _, _ in found):
        return None
    # Stored shapes lie on their picture already, and are not measured against it again.
    canvas = Canvas(row.campaign.task)
    given = [
        (author, relabeled(row.campaign.dataset, shapes)) for _, author, shapes in found if author is not None
    ]
    return [
        Given(author, shapes, Answer(str(author), shapes_from_json(shapes, canvas)))
        for author, shapes in given
    ]


def _outcome(row: Consensus, answers: Sequence[Given]) -> Outcome:
    campaign = row.campaign
    is_weighted = campaign.consensus == Campaign.Agreement.WEIGHTED
    rule = Rule("weighted" if is_weighted else "majority", campaign.quorum, campaign.min_iou)
    beliefs = beliefs_known(campaign) if is_weighted else None
    return decide(campaign.task, [given.answer for given in answers], rule, beliefs)


def _compare(row: Consensus, answers: Sequence[Given]) -> None:
    PairCount.objects.filter(consensus=row).delete()
    pairs: list[PairCount] = []
    for one, other in combinations(sorted(answers, key=lambda given: given.author_id), 2):
        counts = counts_by_class(one.answer.shapes, other.answer.shapes, row.campaign.min_iou)
        found = {label: (n.both, n.left_only, n.right_only) for label, n in counts.items()}
        for label, (both, left_only, right_only) in (found or {"": (1, 0, 0)}).items():
            pairs.append(
                PairCount(
                    campaign_id=row.campaign_id,
                    consensus=row,
                    left_id=one.author_id,
                    right_id=other.author_id,
                    label=label,
                    shared=both,
                    left_only=left_only,
                    right_only=right_only,
                )
            )
    PairCount.objects.bulk_create(pairs)


def _write_known(row: Consensus, answers: Sequence[Given], known: Sequence[dict[str, Any]]) -> None:
    """What is known of a sample stays its answer, whatever people say of it; each of them is scored by it."""
    _compare(row, answers)
    gold_score(row, known, ((given.author_id, given.answer.shapes) for given in answers))
    shapes = shapes_named_anew(row, known)
    part = consensus_row_part(row, Consensus.State.AGREED, "", shapes, pattern=_pattern(row, answers))
    run_together([part], step="labeling.consensus")


def _write(row: Consensus, item: Item, answers: Sequence[Given], outcome: Outcome) -> None:
    shapes = shapes_named_anew(row, [shape.as_json() for shape in outcome.shapes])
    reason: str = outcome.reason
    dataset = row.campaign.dataset
    if unknown_classes(dataset, {s["label"] for s in shapes}) or unknown_relations(dataset, shapes):
        reason, shapes = "class_gone", []
    state, now = Consensus.State.CONFLICT, utc_now()
    if not reason:
        is_drawn = is_sampled(row.sample_id, row.campaign.review_rate)
        state = Consensus.State.REVIEW if is_drawn else Consensus.State.AGREED
    parts = [consensus_row_part(row, state, reason, shapes, pattern=_pattern(row, answers))]
    # What the sample says already is not written again: a second settling changes nothing.
    if not reason and (row.decided_at is None or row.shapes != shapes):
        parts += annotation_parts(item.sample, NewAnnotation(shapes, "labeled", "human", None, now))
    elif reason and row.decided_at is not None:
        parts += state_parts(item.sample, "draft")
    run_together(parts, step="labeling.consensus")


def consensus_row_part(
    row: Consensus,
    state: str,
    reason: str,
    shapes: Sequence[dict[str, Any]],
    *,
    pattern: str,
    by: uuid.UUID | None = None,
) -> Part:
    """The decision on its row, one revision on. What a reviewer has decided is in nobody's hands any more."""
    decided = None if state == Consensus.State.CONFLICT else utc_now()
    freed = ", lease_holder_id = NULL, lease_until = NULL" if state == Consensus.State.RESOLVED else ""
    return Part(
        "consensus",
        "UPDATE labeling_consensus SET state = %s, reason = %s, shapes = %s, pattern = %s, decided_at = %s, "  # noqa: S608
        f"decided_by_id = %s, revision = revision + 1{freed} WHERE id = %s",
        (state, reason, list(shapes), pattern, decided, by, row.pk),
    )


def shapes_named_anew(row: Consensus, shapes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same shapes under ids of the consensus, equal each time: those of the answers belong to their authors."""
    ids = {shape["id"]: str(uuid.uuid5(row.pk, str(place))) for place, shape in enumerate(shapes)}
    named = ({**shape, "id": ids[shape["id"]]} for shape in shapes)
    return [relinked(shape, shape["id"], ids) if "relations" in shape else shape for shape in named]


def _pattern(row: Consensus, answers: Sequence[Given]) -> str:
    """How many chose which class, for tasks with one class a sample: `class:votes`, sorted."""
    if row.campaign.task not in ONE_CLASS_TASKS:
        return ""
    votes = sorted(shape.label for given in answers for shape in given.answer.shapes)
    return ",".join(f"{label}:{votes.count(label)}" for label in dict.fromkeys(votes))
