"""Reads of training. Whoever asks gets only what they may see."""

from training.selectors.models import deployable_version, storage_parts
from training.selectors.runs import project_counters

__all__ = ["deployable_version", "project_counters", "storage_parts"]
