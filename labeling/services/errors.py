"""Refusals of labeling that a client reacts to."""

from core.errors import Conflict, InvalidInput


class LeaseLost(Conflict):
    """The item is in somebody else's hands now; `params.kept` says whether the work was kept as a draft."""

    code = "lease_lost"


class CampaignClosed(Conflict):
    """The campaign takes no more answers; `params.kept` says whether the work was kept as a draft."""

    code = "campaign_closed"


class AlreadyReviewed(Conflict):
    """A reviewer has decided; the answer can no longer be changed by its author."""

    code = "already_reviewed"


class UnderReview(Conflict):
    """A reviewer is looking at the answer right now."""

    code = "under_review"


class SaveContested(Conflict):
    """Others wrote at the same moment, again and again; the same save may be sent again."""

    code = "save_contested"


class NotSubmitted(Conflict):
    """Only a submitted answer can be reviewed or taken back."""

    code = "not_submitted"


class DecidedTogether(Conflict):
    """The answers of this campaign are not judged one by one."""

    code = "decided_together"


class NotSettled(Conflict):
    """The answers to a sample are being compared right now."""

    code = "not_settled"


class AcceptanceOpen(Conflict):
    """A campaign has one open batch at a time."""

    code = "acceptance_open"


class NothingSubmitted(Conflict):
    """No answer waits for review, so that there is no batch."""

    code = "nothing_submitted"


class NotJudged(Conflict):
    """The drawn part of a batch is not judged yet; `params.left` says how many answers are missing."""

    code = "not_judged"


class ReasonRequired(InvalidInput):
    """A rejection tells its author why."""

    code = "reason_required"


class ShapeIdTaken(InvalidInput):
    """The id of a shape is already used by another sample."""

    code = "shape_id_taken"


class AttributeMissing(InvalidInput):
    """An object does not say what its class requires; `params.shape` and `params.attribute` name them."""

    code = "attribute_missing"


class AttributeInvalid(InvalidInput):
    """What an object says of an attribute is none of its values; `params.shape` and `params.attribute` name them."""

    code = "attribute_invalid"


class KeypointsMismatch(InvalidInput):
    """An object has another number of key points than its class; `params.shape` names it."""

    code = "keypoints_mismatch"


class OrderByChance(InvalidInput):
    """Known samples are mixed into the campaign by chance: none of the others can be asked for first."""

    code = "order_by_chance"
