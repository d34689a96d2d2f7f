"""What each operation of training asks of its caller."""

from types import MappingProxyType

from core.api.rules import SIGNED_IN, Need, Rules

_VIEW, _TRAIN = Need("view_project"), Need("train_project")

RULES: Rules = MappingProxyType(
    {
        "algorithms_list": SIGNED_IN,
        "runs_list": SIGNED_IN,
        "runs_create": _TRAIN,
        "runs_compare": SIGNED_IN,
        "runs_retrieve": _VIEW,
        "runs_metrics": _VIEW,
        "runs_logs": _VIEW,
        "runs_cancel": _TRAIN,
        "runs_resume": _TRAIN,
        "runs_clone": _TRAIN,
        "runs_reproduce": _TRAIN,
        "models_list": SIGNED_IN,
        "models_create": _TRAIN,
        "models_retrieve": _VIEW,
        "models_partial_update": _TRAIN,
        "models_import": _TRAIN,
        "model_versions_list": _VIEW,
        "model_versions_retrieve": _VIEW,
        "model_versions_download": _VIEW,
        "model_aliases_update": _TRAIN,
        "model_aliases_destroy": _TRAIN,
        "evaluations_list": _VIEW,
        "evaluations_create": _TRAIN,
        "evaluations_retrieve": _VIEW,
        "evaluations_samples": _VIEW,
        "evaluations_compare": SIGNED_IN,
        "model_exports_create": _TRAIN,
        "model_exports_download": _VIEW,
    }
)
