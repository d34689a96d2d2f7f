"""What each operation of serving asks of its caller."""

from core.api.rules import SIGNED_IN, Need, Rules

RULES: Rules = {
    # Lists are narrowed to the projects whose data the caller may view.
    "endpoints_list": SIGNED_IN,
    "endpoints_create": Need("deploy_project"),
    "endpoints_retrieve": Need("view_project"),
    "endpoints_partial_update": Need("deploy_project"),
    "endpoints_destroy": Need("deploy_project"),
    "endpoints_rollback": Need("deploy_project"),
    "endpoints_revisions": Need("view_project"),
    "endpoints_metrics": Need("view_project"),
    "endpoints_journal": Need("view_project"),
    "endpoints_try_it": Need("view_project"),
    "endpoint_keys_list": Need("deploy_project"),
    "endpoint_keys_create": Need("deploy_project"),
    "endpoint_keys_destroy": Need("deploy_project"),
    "feedback_create": Need("label_project"),
}
