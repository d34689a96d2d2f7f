"""Reads of training. Whoever asks gets only what they may see."""

from training.selectors.jobs import job_subjects
from training.selectors.models import deployable_version, storage_parts
from training.selectors.runs import project_counters

__all__ = ["deployable_version", "job_subjects", "project_counters", "storage_parts"]
