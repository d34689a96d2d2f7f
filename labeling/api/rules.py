"""Who may do what with labeling work.

Where a row says SIGNED_IN the selectors narrow: annotators see the campaigns that hand them work and
their own answers, members who view the project see the rest.
"""

from core.api.rules import SIGNED_IN, Need, Rules

RULES: Rules = {
    "home_retrieve": SIGNED_IN,
    "campaigns_list": SIGNED_IN,
    "campaigns_create": Need("curate_project"),
    "campaigns_retrieve": SIGNED_IN,
    "campaigns_partial_update": Need("curate_project"),
    "campaigns_close": Need("curate_project"),
    "campaigns_reopen": Need("curate_project"),
    "campaigns_samples": Need("curate_project"),
    "campaigns_claim": Need("label_project"),
    "campaigns_claim_review": Need("review_project"),
    "campaigns_review_queue": Need("review_project"),
    "campaigns_progress": SIGNED_IN,
    "campaigns_agreement": Need("review_project"),
    "campaigns_agreement_csv": Need("review_project"),
    "consensus_list": Need("review_project"),
    "consensus_claim": Need("review_project"),
    "consensus_release": Need("review_project"),
    "consensus_retrieve": Need("review_project"),
    "consensus_resolve": Need("review_project"),
    "items_list": SIGNED_IN,
    "items_retrieve": SIGNED_IN,
    "items_heartbeat": Need("label_project"),
    "items_release": Need("label_project"),
    "items_skip": Need("label_project"),
    "items_requeue": Need("curate_project"),
    "prelabels_retrieve": Need("view_project"),
    "prelabels_create": Need("curate_project"),
    "assist_prepare": Need("label_project"),
    "assist_segment": Need("label_project"),
    "annotations_retrieve": SIGNED_IN,
    "annotations_update": Need("label_project"),
    "annotations_take_back": Need("label_project"),
    "annotations_review": Need("review_project"),
    "annotations_history": SIGNED_IN,
}
