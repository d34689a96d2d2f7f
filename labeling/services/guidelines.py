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
from labeling.models import Campaign, Gold, GuidelineExample, GuidelineVersion
from labeling.selectors.classes import relabeled
from labeling.selectors.guidelines import items_wanted

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
    said = [{"id": str(one.id), "kind": one.kind, "note": one.note} for one in examples]
    ids = {one["id"] for one in said}
    # Which went with its sample while somebody wrote is no mistake of theirs.
    known = _living(campaign, ids) | {one["id"] for one in _shown(campaign)}
    if len(ids) != len(said) or not ids <= known:
        raise InvalidInput("an example is none of this campaign's, or is named twice", field="examples")
    version_write(actor, campaign, text, said)


def version_write(
    actor: User, campaign: Campaign, text: str, examples: list[dict[str, str]] | None = None
) -> None:
    """Add a version to a campaign that is locked or new; without `examples` those of the present one stay."""
    shown = _shown(campaign)
    wanted = shown if examples is None else examples
    living = _living(campaign, {one["id"] for one in wanted})
    examples = [one for one in wanted if one["id"] in living]
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
    *, actor: User, campaign_id: uuid.UUID, item_id: uuid.UUID, kind: str, note: str = ""
) -> None:
    """Show an answer of the campaign, as it is now, in a new version of the guideline.

    Raises NotFound, AnswerWanted, InvalidInput.
    """
    campaign = _locked(campaign_id)
    item = campaign.items.select_related("submission").filter(pk=item_id).first()
    if item is None:
        raise NotFound
    if item.submission is None or _is_wanted(item.sample_id):
        raise AnswerWanted("this sample must not be shown with an answer; take another one as an example")
    example = GuidelineExample.objects.create(
        campaign=campaign,
        sample_id=item.sample_id,
        shapes=relabeled(campaign.dataset, item.submission.shapes),
        added_by=actor,
        added_at=utc_now(),
    )
    shown = [*_shown(campaign), {"id": str(example.pk), "kind": kind, "note": note}]
    version_write(actor, campaign, campaign.guideline, shown)


def _locked(campaign_id: uuid.UUID) -> Campaign:
    rows = Campaign.objects.select_for_update(of=("self",), no_key=True).select_related("dataset")
    return rows.get(pk=campaign_id)


def _shown(campaign: Campaign) -> list[dict[str, str]]:
    """The examples of the version in force."""
    rows = campaign.guidelines.filter(number=campaign.guideline_number).values_list("examples", flat=True)
    return list(rows.first() or [])


def _living(campaign: Campaign, ids: set[str]) -> set[str]:
    """Those that did not go with their samples."""
    return {str(pk) for pk in campaign.examples.filter(pk__in=ids).values_list("pk", flat=True)}


def _is_wanted(sample_id: uuid.UUID) -> bool:
    """Whether somebody, in whichever campaign, shall still answer it alone, or is measured by it."""
    return (
        items_wanted().filter(sample_id=sample_id).exists()
        or Gold.objects.filter(sample_id=sample_id).exists()
    )


def shown_of(sent: Sequence[dict[str, Any]]) -> list[Shown]:
    """Examples out of a checked form."""
    return [Shown(one["id"], one["kind"], one["note"]) for one in sent]
