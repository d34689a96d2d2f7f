"""Augmentation: operators, and pipelines of them as data. Pure; labels move with what they are about."""

from datasets.augment.operators import OPERATORS
from datasets.augment.picture import Picture, Shape
from datasets.augment.pipeline import (
    MAX_STEPS,
    Pipeline,
    operators_described,
    pipeline_from,
    pipeline_of,
)

__all__ = [
    "MAX_STEPS",
    "OPERATORS",
    "Picture",
    "Pipeline",
    "Shape",
    "operators_described",
    "pipeline_from",
    "pipeline_of",
]
