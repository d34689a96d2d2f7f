"""Tables of training."""

from training.models.evaluation import Evaluation, EvaluationSample
from training.models.model import Alias, ModelExport, ModelVersion, RegisteredModel
from training.models.run import MetricPoint, Run

__all__ = [
    "Alias",
    "Evaluation",
    "EvaluationSample",
    "MetricPoint",
    "ModelExport",
    "ModelVersion",
    "RegisteredModel",
    "Run",
]
