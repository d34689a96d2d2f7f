"""Tables of serving."""

from serving.models.endpoint import Endpoint, EndpointKey, EndpointRevision
from serving.models.journal import Feedback, JournalEntry, JournalInput, JournalSegment

__all__ = [
    "Endpoint",
    "EndpointKey",
    "EndpointRevision",
    "Feedback",
    "JournalEntry",
    "JournalInput",
    "JournalSegment",
]
