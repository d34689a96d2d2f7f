"""Writing what the people of a campaign are told, version by version, and making examples of samples."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from core.clock import utc_now
from core.errors import Conflict, InvalidInput, NotFound, StaleRevision
from core.faults import fault
from core.models import User
from core.services import audit
from labeling.models import Campaign, Gold, GuidelineExample, GuidelineVersion, Item
from labeling.selectors.guidelines import present_answer

MAX_TEXT: Final = 100_000
MAX_EXAMPLES: Final = 24
MAX_NOTE: Final = 300
KINDS: Final = ("good", "bad")


class AnswerWanted(Conflict):
    """The sample must not be shown with an answer while others have yet to answer it themselves."""

    code = "answer_wanted"


@dataclass(frozen=True, slots=True)
class Shown:
    """How an example stands in a guideline: as `good` or as `bad`, with a line that says why."""

    id: uuid.UUID
    kind: str
    note: str = ""


@transaction.atomic
def guideline_write(
    *, actor: User, campaign_id: uuid.UUID, text: str, examples: Sequence[Shown], base: int
) -> None:
    """A new version, made from version `base`; what says the same as the present one makes none.

    Raises StaleRevision when somebody else has written since, and InvalidInput.
    """
    campaign = _locked(campaign_id)
    if campaign.guideline_number != base:
        detail = "somebody else has changed the guideline; look at theirs before you save yours"
        raise StaleRevision(detail, current=campaign.guideline_number)
    ids = [one.id for one in examples]
    if campaign.examples.filter(pk__in=ids).count() != len(ids):
        raise InvalidInput("an example is none of this campaign's, or is named twice", field="examples")
    said = [{"id": str(one.id), "kind": one.kind, "note": one.note} for one in examples]
    version_write(actor, campaign, text, said)


def version_write(
    actor: User, campaign: Campaign, text: str, examples: list[dict[str, str]] | None = None
) -> None:
    """Add a version to a campaign that is locked or new; without `examples` those of the present one stay."""
    present = campaign.guidelines.filter(number=campaign.guideline_number).first()
    shown = present.examples if present else []
    if examples is None:
        examples = shown
    if len(examples) > MAX_EXAMPLES:
        raise InvalidInput(f"at most {MAX_EXAMPLES} examples; take one away first", field="examples")
    if (text, examples) == (campaign.guideline, shown):
        return
    campaign.guideline, campaign.guideline_number = text, campaign.guideline_number + 1
    GuidelineVersion.objects.create(
        campaign=campaign,
        number=campaign.guideline_number,
        text=text,
        examples=examples,
        author=actor,
        written_at=utc_now(),
    )
    fault("labeling.guideline.rows")
    campaign.save(update_fields=["guideline", "guideline_number"])
    audit.record(
        actor,
        "labeling.guideline.written",
        campaign,
        project=campaign.project_id,
        number=campaign.guideline_number,
    )


@transaction.atomic
def example_add(
    *, actor: User, campaign_id: uuid.UUID, sample_id: uuid.UUID, kind: str, note: str = ""
) -> None:
    """Show a sample of the campaign's data set, with the marks it has now, in a new version of the guideline.

    Raises NotFound, AnswerWanted, InvalidInput.
    """
    campaign = _locked(campaign_id)
    sample = campaign.dataset.samples.filter(pk=sample_id).first()
    if sample is None:
        raise NotFound
    _must_be_answered(campaign, sample_id)
    example = GuidelineExample.objects.create(
        campaign=campaign,
        sample=sample,
        shapes=present_answer(campaign, sample_id),
        added_by=actor,
        added_at=utc_now(),
    )
    present = campaign.guidelines.filter(number=campaign.guideline_number).first()
    shown = [*(present.examples if present else []), {"id": str(example.pk), "kind": kind, "note": note}]
    version_write(actor, campaign, campaign.guideline, shown)


def _locked(campaign_id: uuid.UUID) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=campaign_id)


def _must_be_answered(campaign: Campaign, sample_id: uuid.UUID) -> None:
    """An example tells an answer: not while somebody shall find it alone, nor ever where it is known and hidden."""
    if Gold.objects.filter(campaign=campaign, sample_id=sample_id).exists():
        raise AnswerWanted("people are measured by this sample; take another one as an example")
    waiting = campaign.items.filter(sample_id=sample_id, state__in=(Item.State.NEW, Item.State.REJECTED))
    if waiting.exists():
        raise AnswerWanted("this sample is still to be answered; take one that is done as an example")


def shown_of(sent: Sequence[dict[str, Any]]) -> list[Shown]:
    """Examples out of a checked form."""
    return [Shown(one["id"], one["kind"], one["note"]) for one in sent]
