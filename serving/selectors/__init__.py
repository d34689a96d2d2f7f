"""Reads of serving."""

from serving.selectors.endpoints import (
    endpoint_counts,
    endpoint_for,
    endpoints_visible_to,
    key_for,
    keys_of,
    may_read_media,
    revisions_of,
)
from serving.selectors.journal import entries_of, feedback_of, inputs_of
from serving.selectors.plane import PlaneReport, endpoint_metrics, endpoint_status, plane_reports

__all__ = [
    "PlaneReport",
    "endpoint_counts",
    "endpoint_for",
    "endpoint_metrics",
    "endpoint_status",
    "endpoints_visible_to",
    "entries_of",
    "feedback_of",
    "inputs_of",
    "key_for",
    "keys_of",
    "may_read_media",
    "plane_reports",
    "revisions_of",
]
