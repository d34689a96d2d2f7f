"""What a campaign with weighted votes believes of its people."""

import uuid

import numpy as np
from django.db import transaction
from django.db.models import F

from core.clock import utc_now
from core.sql import rows_of
from labeling.consensus.decide import Beliefs
from labeling.consensus.votes import Votes, dawid_skene
from labeling.models import Campaign, CampaignBeliefs, Consensus, PairCount

# Before this many samples nobody is known, and votes count alike; afterwards the fit is made anew each time
# that there are a fifth more, so that all fits together cost six times the last one.
FIRST_FIT = 20
GROWTH = 1.2


def beliefs_known(campaign: Campaign) -> Beliefs | None:
    """The beliefs to decide with. None before the first fit."""
    row = CampaignBeliefs.objects.filter(pk=campaign.pk).first()
    if row is None:
        return None
    people = {name: np.array(confusion, dtype=np.float64) for name, confusion in row.people.items()}
    return Beliefs(people, row.prior)


@transaction.atomic
def beliefs_refresh(campaign: Campaign) -> bool:
    """Fit anew when enough has been answered since the last time. Whether that was so.

    With a new fit the conflicts that still wait are due again: what was undecided may be clear by now.
    """
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    fitted_on = CampaignBeliefs.objects.filter(pk=campaign.pk).values_list("fitted_on", flat=True).first()
    compared = PairCount.objects.filter(campaign=campaign).values("consensus_id").distinct().count()
    if compared < max(FIRST_FIT, (fitted_on or 0) * GROWTH):
        return False
    _fit(campaign, compared)
    waiting = Consensus.objects.filter(campaign=campaign, state=Consensus.State.CONFLICT, reason="votes")
    waiting.update(state=Consensus.State.DUE, due_at=utc_now(), revision=F("revision") + 1)
    return True


def _fit(campaign: Campaign, compared: int) -> None:
    samples: dict[str, int] = {}
    people: dict[str, int] = {}
    classes: dict[str, int] = {}
    columns: list[tuple[int, int, int]] = []
    for sample, person, label in rows_of(_VOTES, [campaign.pk, campaign.pk]):
        place = samples.setdefault(str(sample), len(samples))
        who = people.setdefault(_text(person), len(people))
        columns.append((place, who, classes.setdefault(label, len(classes))))
    votes = Votes(*np.array(columns, dtype=np.int64).reshape(-1, 3).T)
    fit, _ = dawid_skene(votes, len(classes))
    CampaignBeliefs.objects.update_or_create(
        pk=campaign.pk,
        defaults={
            "fitted_on": compared,
            "prior": dict(zip(classes, fit.prior.round(6).tolist(), strict=True)),
            "people": {name: fit.confusion[place].round(6).tolist() for name, place in people.items()},
        },
    )


def _text(value: object) -> str:
    return str(value if isinstance(value, uuid.UUID) else uuid.UUID(str(value)))


# Each person's class of each sample, from the pairs they were compared in.
_VOTES = (
    "SELECT consensus_id, left_id, label FROM labeling_paircount WHERE campaign_id = %s AND label <> '' "
    "AND (shared > 0 OR left_only > 0) UNION SELECT consensus_id, right_id, label FROM labeling_paircount "
    "WHERE campaign_id = %s AND label <> '' AND (shared > 0 OR right_only > 0) ORDER BY 1, 2, 3"
)
