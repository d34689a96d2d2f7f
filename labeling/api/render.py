"""Answers that several views of labeling give."""

import uuid
from typing import Any

from labeling.selectors.queue import handout, review_handout
from labeling.services import claims
from labeling.services.annotate import Saved
from labeling.services.claims import Claimant


def saved_render(saved: Saved) -> dict[str, Any]:
    """How an answer stands after a save."""
    return {
        "id": saved.id,
        "revision": saved.revision,
        "state": saved.state,
        "item_state": saved.item_state,
        "saved_at": saved.saved_at,
        "findings": list(saved.findings),
    }


def next_to_label(claimant: Claimant) -> dict[str, Any] | None:
    """The person's next item, leased; None when nothing is left."""
    claimed = claims.item_claim(claimant)
    return handout(claimant.user, claimant.campaign_id, claimed).items[0] if claimed else None


def next_to_review(claimant: Claimant, acceptance: uuid.UUID | None = None) -> list[dict[str, Any]]:
    """Submitted answers, leased to the reviewer; of the drawn part of a batch alone where one is named."""
    claimed = claims.review_claim(claimant, acceptance)
    return review_handout(claimed) if claimed else []
